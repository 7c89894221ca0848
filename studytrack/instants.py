"""How a moment is written and read: RFC 3339, and what the clock on the wall shows in some time zone."""

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

NO_TIME = timedelta(0)
CLOCK_TOLERANCE = timedelta(seconds=60)
"""How far the clock of who says a moment may be ahead."""
RFC_3339 = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[Tt ]"
    r"(?P<time>(?:[01]\d|2[0-3]):\d\d(?::\d\d)?)(?:\.\d+)?"  # a form's clock sends no seconds
    r"(?P<offset>[Zz]|[+-]\d\d:\d\d)?",
    re.ASCII,
)
MESSAGES: dict[str, Any] = {
    "invalid": "Write a time as RFC 3339 has it: 2026-03-02T14:00:00Z.",
    "out_of_range": "The year must be 2 to 9998.",
    "in_future": "This is in the future.",
    "nonexistent": "The clock of {zone} skips this time. Give it with an offset.",
}


class NoInstant(ValueError):
    """This says no moment; `code` is a key of MESSAGES."""

    def __init__(self, code: str, zone: str = "") -> None:
        super().__init__(MESSAGES[code].format(zone=zone))
        self.code = code
        self.zone = zone


def read_instant(text: str, zone: ZoneInfo) -> datetime:
    """The moment, to the second, that a text says: with an offset, or else by the clock of the zone."""
    parts = RFC_3339.fullmatch(text)
    if parts is None:
        raise NoInstant("invalid")
    offset = parts["offset"] or ""
    try:
        moment = datetime.fromisoformat(f"{parts['date']}T{parts['time']}{offset.upper()}")
        instant = moment.astimezone(UTC) if offset else readings(moment, zone)[0]
    except NoInstant:
        raise
    except ValueError:
        raise NoInstant("invalid") from None
    except OverflowError:
        raise NoInstant("out_of_range") from None
    return within_calendar(instant)


def readings(wall_clock: datetime, zone: ZoneInfo) -> list[datetime]:
    """The moments (UTC), in order, at which the clock of the zone shows this: one, or two where it is set back."""
    first, second = (wall_clock.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return [first]
    shown = sorted(moment for moment in (first, second) if moment.astimezone(zone).replace(tzinfo=None) == wall_clock)
    if not shown:
        raise NoInstant("nonexistent", zone.key)
    return shown


def not_in_future(instant: datetime, now: datetime) -> datetime:
    """The moment, or now for a clock that is a little fast."""
    if instant > now + CLOCK_TOLERANCE:
        raise NoInstant("in_future")
    return min(instant, now)


def within_calendar(instant: datetime) -> datetime:
    """The moment, if it has a date everywhere on earth."""
    if instant.year in (MINYEAR, MAXYEAR):
        raise NoInstant("out_of_range")
    return instant
