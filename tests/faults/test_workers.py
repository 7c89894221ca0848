"""Workers killed while people write: nothing acknowledged is lost, nothing is there twice, no key is stuck."""

from collections.abc import Iterator

import pytest

from tests.faults.app import App, faulty_app
from tests.faults.workers import kill_workers


@pytest.fixture(scope="module")
def two_workers() -> Iterator[App]:
    with faulty_app(workers=2) as app:
        yield app


def test_with_a_key_everything_is_written_once(two_workers: App) -> None:
    """A key that is stored apart from what it created is stuck for ever, or creates it once more."""
    seen = kill_workers(two_workers, writes=150, kills=2, with_keys=True)
    assert (seen.killed, len(seen.acknowledged), seen.mistakes) == (2, 150, [])
    assert (seen.missing, seen.doubled, len(seen.there)) == (set(), set(), 150)


def test_without_a_key_what_was_acknowledged_is_there(two_workers: App) -> None:
    """Not if a write is answered before it is committed."""
    seen = kill_workers(two_workers, writes=150, kills=2, with_keys=False)
    assert (seen.killed, len(seen.acknowledged) + len(seen.unknown), seen.mistakes) == (2, 150, [])
    assert (seen.missing, seen.doubled) == (set(), set())
