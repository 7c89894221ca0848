"""The clock of tests about timers."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.factories import MONDAY


@pytest.fixture
def at_two() -> Iterator[time_machine.Traveller]:
    """It is two o'clock on MONDAY, and stays so until a test moves the clock."""
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock
