"""Which study day an instant belongs to, and how spans are split: pure arithmetic on time; knows no framework.

Where a date begins before or after all that a datetime can say, the first or the last instant stands for it.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import MINYEAR, UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

ONE_SECOND, ONE_DAY = timedelta(seconds=1), timedelta(days=1)
HOUR_SECONDS, HOURS_A_DAY, DAYS_A_WEEK = 3600, 24, 7
FIRST_INSTANT, LAST_INSTANT = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@lru_cache(maxsize=4096)
def day_begins(day: date, zone: ZoneInfo, day_start_hour: int) -> datetime:
    """The instant (UTC) at which a study day begins; the contract's section 5 decides about changes of the clock.

    A beginning that the clock passes twice is taken the first time; one that it skips is the instant of the change.
    """
    try:
        return _first_reading(datetime.combine(day, time(day_start_hour)), zone)
    except OverflowError:
        return FIRST_INSTANT if day.year == MINYEAR else LAST_INSTANT


def study_date(instant: datetime, zone: ZoneInfo, day_start_hour: int) -> date:
    """The date of the study day that an instant belongs to."""
    try:
        day = instant.astimezone(zone).date() + ONE_DAY
        while day_begins(day, zone, day_start_hour) > instant:
            day -= ONE_DAY
    except OverflowError:
        return date.min if instant.year == MINYEAR else date.max
    return day


def earliest_start(day: date) -> datetime:
    """Nothing that belongs to this study day or a later one began before, wherever on earth."""
    return datetime.combine(max(day, date.min + ONE_DAY) - ONE_DAY, time(), UTC)


def latest_start(day: date) -> datetime:
    """Nothing that belongs to this study day or an earlier one began then or later, wherever on earth."""
    return datetime.combine(min(day, date.max - 3 * ONE_DAY) + 3 * ONE_DAY, time(), UTC)


def study_days(
    start: datetime, end: datetime, zone: ZoneInfo, day_start_hour: int
) -> Iterator[tuple[date, timedelta]]:
    """The study days that a span of time touches, each with its part of it; the parts add up exactly."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    day = study_date(start, zone, day_start_hour)
    while start < end:
        until = min(day_begins(day + ONE_DAY, zone, day_start_hour), end)
        if until > start:  # a date that the clock skips is no day
            yield day, until - start
            start = until
        day += ONE_DAY


class Stretch(NamedTuple):
    """Time within one study day during which nobody changes the clock on the wall."""

    day: date
    clock: int
    """What the clock shows when it begins, in seconds since midnight."""
    seconds: int


def stretches(start: datetime, end: datetime, zone: ZoneInfo, day_start_hour: int) -> Iterator[Stretch]:
    """The stretches of a span of whole seconds, in their order; their seconds add up exactly."""
    start = start.astimezone(UTC)
    for day, duration in study_days(start, end, zone, day_start_hour):
        day_ends = start + duration
        while start < day_ends:
            shown, until = start.astimezone(zone), day_ends
            if until.astimezone(zone).utcoffset() != shown.utcoffset():
                until = _change_between(start, until, zone)
            clock = shown.hour * HOUR_SECONDS + shown.minute * 60 + shown.second
            yield Stretch(day, clock, (until - start) // ONE_SECOND)
            start = until


def hours(first: int, last: int, seconds: int, late: int = 0, times: int = 1) -> Iterator[tuple[int, int]]:
    """The hours of a clock, 0 to 23, that some stretches touch, each with its seconds; they add up exactly.

    There are so many stretches (`times`), and each goes from the hour `first` to the hour `last`, which is 24 or more
    past midnight. `seconds` is how long all of them last; `late` is how long after the full hour they began, in all.
    """
    for hour in range(first, last):
        part = times * HOUR_SECONDS - (late if hour == first else 0)
        yield hour % HOURS_A_DAY, part
        seconds -= part
    yield last % HOURS_A_DAY, seconds


def week_of(day: date, week_start: int) -> date:
    """The first day of a day's week, which begins on this ISO weekday."""
    return day - (day.isoweekday() - week_start) % 7 * ONE_DAY


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def _first_reading(wall_clock: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which the clock shows this time or, where it is skipped, a later one."""
    before_change = wall_clock.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _on_the_wall(before_change, zone) == wall_clock:
        return before_change
    return _change_between(wall_clock.replace(tzinfo=zone, fold=1).astimezone(UTC), before_change, zone)


def _on_the_wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def _change_between(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The instant, to the second, at which the offset changes somewhere after `early` and not after `late`."""
    offset_before = early.astimezone(zone).utcoffset()
    while late - early > ONE_SECOND:
        middle = early + (late - early) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset_before:
            early = middle
        else:
            late = middle
    return late
