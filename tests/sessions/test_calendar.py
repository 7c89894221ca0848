"""GET /calendar/{token}.ics: sessions as a calendar to subscribe to, by a secret link (contract 6)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.links import SecretLink
from accounts.models import User
from sessions.calendars import as_calendar
from sessions.models import StudySession
from subjects.models import Subject
from tests.conftest import NOT_FOUND, Caller, bearing
from tests.factories import make_session, make_sessions, make_subject

pytestmark = pytest.mark.everywhere

MADE, RENAMED = datetime(2026, 3, 2, 16, 31, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\n,;\\:\"='"), max_size=200)


@pytest.fixture
def address(alice: User) -> str:
    return f"/calendar/{SecretLink.objects.replace(alice, 'calendar', timezone.now())}.ics"


def read(response: Any) -> list[Any]:
    """The events as a program reads them."""
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return events(response.getvalue())


def events(file: Any) -> list[Any]:
    calendar: Any = icalendar.Calendar.from_ical(file)
    assert (calendar["VERSION"], calendar.errors) == ("2.0", [])
    return list(calendar.walk("VEVENT"))


def test_it_is_all_of_the_users_sessions_in_utc(anonymous: Caller, alice: User, charlie: User, address: str) -> None:
    make_session(make_subject(charlie, "Botany"))
    session = make_session(make_subject(alice), notes="Groups; rings, \\ and\nfields, " * 3)
    StudySession.objects.filter(pk=session.pk).update(created_at=MADE, updated_at=MADE + timedelta(hours=1))
    Subject.objects.filter(pk=session.subject_id).update(updated_at=MADE)
    assert anonymous.get(address).getvalue().decode().splitlines() == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//StudyTrack//StudyTrack//EN",
        "CALSCALE:GREGORIAN",
        "NAME:StudyTrack",
        "X-WR-CALNAME:StudyTrack",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "BEGIN:VEVENT",
        f"UID:session-{session.pk}-20260302T163100Z@studytrack",
        "DTSTAMP:20260302T173100Z",
        "CREATED:20260302T163100Z",
        "LAST-MODIFIED:20260302T173100Z",
        "DTSTART:20260302T140000Z",
        "DTEND:20260302T150000Z",
        "STATUS:CONFIRMED",
        "SUMMARY:Algebra",
        r"DESCRIPTION:Groups\; rings\, \\ and\nfields\, Groups\; rings\, \\ and\nfiel",
        r" ds\, Groups\; rings\, \\ and\nfields\, ",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_a_new_name_changes_the_events_that_show_it(anonymous: Caller, alice: User, address: str) -> None:
    """Programs that look at when an event was changed would go on showing the old one."""
    session = make_session(make_subject(alice))
    StudySession.objects.filter(pk=session.pk).update(updated_at=MADE)
    with time_machine.travel(RENAMED, tick=False):
        Caller(alice).patch(f"/subjects/{session.subject_id}", {"name": "Geometry"})
    event = read(anonymous.get(address))[0]
    assert (event["SUMMARY"], event["LAST-MODIFIED"].dt, event["DTSTAMP"].dt) == ("Geometry", RENAMED, RENAMED)


def test_programs_read_it(anonymous: Caller, alice: User, address: str) -> None:
    sessions = make_sessions(make_subject(alice), 3)
    found = read(anonymous.get(address))
    assert [event["DTSTART"].dt for event in found] == [each.start_time for each in sessions]
    assert {event["DTSTART"].dt.utcoffset() for event in found} == {timedelta(0)}


def test_a_calendar_may_be_empty(anonymous: Caller, address: str) -> None:
    assert read(anonymous.get(address)) == []


def test_an_event_keeps_its_uid(anonymous: Caller, as_alice: Caller, alice: User, address: str) -> None:
    session = make_session(make_subject(alice))
    uids = [event["UID"] for event in read(anonymous.get(address))]
    as_alice.patch(f"/sessions/{session.pk}", {"start_time": "2026-03-02T14:30:00Z", "notes": "Rings"})
    as_alice.patch(f"/subjects/{session.subject_id}", {"name": "Analysis"})
    (event,) = read(anonymous.get(address, HTTP_HOST="localhost"))
    assert [event["UID"]] == uids
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("Analysis", "Rings")


def test_who_has_it_already_is_told_so(anonymous: Caller, as_alice: Caller, alice: User, address: str) -> None:
    session = make_session(make_subject(alice))
    first = anonymous.get(address)
    assert len(read(first)) == 1
    again = anonymous.get(address, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    as_alice.patch(f"/sessions/{session.pk}", {"notes": "Rings"})
    changed = anonymous.get(address, HTTP_IF_NONE_MATCH=first["ETag"])
    assert [event["DESCRIPTION"] for event in read(changed)] == ["Rings"]


def test_credentials_that_come_along_are_not_looked_at(as_charlie: Caller, alice: User, address: str) -> None:
    make_session(make_subject(alice))
    for caller in (as_charlie, bearing("wrong")):
        assert len(read(caller.get(address))) == 1


def test_whatever_is_accepted(anonymous: Caller, address: str) -> None:
    for accept in ("text/calendar", "text/html", "image/png"):
        assert read(anonymous.get(address, HTTP_ACCEPT=accept)) == []


def test_head_is_get_without_the_body(anonymous: Caller, address: str) -> None:
    get, head = anonymous.get(address), anonymous.head(address)
    assert (head.status_code, head.getvalue(), head["ETag"]) == (200, b"", get["ETag"])
    assert read(get) == []


@pytest.mark.parametrize("token", ["A" * 43, "A" * 42, "A" * 44, "ä" + "A" * 42, "1"])
def test_another_token_opens_nothing(anonymous: Caller, address: str, token: str) -> None:
    response = anonymous.get(f"/calendar/{token}.ics")
    assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_a_link_to_something_else_opens_nothing(anonymous: Caller, alice: User) -> None:
    token = SecretLink.objects.replace(alice, "heatmap", timezone.now())
    response = anonymous.get(f"/calendar/{token}.ics")
    assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_an_account_that_is_not_active_shows_nothing(anonymous: Caller, alice: User, address: str) -> None:
    alice.is_active = False
    alice.save()
    response = anonymous.get(address)
    assert (response.status_code, response.json()) == (404, NOT_FOUND)


@given(TEXT, TEXT, st.integers(2, 9998))
def test_every_text_comes_through_and_no_line_is_too_long(name: str, notes: str, year: int) -> None:
    start = datetime(year, 3, 2, 14, tzinfo=UTC)
    times = {"start_time": start, "created_at": start, "updated_at": start}
    session = StudySession(
        pk=1, subject=Subject(name=name, updated_at=start), end_time=start + timedelta(hours=1), notes=notes, **times
    )
    written = "".join(as_calendar([session]))
    assert max(len(line.encode()) for line in written.split("\r\n")) <= 75
    (event,) = events(written)
    assert (event["SUMMARY"], event.get("DESCRIPTION", "")) == (name, notes)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (start, start + timedelta(hours=1))
