"""Dates and times as people and their programs write them, and which moments they are in a time zone."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import product
from zoneinfo import ZoneInfo

from sessions.imports.rows import Refused, Unreadable
from studytrack.instants import NoInstant, read_instant, readings, within_calendar

YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d\d?)\2(\d\d?)", re.ASCII)
YEAR_LAST = re.compile(r"(\d\d?)([-/.])(\d\d?)\2(\d{4})", re.ASCII)
# Before AM and PM, what follows the newer rules of Unicode writes a space at which no line is broken.
TIME = re.compile(r"(\d\d?):(\d\d)(?::(\d\d))?(?:\.\d+)?(?:[\s\u00a0\u202f]*([ap])\.?m\.?)?", re.ASCII | re.IGNORECASE)
DURATION = re.compile(r"(\d{1,4}):(\d\d)(?::(\d\d))?(?: ?h)?", re.ASCII)
UNDER_AN_HOUR = re.compile(r"(?:(\d\d?):(\d\d) ?min|(\d\d?) ?s(?:ec)?)", re.ASCII)
DECIMAL_HOURS = re.compile(r"(\d{1,4}(?:[.,]\d{1,9})?) ?h?", re.ASCII)
DAY_FIRST, MONTH_FIRST = "day_first", "month_first"
ORDERS = (DAY_FIRST, MONTH_FIRST)
LONGEST_TEXT = 40
"""More characters than any date or time has; what was read of one is remembered."""


def order_of(dates: Iterable[tuple[int, str]], told: str) -> str:
    """Whether 03/04/2026 is in April or in March: as the request says, or as the other dates of the file show."""
    possible, open_line = {told} if told else set(ORDERS), 0
    for line, text in dates:
        found = YEAR_LAST.match(text.strip())
        if found and found[2] != "." and len(possible) > 1:
            first, second = int(found[1]), int(found[3])
            possible -= ({MONTH_FIRST} if first > 12 else set()) | ({DAY_FIRST} if second > 12 else set())
            open_line = open_line or (line if first != second else 0)
    if len(possible) > 1 and open_line:
        raise Unreadable(
            open_line, "date_order", "Its dates can be read in two ways. Say date_order: day_first or month_first."
        )
    return min(possible, default=MONTH_FIRST)


def moments(date_text: str, time_text: str, order: str, zone: ZoneInfo) -> list[datetime]:
    """The moments at which the clock of the zone shows this; two, if it is set back over it."""
    shown = datetime.combine(date_of(short(date_text), order), time_of(short(time_text)))
    try:
        return [within_calendar(moment) for moment in readings(shown, zone)]
    except NoInstant as error:
        raise Refused(error.code, str(error)) from None
    except OverflowError:
        raise Refused("out_of_range", "The year must be 2 to 9998.") from None


def moment(text: str, order: str, zone: ZoneInfo) -> datetime:
    """The moment that one text says: as RFC 3339 has it, or as a date and a time by the clock of the zone."""
    text = short(text)
    try:
        return read_instant(text, zone)
    except NoInstant as error:
        day, _, clock = text.partition(" ")
        if error.code == "invalid" and clock:
            return moments(day, clock, order, zone)[0]
        raise Refused(error.code, str(error)) from None


def span(starts: list[datetime], ends: list[datetime], duration: timedelta | None) -> tuple[datetime, datetime]:
    """The start and the end. Where a clock set back leaves several possible, those about `duration` apart."""
    if not ends:
        if duration is None:
            raise Refused("required", "This has no end.")
        return starts[0], starts[0] + duration
    lasting = [(start, end) for start, end in product(starts, ends) if end > start]
    if not lasting or duration is None:
        return (lasting or [(starts[0], ends[0])])[0]
    # Reports round a duration, to minutes or to hundredths of an hour.
    return min(lasting, key=lambda times: abs(times[1] - times[0] - duration))


def short(text: str) -> str:
    """The text without what is around it, if a date or a time can be as long as that."""
    if len(text := text.strip()) > LONGEST_TEXT:
        raise Refused("invalid", "This is longer than any date or time.")
    return text


@lru_cache(maxsize=4096)
def date_of(text: str, order: str) -> date:
    if found := YEAR_FIRST.fullmatch(text):
        year, month, day = int(found[1]), int(found[3]), int(found[4])
    elif found := YEAR_LAST.fullmatch(text):
        month, day, year = int(found[1]), int(found[3]), int(found[4])
        if found[2] == "." or order == DAY_FIRST:  # with dots the day is first wherever they are written
            month, day = day, month
    else:
        raise Refused("invalid", "This is no date: write 2026-03-02.")
    try:
        return date(year, month, day)
    except ValueError:
        raise Refused("invalid", "There is no such date.") from None


@lru_cache(maxsize=4096)
def time_of(text: str) -> time:
    found = TIME.fullmatch(text)
    if found is None:
        raise Refused("invalid", "This is no time of day: write 14:00:00.")
    hour, half = int(found[1]), (found[4] or "").lower()
    if half and not 1 <= hour <= 12:
        raise Refused("invalid", "There is no such time of day.")
    try:
        return time(hour % 12 + (12 if half == "p" else 0) if half else hour, int(found[2]), int(found[3] or 0))
    except ValueError:
        raise Refused("invalid", "There is no such time of day.") from None


def duration_of(text: str) -> timedelta | None:
    """How long `1:30:00`, `1:30`, `47:06 min`, `6 s` or hours like `1.5` are; None if nothing is said."""
    text = short(text)
    if found := DURATION.fullmatch(text):
        hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3] or 0)
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if found := UNDER_AN_HOUR.fullmatch(text):
        return timedelta(minutes=int(found[1] or 0), seconds=int(found[2] or found[3]))
    if found := DECIMAL_HOURS.fullmatch(text):
        return timedelta(seconds=round(float(found[1].replace(",", ".")) * 3600))
    if text:
        raise Refused("invalid", "This is no duration: write 1:30:00.")
    return None
