"""Limits while Redis is away: each worker counts for itself, and none stops counting (contract 1, 8)."""

from collections.abc import Iterator

import pytest

from tests.faults.app import App, faulty_app
from tests.faults.proxy import REFUSE, Fault
from tests.serving import production

WORKERS, LIMIT = 2, 10
ATTEMPTS = 80


@pytest.fixture(scope="module")
def limited() -> Iterator[App]:
    """With production's settings; an hour, because a minute might end meanwhile."""
    with faulty_app(workers=WORKERS, settings=production(RATE_LIMIT_AUTH=f"{LIMIT}/h")) as app:
        yield app


def statuses(app: App) -> list[int]:
    """Of attempts to register, saying nothing, each on a connection of its own: so all workers get some."""
    return [app.caller().ask("POST", "/auth/register", {}).status for _ in range(ATTEMPTS)]


def test_without_redis_every_worker_lets_as_many_through_as_all_may_together(limited: App) -> None:
    """With no counting but Redis's there would be no limit at all, or nobody could sign in."""
    with limited.to_redis.failing(Fault(REFUSE)):
        found = statuses(limited)
    assert set(found) == {400, 429}
    assert LIMIT <= found.count(400) <= WORKERS * LIMIT
    limited.wait_until_well()
    assert statuses(limited).count(400) == LIMIT
