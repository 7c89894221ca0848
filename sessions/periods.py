"""Which study day an instant belongs to: pure arithmetic on time, with no database and no framework."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


def day_begins(day: date, zone: ZoneInfo, day_start_hour: int) -> datetime:
    """The instant (UTC) at which a study day begins; the contract's section 5 decides about changes of the clock.

    A beginning that the clock passes twice is taken the first time; one that it skips is the instant of the change.
    """
    wall_clock = datetime.combine(day, time(day_start_hour))
    before_change = wall_clock.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _on_the_wall(before_change, zone) == wall_clock:
        return before_change
    return _change_between(wall_clock.replace(tzinfo=zone, fold=1).astimezone(UTC), before_change, zone)


def study_date(instant: datetime, zone: ZoneInfo, day_start_hour: int) -> date:
    """The date of the study day that an instant belongs to."""
    day = instant.astimezone(zone).date() + ONE_DAY
    while day_begins(day, zone, day_start_hour) > instant:
        day -= ONE_DAY
    return day


def _on_the_wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def _change_between(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The instant, to the second, at which the offset changes somewhere after `early` and not after `late`."""
    offset_before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset_before:
            early = middle
        else:
            late = middle
    return late
