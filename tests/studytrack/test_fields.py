"""How single values are read and shown (contract 1)."""

from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.serializers import Field, ValidationError

from studytrack.api.fields import (
    AnyCaseChoiceField,
    FlagField,
    IdField,
    InstantField,
    PlainTextField,
    StrictDateField,
    WholeNumberField,
)

pytestmark = pytest.mark.everywhere

LEVELS = AnyCaseChoiceField(choices=[("low", "Low"), ("high", "High")])
NUMBER = WholeNumberField(min_value=0, max_value=100)
NAME, NOTES = PlainTextField(max_length=10), PlainTextField(max_length=10, allow_blank=True)


def instant(zone: str = "UTC") -> InstantField:
    """The field, in a request of somebody who lives there."""
    field = InstantField()
    field._context = {"request": SimpleNamespace(user=SimpleNamespace(time_zone=zone))}  # type: ignore[attr-defined]
    return field


def refusal(field: Field, value: Any) -> str:
    """The code by which a value is refused."""
    with pytest.raises(ValidationError) as refused:
        field.run_validation(value)
    codes: Any = refused.value.get_codes()
    (code,) = codes
    return str(code)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T14:00:00Z", "2026-03-02T14:00:00"),
        ("2026-03-02t14:00:00z", "2026-03-02T14:00:00"),
        ("2026-03-02 14:00:00+01:00", "2026-03-02T13:00:00"),
        ("2026-03-02T14:00:00-12:00", "2026-03-03T02:00:00"),
        ("2026-03-02T14:00:00-00:00", "2026-03-02T14:00:00"),
        ("2026-03-02T14:00:00+05:45", "2026-03-02T08:15:00"),
        ("2026-03-02T14:00:00.999999999999Z", "2026-03-02T14:00:00"),
        ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59"),
        ("0002-01-01T00:00:00Z", "0002-01-01T00:00:00"),
        ("9998-12-31T23:59:59Z", "9998-12-31T23:59:59"),
    ],
)
def test_a_time_with_an_offset_is_that_instant(text: str, expected: str) -> None:
    assert instant("Asia/Tokyo").run_validation(text) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "text", "expected"),
    [
        ("UTC", "2026-03-02T14:00:00", "2026-03-02T14:00:00"),
        ("Europe/Berlin", "2026-03-02T14:00:00", "2026-03-02T13:00:00"),
        ("Europe/Berlin", "2026-07-02T14:00", "2026-07-02T12:00:00"),
        ("Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T00:30:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00"),
        ("Pacific/Apia", "2011-12-31T00:00:00", "2011-12-30T10:00:00"),
    ],
)
def test_a_time_without_an_offset_is_the_users_and_the_first_of_two(zone: str, text: str, expected: str) -> None:
    assert instant(zone).run_validation(text) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/Berlin", "2026-03-29T02:00:00"),
        ("Europe/Berlin", "2026-03-29T02:59:59"),
        ("Africa/Cairo", "2026-04-24T00:00:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00"),
        ("Pacific/Apia", "2011-12-30T12:00:00"),
    ],
)
def test_a_time_that_the_users_clock_skips_is_none(zone: str, text: str) -> None:
    assert refusal(instant(zone), text) == "nonexistent"
    assert instant(zone).run_validation(f"{text}Z")


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-02",
        "14:00:00",
        "",
        "now",
        "20260302T140000Z",
        "2026-W10-1T14:00:00Z",
        "2026-061T14:00:00Z",
        "2026-03-02T14Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T14:60:00Z",
        "2026-03-02T14:00:60Z",
        "2026-02-29T14:00:00Z",
        "2026-03-02T14:00:00,5Z",
        "2026-03-02T14:00:00.Z",
        "2026-03-02T14:00:00+0100",
        "2026-03-02T14:00:00+01",
        "2026-03-02T14:00:00+24:00",
        "2026-03-02T14:00:00 Z",
        " 2026-03-02T14:00:00Z",
        "2026-03-02T14:00:00Z\n",
        "2026-03-02T14:00:00Europe/Berlin",
        "٢٠٢٦-03-02T14:00:00Z",
        "0000-01-01T00:00:00Z",
        "12026-03-02T14:00:00Z",
        "2026-03-02T14:00:00\x00",
        1772460000,
        1772460000.5,
        True,
        ["2026-03-02T14:00:00Z"],
        {},
    ],
)
def test_what_rfc_3339_does_not_know_is_no_time(value: Any) -> None:
    """datetime.fromisoformat() takes weeks, days of the year and several other shapes."""
    assert refusal(instant(), value) == "invalid"


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00",
        "0001-12-31T23:59:59Z",
        "0002-01-01T00:00:00+00:01",
        "9999-01-01T00:00:00Z",
        "9998-12-31T23:59:59-00:01",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31T23:59:59",
    ],
)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_where_calendars_end_is_no_time(zone: str, text: str) -> None:
    """There astimezone() raises OverflowError, if not here then wherever somebody's day is asked for."""
    assert refusal(instant(zone), text) == "out_of_range"


def test_a_time_is_shown_in_utc_to_the_second() -> None:
    moment = datetime(2026, 3, 2, 15, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))
    assert instant("Asia/Tokyo").to_representation(moment) == "2026-03-02T14:00:00Z"
    assert instant().to_representation(datetime(2, 1, 1, tzinfo=UTC)) == "0002-01-01T00:00:00Z"


@settings(deadline=None)
@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - UTC
def test_what_is_shown_is_read_as_the_same(moment: datetime) -> None:
    field = instant("America/St_Johns")
    assert field.run_validation(field.to_representation(moment)) == moment.replace(microsecond=0)


@pytest.mark.parametrize(("value", "number"), [(0, 0), (100, 100), ("7", 7), ("007", 7), ("100", 100)])
def test_digits_are_the_number(value: Any, number: int) -> None:
    assert NUMBER.run_validation(value) == number


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (True, "invalid"),
        (False, "invalid"),
        (1.0, "invalid"),
        (float("inf"), "invalid"),
        ("1.0", "invalid"),
        ("1e2", "invalid"),
        (" 7", "invalid"),
        ("7 ", "invalid"),
        ("7\n", "invalid"),
        ("+7", "invalid"),
        ("1_0", "invalid"),
        ("٣", "invalid"),
        ("²", "invalid"),
        ("", "invalid"),
        ("0x7", "invalid"),
        ("9" * 5000, "invalid"),
        ([7], "invalid"),
        ({}, "invalid"),
        (None, "null"),
        (-1, "min_value"),
        ("-1", "min_value"),
        (101, "max_value"),
        (10**30, "max_value"),
        ("9" * 19, "max_value"),
    ],
)
def test_what_is_no_whole_number_is_refused(value: Any, code: str) -> None:
    assert refusal(NUMBER, value) == code


@pytest.mark.parametrize(
    ("value", "code"), [(0, "min_value"), (2**63, "max_value"), (True, "invalid"), (1.0, "invalid")]
)
def test_an_id_is_a_positive_number_that_a_database_can_hold(value: Any, code: str) -> None:
    assert refusal(IdField(), value) == code
    assert IdField().run_validation(2**63 - 1) == 2**63 - 1


@pytest.mark.parametrize("value", ["low", "LOW", "Low", "lOw"])
def test_a_choice_is_read_in_any_case(value: str) -> None:
    assert LEVELS.run_validation(value) == "low"


@pytest.mark.parametrize("value", ["", " low", "lowest", "löw", 0, True, ["low"], {"low": "low"}])
def test_what_is_none_of_the_choices_is_refused(value: Any) -> None:
    assert refusal(LEVELS, value) == "invalid_choice"


@pytest.mark.parametrize(("value", "flag"), [("true", True), ("false", False), (True, True), (False, False)])
def test_a_flag_is_true_or_false(value: Any, flag: bool) -> None:
    assert FlagField().run_validation(value) is flag


@pytest.mark.parametrize("value", ["True", "FALSE", "yes", "on", "1", "0", 1, 0, "", "true ", [], ["true"], {}])
def test_what_is_no_flag_is_refused(value: Any) -> None:
    assert refusal(FlagField(), value) == "invalid_choice"


def test_a_date_is_read() -> None:
    assert StrictDateField().run_validation("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    "value", ["2026-02-29", "2026-3-2", "20260302", "2026-W10-1", "2026-03-02T00:00:00Z", "", 20260302, None, True]
)
def test_what_is_no_date_is_refused(value: Any) -> None:
    assert refusal(StrictDateField(), value) in {"invalid", "null"}


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Algebra", "Algebra"),
        (" Algebra\t", " Algebra\t"),
        ("<b>R&D</b>", "R&D"),
        ("&lt;b&gt;", "&lt;b&gt;"),
        ("a\r\nb", "a\r\nb"),
        ("𝔄" * 10, "𝔄" * 10),
        (2026, "2026"),
        (1.5, "1.5"),
    ],
)
def test_text_is_kept_as_typed_but_for_markup(typed: Any, text: str) -> None:
    assert NAME.run_validation(typed) == text


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "blank"),
        (" \n", "blank"),
        ("\u200b\u2060", "blank"),
        ("<hr>", "blank"),
        ("a" * 11, "max_length"),
        ("<hr>" + "a" * 7, "max_length"),
        ("x<y>z<y>z<", "max_length"),
        ("a\x00", "forbidden_character"),
        ("a\x7f", "forbidden_character"),
        ("a\x85", "forbidden_character"),
        ("\ud800", "forbidden_character"),
        (None, "null"),
        (True, "invalid"),
        ([], "invalid"),
        ({"a": "b"}, "invalid"),
        (b"bytes", "invalid"),
    ],
)
def test_what_is_no_such_text_is_refused(typed: Any, code: str) -> None:
    assert refusal(NAME, typed) == code


def test_text_that_may_be_blank_may_be_blank() -> None:
    assert [NOTES.run_validation(typed) for typed in ("", " ", "<hr>")] == ["", " ", ""]
