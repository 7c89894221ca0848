"""GET /sessions/export: the list as a file, for spreadsheets, programs and calendars (contract 6)."""

import csv
import html
import json
import re
from io import StringIO
from typing import Any

import icalendar
import pytest
import time_machine
from django.test import Client

from accounts.models import User
from tests.conftest import NOT_AUTHENTICATED, Caller, invalid
from tests.factories import MONDAY, make_session, make_sessions, make_subject, shown
from tests.sessions.bodies import session_body

pytestmark = pytest.mark.everywhere

FORMATS = ["csv", "json", "ics"]
HEADER = (
    "subject,start_time,end_time,notes,start_local,end_local,duration_minutes,study_date,time_zone,source,"
    "needs_review,created_at,updated_at\r\n"
)
OFFERED = "This field is required."


def text(response: Any) -> str:
    """The whole of a file."""
    assert response.status_code == 200, response.getvalue()
    content: bytes = response.getvalue()
    assert int(response["Content-Length"]) == len(content)
    return content.decode()


def rows(response: Any) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(text(response))
    return read


def events(file: str) -> list[Any]:
    return icalendar.Calendar.from_ical(file).walk("VEVENT")


def lines(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text(response), newline="")))


def test_json_is_what_the_list_shows_with_local_times(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice), notes="Groups\nand “rings”")
    response = as_alice.get("/sessions/export?format=json")
    local = {"start_local": "2026-03-02T15:00:00+01:00", "end_local": "2026-03-02T16:00:00+01:00"}
    assert rows(response) == [session_body(session, notes="Groups\nand “rings”") | local]
    assert response["Content-Type"] == "application/json"


def test_csv_is_a_line_for_each_session(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice), notes='Groups, "rings"\nand fields')
    made, changed = shown(session.created_at), shown(session.updated_at)
    assert text(as_alice.get("/sessions/export?format=csv")) == HEADER + (
        'Algebra,2026-03-02T14:00:00Z,2026-03-02T15:00:00Z,"Groups, ""rings""\nand fields",2026-03-02 15:00:00,'
        f"2026-03-02 16:00:00,60,2026-03-02,Europe/Berlin,manual,false,{made},{changed}\r\n"
    )


def test_ics_is_an_event_for_each_session(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice), notes="Groups; rings,\nfields")
    (event,) = events(text(as_alice.get("/sessions/export?format=ics")))
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("Algebra", "Groups; rings,\nfields")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (session.start_time, session.end_time)


@pytest.mark.parametrize(
    ("wanted", "media_type"),
    [
        ("csv", "text/csv; charset=utf-8; header=present"),
        ("json", "application/json"),
        ("ics", "text/calendar; charset=utf-8"),
    ],
)
def test_it_is_to_be_saved_under_a_name_with_the_users_date(as_alice: Caller, wanted: str, media_type: str) -> None:
    with time_machine.travel("2026-03-02T23:30:00Z", tick=False):
        response = Caller(as_alice.user).get(f"/sessions/export?format={wanted.upper()}")
    assert text(response)
    assert response["Content-Type"] == media_type
    assert response["Content-Disposition"] == f'attachment; filename="studytrack-sessions-2026-03-03.{wanted}"'
    assert (response["Cache-Control"], response["Vary"]) == ("private, no-cache", "Authorization, Accept")


def test_who_has_no_sessions_gets_a_file_without_any(as_alice: Caller) -> None:
    files = {wanted: text(as_alice.get(f"/sessions/export?format={wanted}")) for wanted in FORMATS}
    assert (files["csv"], files["json"]) == (HEADER, "[]")
    assert events(files["ics"]) == []


def test_one_that_runs_has_no_end_yet(as_alice: Caller, alice: User) -> None:
    make_session(make_subject(alice), end_time=None)
    (row,) = rows(as_alice.get("/sessions/export?format=json"))
    assert (row["end_time"], row["end_local"], row["duration_minutes"], row["needs_review"]) == (
        None,
        None,
        None,
        True,
    )
    (line,) = lines(as_alice.get("/sessions/export?format=csv"))
    assert (line["end_time"], line["end_local"], line["duration_minutes"], line["needs_review"]) == (
        "",
        "",
        "",
        "true",
    )
    (event,) = events(text(as_alice.get("/sessions/export?format=ics")))
    assert ("DTEND" in event, event["STATUS"]) == (False, "TENTATIVE")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "start_after=2026-02-25T00:00Z&start_before=2026-03-01T00:00Z",
        "study_date_from=2026-02-27&ordering=start_time",
        "search=ODD&running=false",
        "ordering=duration_minutes,-created_at",
        "subject_id=1&needs_review=true",
        "page=2&per_page=1",
    ],
)
def test_it_takes_the_filters_and_orders_of_the_list(as_alice: Caller, alice: User, query: str) -> None:
    for number, session in enumerate(make_sessions(make_subject(alice), 7)):
        session.notes = "odd" if number % 2 else "even"
        session.save()
    paged = query if not query.startswith("page") else ""
    listed = [row["id"] for row in as_alice.get(f"/sessions?per_page=100&{paged}").json()["results"]]
    exported = rows(as_alice.get(f"/sessions/export?format=json&{query}"))
    calendar = events(text(as_alice.get(f"/sessions/export?format=ics&{query}")))
    assert [row["id"] for row in exported] == listed
    assert [int(event["UID"].split("-")[1]) for event in calendar] == listed


@pytest.mark.parametrize(
    ("query", "field", "code", "detail"),
    [
        ("", "format", "required", OFFERED),
        ("format=xlsx", "format", "invalid_choice", "This is none of the choices."),
        ("format=", "format", "invalid_choice", "This is none of the choices."),
        ("format=csv&running=perhaps", "running", "invalid_choice", '"perhaps" is not a valid choice.'),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(
    as_alice: Caller, query: str, field: str, code: str, detail: str
) -> None:
    response = as_alice.get(f"/sessions/export?{query}")
    assert (response.status_code, response.json()) == (400, invalid(field, code, detail))
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("accept", ["text/csv", "text/html", "image/png", "*/*"])
def test_the_address_says_what_it_is_whatever_is_accepted(as_alice: Caller, accept: str) -> None:
    """REST framework would answer 406 to who accepts exactly what there is."""
    assert text(as_alice.get("/sessions/export?format=csv", HTTP_ACCEPT=accept)) == HEADER


def test_nobody_gets_nothing(anonymous: Caller) -> None:
    response = anonymous.get("/sessions/export?format=csv")
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)


def test_others_are_not_in_it(as_charlie: Caller, charlie: User, alice: User) -> None:
    make_session(make_subject(alice, "Analysis"))
    mine = make_session(make_subject(charlie))
    assert [row["id"] for row in rows(as_charlie.get("/sessions/export?format=json"))] == [mine.pk]


@pytest.mark.parametrize("wanted", FORMATS)
def test_who_has_it_already_is_told_so(as_alice: Caller, alice: User, wanted: str) -> None:
    session = make_session(make_subject(alice))
    first = as_alice.get(f"/sessions/export?format={wanted}")
    assert text(first)
    again = as_alice.get(f"/sessions/export?format={wanted}", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    as_alice.patch(f"/sessions/{session.pk}", {"notes": "Rings"})
    changed = as_alice.get(f"/sessions/export?format={wanted}", HTTP_IF_NONE_MATCH=first["ETag"])
    assert changed["ETag"] != first["ETag"]
    assert text(changed)


def test_head_is_get_without_the_body(as_alice: Caller, alice: User) -> None:
    make_session(make_subject(alice))
    get, head = (method("/sessions/export?format=csv") for method in (as_alice.get, as_alice.head))
    assert head.getvalue() == b""
    for name in ("Content-Type", "Content-Length", "Content-Disposition", "ETag"):
        assert head[name] == get[name]
    assert text(get)


@pytest.mark.parametrize(
    ("typed", "shown_as"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\tplain", "'\tplain"),
        ("\r\n=1", "'\r\n=1"),
        ("\n=1", "'\n=1"),
        ("  =1", "'  =1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠SUM(A1)", "'＠SUM(A1)"),
        ("'=1", "''=1"),
        ("1+1=2", "1+1=2"),
        ("'tis nothing", "'tis nothing"),
        ("150", "150"),
    ],
)
def test_what_a_spreadsheet_would_run_is_defused(as_alice: Caller, alice: User, typed: str, shown_as: str) -> None:
    """The obvious file runs what somebody has typed, or has had imported, on the computer of who opens it."""
    make_session(make_subject(alice), notes=typed)
    (line,) = lines(as_alice.get("/sessions/export?format=csv"))
    assert line["notes"] == shown_as
    assert line["duration_minutes"] == "60"


def test_a_subject_is_defused_as_well(as_alice: Caller, alice: User) -> None:
    make_session(make_subject(alice, "=HYPERLINK(A1)"))
    (line,) = lines(as_alice.get("/sessions/export?format=csv"))
    assert line["subject"] == "'=HYPERLINK(A1)"


def test_local_times_are_those_of_the_users_zone_now(as_alice: Caller, alice: User) -> None:
    make_session(make_subject(alice), MONDAY.replace(month=7))
    as_alice.patch("/auth/me", {"time_zone": "Asia/Kolkata"})
    (row,) = rows(as_alice.get("/sessions/export?format=json"))
    assert (row["start_local"], row["time_zone"]) == ("2026-07-02T19:30:00+05:30", "Europe/Berlin")


def test_the_page_of_the_list_has_links_to_it(alice: User) -> None:
    browser = Client(HTTP_ACCEPT="text/html")
    browser.force_login(alice)
    make_session(make_subject(alice), notes="Rings")
    page = browser.get("/sessions?search=rings").content.decode()
    links = [html.unescape(link) for link in re.findall(r'href="(/sessions/export[^"]*)"', page)]
    assert links == [f"/sessions/export?format={wanted}&search=rings" for wanted in FORMATS]
    assert "Rings" in text(browser.get(links[0]))
