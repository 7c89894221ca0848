"""When a study day begins, and which one an instant belongs to (contract 5)."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sessions.periods import (
    FIRST_INSTANT,
    LAST_INSTANT,
    ONE_DAY,
    day_begins,
    earliest_start,
    latest_start,
    study_date,
)

ZONES = sorted(available_timezones())


@pytest.mark.parametrize(
    ("zone", "hour", "day", "begins"),
    [
        # nothing happens
        ("UTC", 0, "2026-03-02", "2026-03-02T00:00:00"),
        ("Europe/Berlin", 4, "2026-05-04", "2026-05-04T02:00:00"),
        ("Asia/Kathmandu", 0, "2026-05-05", "2026-05-04T18:15:00"),
        ("Pacific/Kiritimati", 12, "2026-05-05", "2026-05-04T22:00:00"),
        ("Pacific/Pago_Pago", 12, "2026-05-05", "2026-05-05T23:00:00"),
        # the clock skips 02:00 to 03:00: a beginning in there is the instant of the change
        ("Europe/Berlin", 1, "2026-03-29", "2026-03-29T00:00:00"),
        ("Europe/Berlin", 2, "2026-03-29", "2026-03-29T01:00:00"),
        ("Europe/Berlin", 3, "2026-03-29", "2026-03-29T01:00:00"),
        ("Europe/Berlin", 4, "2026-03-29", "2026-03-29T02:00:00"),
        # the clock passes 02:00 to 03:00 twice: the first time counts
        ("Europe/Berlin", 2, "2026-10-25", "2026-10-25T00:00:00"),
        ("Europe/Berlin", 3, "2026-10-25", "2026-10-25T02:00:00"),
        # midnight is skipped
        ("Africa/Cairo", 0, "2026-04-24", "2026-04-23T22:00:00"),
        ("Africa/Cairo", 1, "2026-04-24", "2026-04-23T22:00:00"),
        ("Africa/Cairo", 0, "2026-04-25", "2026-04-24T21:00:00"),
        ("America/Havana", 0, "2026-03-08", "2026-03-08T05:00:00"),
        ("Asia/Beirut", 0, "2026-03-29", "2026-03-28T22:00:00"),
        # midnight is passed twice: Havana goes back from 01:00 to 00:00
        ("America/Havana", 0, "2026-11-01", "2026-11-01T04:00:00"),
        ("America/Havana", 1, "2026-11-01", "2026-11-01T06:00:00"),
        # Beirut goes back from 00:00 to 23:00: the day begins after the second 23:00, and that is no midnight twice
        ("Asia/Beirut", 0, "2026-10-25", "2026-10-24T22:00:00"),
        # changes by half an hour: 02:00 to 02:30, and back
        ("Australia/Lord_Howe", 2, "2026-10-04", "2026-10-03T15:30:00"),
        ("Australia/Lord_Howe", 3, "2026-10-04", "2026-10-03T16:00:00"),
        ("Australia/Lord_Howe", 2, "2026-04-05", "2026-04-04T15:30:00"),
        # the date line moved, and the 30th was skipped
        ("Pacific/Apia", 0, "2011-12-29", "2011-12-29T10:00:00"),
        ("Pacific/Apia", 0, "2011-12-30", "2011-12-30T10:00:00"),
        ("Pacific/Apia", 0, "2011-12-31", "2011-12-30T10:00:00"),
        ("Pacific/Apia", 4, "2011-12-30", "2011-12-30T10:00:00"),
        ("Pacific/Apia", 4, "2011-12-31", "2011-12-30T14:00:00"),
        # it moved back, and most of a date was had twice
        ("Pacific/Kwajalein", 0, "1969-09-30", "1969-09-29T13:00:00"),
        ("Pacific/Kwajalein", 0, "1969-10-01", "1969-10-01T12:00:00"),
        # a change that is not on a whole minute
        ("Africa/Monrovia", 0, "1972-01-07", "1972-01-07T00:44:30"),
    ],
)
def test_a_study_day_begins(zone: str, hour: int, day: str, begins: str) -> None:
    expected = datetime.fromisoformat(begins).replace(tzinfo=UTC)
    assert day_begins(date.fromisoformat(day), ZoneInfo(zone), hour) == expected


@pytest.mark.parametrize(
    ("zone", "hour", "instant", "day"),
    [
        ("Europe/Berlin", 0, "2026-05-04T23:59:59+02:00", "2026-05-04"),
        ("Europe/Berlin", 0, "2026-05-05T00:00:00+02:00", "2026-05-05"),
        ("Europe/Berlin", 4, "2026-05-05T03:59:59+02:00", "2026-05-04"),
        ("Europe/Berlin", 4, "2026-05-05T04:00:00+02:00", "2026-05-05"),
        ("Europe/Berlin", 2, "2026-03-29T01:59:59+01:00", "2026-03-28"),
        ("Europe/Berlin", 2, "2026-03-29T03:00:00+02:00", "2026-03-29"),
        ("Europe/Berlin", 2, "2026-10-25T01:59:59+02:00", "2026-10-24"),
        ("Europe/Berlin", 2, "2026-10-25T02:00:00+02:00", "2026-10-25"),
        ("Europe/Berlin", 2, "2026-10-25T02:00:00+01:00", "2026-10-25"),
        ("Africa/Cairo", 0, "2026-04-23T23:59:59+02:00", "2026-04-23"),
        ("Africa/Cairo", 0, "2026-04-24T01:00:00+03:00", "2026-04-24"),
        ("America/Havana", 0, "2026-11-01T00:30:00-04:00", "2026-11-01"),
        ("America/Havana", 0, "2026-11-01T00:30:00-05:00", "2026-11-01"),
        ("Asia/Beirut", 0, "2026-10-24T23:30:00+03:00", "2026-10-24"),
        ("Asia/Beirut", 0, "2026-10-24T23:30:00+02:00", "2026-10-24"),
        ("Pacific/Apia", 0, "2011-12-29T23:59:59-10:00", "2011-12-29"),
        ("Pacific/Apia", 0, "2011-12-31T00:00:00+14:00", "2011-12-31"),
        ("Pacific/Apia", 4, "2011-12-31T03:59:59+14:00", "2011-12-30"),
        ("Pacific/Apia", 4, "2011-12-31T04:00:00+14:00", "2011-12-31"),
        # Newfoundland went back at 00:01: a second 23:01 to 24:00 of yesterday belongs to the day that had begun
        ("America/St_Johns", 0, "2010-11-07T00:00:30-02:30", "2010-11-07"),
        ("America/St_Johns", 0, "2010-11-06T23:30:00-03:30", "2010-11-07"),
    ],
)
def test_an_instant_belongs_to_a_study_day(zone: str, hour: int, instant: str, day: str) -> None:
    assert study_date(datetime.fromisoformat(instant), ZoneInfo(zone), hour) == date.fromisoformat(day)


hours = st.integers(0, 12)
zones = st.sampled_from(ZONES)
instants = st.datetimes(datetime(1970, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - UTC


@given(instant=instants, zone=zones, hour=hours)
@example(datetime(2011, 12, 30, 10, tzinfo=UTC), "Pacific/Apia", 0)
@example(datetime(2011, 12, 30, 13, tzinfo=UTC), "Pacific/Apia", 4)
@example(datetime(2026, 4, 23, 22, tzinfo=UTC), "Africa/Cairo", 0)
@example(datetime(2010, 11, 7, 3, tzinfo=UTC), "America/St_Johns", 0)
def test_every_instant_lies_in_one_study_day(instant: datetime, zone: str, hour: int) -> None:
    day = study_date(instant, ZoneInfo(zone), hour)
    beginnings = [day_begins(day + n * ONE_DAY, ZoneInfo(zone), hour) for n in range(-2, 4)]
    assert beginnings == sorted(beginnings)
    assert beginnings[2] <= instant < beginnings[3]


@given(instant=instants, zone=zones, hour=hours)
@example(datetime(2011, 12, 30, 10, tzinfo=UTC), "Pacific/Apia", 12)
@example(datetime(2026, 5, 5, 10, tzinfo=UTC), "Pacific/Kiritimati", 0)
@example(datetime(2026, 5, 5, 22, 59, 59, tzinfo=UTC), "Pacific/Pago_Pago", 12)
def test_what_belongs_to_a_day_began_within_its_bounds(instant: datetime, zone: str, hour: int) -> None:
    day = study_date(instant, ZoneInfo(zone), hour)
    assert earliest_start(day) <= instant < latest_start(day)


def test_at_the_ends_of_all_time_the_bounds_do_not_overflow() -> None:
    assert earliest_start(date.min) == FIRST_INSTANT
    assert latest_start(date.max).date() == date.max


@given(instant=instants, zone=zones, hour=hours)
def test_the_clock_of_the_zone_shows_the_hour_or_a_later_one(instant: datetime, zone: str, hour: int) -> None:
    day = instant.date()
    begins = day_begins(day, ZoneInfo(zone), hour)
    asked = datetime.combine(day, datetime.min.time()) + timedelta(hours=hour)
    shown, before = (
        moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in (begins, begins - timedelta(seconds=1))
    )
    assert before < asked <= shown


@given(instant=instants, zone=zones, hour=hours, offset=st.integers(-14 * 60, 14 * 60))
def test_how_an_instant_is_written_does_not_matter(instant: datetime, zone: str, hour: int, offset: int) -> None:
    written = instant.astimezone(timezone(timedelta(minutes=offset)))
    assert study_date(written, ZoneInfo(zone), hour) == study_date(instant, ZoneInfo(zone), hour)


@given(zone=zones, hour=hours)
@example("Pacific/Kiritimati", 0)
@example("Pacific/Pago_Pago", 12)
def test_at_the_ends_of_all_time_nothing_overflows(zone: str, hour: int) -> None:
    """A zone's clock would show the year 0 or 10000 there, and astimezone() raises OverflowError."""
    place = ZoneInfo(zone)
    assert FIRST_INSTANT <= day_begins(date.min, place, hour) < day_begins(date.min + 2 * ONE_DAY, place, hour)
    assert day_begins(date.max - 2 * ONE_DAY, place, hour) < day_begins(date.max, place, hour) <= LAST_INSTANT
    assert study_date(FIRST_INSTANT, place, hour) == date.min
    assert date.max - ONE_DAY <= study_date(LAST_INSTANT, place, hour) <= date.max
