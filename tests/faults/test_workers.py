"""Workers killed while people write: nothing acknowledged is lost, nothing is there twice, no key is stuck.

Of each single moment that is shown in tests/studytrack/test_idempotency_races.py; here real workers die at any.
"""

from collections.abc import Iterator

import pytest

from tests.faults.app import App, faulty_app
from tests.faults.workers import kill_workers


@pytest.fixture(scope="module")
def two_workers() -> Iterator[App]:
    with faulty_app(workers=2) as app:
        yield app


def test_with_a_key_everything_is_written_once(two_workers: App) -> None:
    seen = kill_workers(two_workers, writes=150, kills=2, with_keys=True)
    assert (seen.killed, len(seen.acknowledged), seen.mistakes) == (2, 150, [])
    assert (seen.missing, seen.doubled, len(seen.there)) == (set(), set(), 150)


def test_without_a_key_what_was_acknowledged_is_there(two_workers: App) -> None:
    seen = kill_workers(two_workers, writes=150, kills=2, with_keys=False)
    assert (seen.killed, len(seen.acknowledged) + len(seen.unknown), seen.mistakes) == (2, 150, [])
    assert (seen.missing, seen.doubled) == (set(), set())
