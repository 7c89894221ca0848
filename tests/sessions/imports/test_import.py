"""POST /sessions/import: all or nothing, once, in turn (contract 6)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from sessions.import_serializers import MOST_BYTES
from sessions.imports import formats, rows, writing
from sessions.imports.tables import UNREADABLE
from sessions.models import StudySession
from sessions.shares import DayShare
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, Caller, invalid, problem
from tests.factories import MONDAY, make_session, make_subject, shown
from tests.sessions.imports.files import (
    ADDRESS,
    HEADER,
    MONDAY_LINE,
    TUESDAY_LINE,
    codes,
    csv_of,
    kept,
    refused,
    report,
    send,
)

pytestmark = pytest.mark.everywhere

OVERLAPPING = "Botany,2026-03-02T14:30:00Z,2026-03-02T15:30:00Z,"
OVERLAP = (3, "overlap", "This overlaps line 2.")


def test_a_file_becomes_sessions(as_alice: Caller, alice: User) -> None:
    response = send(as_alice, csv_of(MONDAY_LINE, TUESDAY_LINE))
    assert (response.status_code, response.json()) == (200, report(2, subjects=2))
    assert kept() == [
        ("Algebra", "2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z", "Groups"),
        ("Botany", "2026-03-03T14:00:00Z", "2026-03-03T15:00:00Z", ""),
    ]
    session = StudySession.objects.order_by("start_time").first()
    assert session is not None
    assert (session.owner, session.source, session.time_zone) == (alice, "import", "Europe/Berlin")
    assert list(DayShare.objects.order_by("date").values_list("seconds", flat=True)) == [3600, 3600]


def test_a_file_that_is_sent_twice_adds_nothing(as_alice: Caller) -> None:
    send(as_alice, csv_of(MONDAY_LINE, TUESDAY_LINE))
    response = send(as_alice, csv_of(MONDAY_LINE, TUESDAY_LINE, "Algebra,2026-03-04 14:00,2026-03-04 15:00,"))
    assert (response.status_code, response.json()) == (200, report(1, 2))
    assert StudySession.objects.count() == 3


def test_an_end_a_little_ahead_of_the_clock_is_the_same_when_sent_again(as_alice: Caller) -> None:
    """It is kept as now, which is another one each time."""
    with time_machine.travel(MONDAY, tick=False) as clock:
        file = csv_of(f"Algebra,{shown(MONDAY - timedelta(hours=1))},{shown(MONDAY + timedelta(seconds=50))},")
        for seconds, expected in ((0, report(1, subjects=1)), (10, report(0, 1)), (100, report(0, 1))):
            clock.move_to(MONDAY + timedelta(seconds=seconds))
            assert send(Caller(as_alice.user), file).json() == expected
        assert [end for _, _, end, _ in kept()] == [shown(MONDAY)]
        shorter = csv_of(f"Algebra,{shown(MONDAY - timedelta(hours=1))},{shown(MONDAY - timedelta(seconds=1))},")
        assert codes(send(Caller(as_alice.user), shorter)) == [(2, "overlap")]


def test_a_line_that_is_there_twice_is_one_session(as_alice: Caller) -> None:
    assert send(as_alice, csv_of(MONDAY_LINE, MONDAY_LINE)).json() == report(1, 1, 1)


def test_subjects_are_known_without_regard_to_case(as_alice: Caller, alice: User) -> None:
    make_session(make_subject(alice, "ALGEBRA"))
    response = send(as_alice, csv_of(MONDAY_LINE, "algebra,2026-03-02T15:00:00Z,2026-03-02T16:00:00Z,"))
    assert response.json() == report(1, 1)
    assert Subject.objects.count() == 1


def test_one_error_and_nothing_is_written(as_alice: Caller) -> None:
    response = send(as_alice, csv_of(MONDAY_LINE, OVERLAPPING, TUESDAY_LINE))
    assert (response.status_code, response.json()) == (400, refused(OVERLAP))
    assert not Subject.objects.exists()
    assert not StudySession.objects.exists()


def test_errors_may_be_skipped(as_alice: Caller) -> None:
    response = send(as_alice, csv_of(MONDAY_LINE, OVERLAPPING, TUESDAY_LINE), skip_errors="true")
    assert (response.status_code, response.json()) == (200, report(2, 0, 2, OVERLAP))
    assert [subject for subject, *_ in kept()] == ["Algebra", "Botany"]


def test_what_overlaps_another_session_is_an_error(as_alice: Caller, alice: User) -> None:
    make_session(make_subject(alice, "Chess"), MONDAY + timedelta(minutes=59))
    make_session(make_subject(alice, "Drawing"), MONDAY - timedelta(hours=1))  # which only touches it
    response = send(as_alice, csv_of(MONDAY_LINE, TUESDAY_LINE))
    assert response.json() == refused((2, "overlap", "This overlaps another session."))
    assert StudySession.objects.count() == 2


def test_a_timer_that_runs_is_in_the_way_of_what_comes_after_it(as_alice: Caller, alice: User) -> None:
    make_session(make_subject(alice), MONDAY + timedelta(hours=12), end_time=None, source="timer")
    assert codes(send(as_alice, csv_of(MONDAY_LINE, TUESDAY_LINE))) == [(3, "overlap")]


def test_a_dry_run_says_what_would_come_of_it(as_alice: Caller) -> None:
    response = send(as_alice, csv_of(MONDAY_LINE, TUESDAY_LINE), dry_run="true")
    assert (response.status_code, response.json()) == (200, report(2, subjects=2))
    assert not Subject.objects.exists()
    assert not StudySession.objects.exists()
    assert codes(send(as_alice, csv_of(MONDAY_LINE, OVERLAPPING), dry_run="true")) == [(3, "overlap")]


@pytest.mark.parametrize("dry_run", ["true", "false"])
@pytest.mark.parametrize("quota", ["SUBJECTS_PER_USER", "SESSIONS_PER_USER"])
def test_more_than_there_may_be_is_a_conflict(as_alice: Caller, settings: Any, quota: str, dry_run: str) -> None:
    setattr(settings, quota, 1)
    response = send(as_alice, csv_of(MONDAY_LINE, TUESDAY_LINE), dry_run=dry_run)
    assert (response.status_code, response.json()["code"], response.json()["quota"]) == (409, "conflict", 1)
    assert not Subject.objects.exists()
    assert not StudySession.objects.exists()


def test_only_ones_own_sessions_are_in_the_way(as_alice: Caller, as_charlie: Caller) -> None:
    assert send(as_charlie, csv_of(MONDAY_LINE)).json() == report(1, subjects=1)
    assert send(as_alice, csv_of(MONDAY_LINE)).json() == report(1, subjects=1)


def test_what_was_answered_before_is_forgotten(as_alice: Caller) -> None:
    assert as_alice.get("/sessions").json()["count"] == 0
    send(as_alice, csv_of(MONDAY_LINE))
    assert as_alice.get("/sessions").json()["count"] == 1
    assert as_alice.get("/subjects").json()["results"][0]["session_count"] == 1


def test_more_errors_than_are_told_are_not_skipped(as_alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (formats, rows, writing):
        monkeypatch.setattr(module, "MOST_ERRORS", 2)
    response = send(as_alice, csv_of(TUESDAY_LINE, *4 * ["Algebra,soon,later,"]), skip_errors="true")
    assert codes(response) == [(3, "invalid"), (4, "invalid"), (5, "too_many")]
    overlapping = [f"Chess,2026-03-02T14:0{minute}:00Z,2026-03-02T16:00:00Z," for minute in range(1, 5)]
    response = send(as_alice, csv_of(MONDAY_LINE, *overlapping), skip_errors="true")
    assert codes(response) == [(3, "overlap"), (4, "overlap"), (5, "too_many")]
    assert not StudySession.objects.exists()


@pytest.mark.parametrize(
    ("name", "value", "code", "detail"),
    [
        ("format", "xlsx", "invalid_choice", "This is none of the choices."),
        ("time_zone", "Berlin", "invalid_choice", "Must be an IANA time zone name such as Europe/Berlin."),
        ("date_order", "ymd", "invalid_choice", "This is none of the choices."),
        ("dry_run", "yes", "invalid_choice", '"yes" is not a valid choice.'),
    ],
)
def test_what_is_said_of_the_file_is_judged(as_alice: Caller, name: str, value: str, code: str, detail: str) -> None:
    response = send(as_alice, csv_of(MONDAY_LINE), **({"of": value} if name == "format" else {name: value}))
    assert (response.status_code, response.json()) == (400, invalid(name, code, detail))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"\n \n", (1, "empty", "There is nothing in this file.")),
        (b"subject,start_time\n\xff", (2, "encoding", "This is neither UTF-8 nor UTF-16. Save it as UTF-8.")),
        (b"\x89PNG\r\n\x1a\n", (1, "encoding", "This is neither UTF-8 nor UTF-16. Save it as UTF-8.")),
        (
            csv_of(MONDAY_LINE, "Ökologie,,,").encode() + "Ökologie,,,".encode("latin-1"),
            (4, "encoding", "This is neither UTF-8 nor UTF-16. Save it as UTF-8."),
        ),
        (b"\xff\xfea", (1, "encoding", "This is neither UTF-8 nor UTF-16. Save it as UTF-8.")),
        (csv_of(MONDAY_LINE).encode() + b"\0", (3, "binary", "This is not a text.")),
        (b"PK\x03\x04\0\0", (1, "binary", "This is not a text.")),
        (b"subject;start\n", (1, "columns", "The header has no column start_time and no column end_time.")),
    ],
)
def test_what_is_no_table_changes_nothing(as_alice: Caller, content: bytes, error: tuple[int, str, str]) -> None:
    response = send(as_alice, content, skip_errors="true")
    assert (response.status_code, response.json()) == (400, refused(error))
    assert not Subject.objects.exists()


def test_an_empty_file_is_refused(as_alice: Caller) -> None:
    assert send(as_alice, "").json() == invalid("file", "empty", "The submitted file is empty.")


def test_a_file_that_is_too_long_is_refused_before_it_is_read(as_alice: Caller) -> None:
    too_large = problem(413, "payload_too_large", "Content Too Large", "The body is too large.")
    response = as_alice.generic("POST", ADDRESS, "", "multipart/form-data; boundary=x", CONTENT_LENGTH="10600000")
    assert (response.status_code, response.json()) == (413, too_large)
    assert send(as_alice, b"x" * (MOST_BYTES + 1)).json() == too_large


@pytest.mark.parametrize(
    ("content_type", "status"), [("application/json", 415), ("text/csv", 415), ("multipart/form-data", 400)]
)
def test_only_multipart_is_taken(as_alice: Caller, content_type: str, status: int) -> None:
    assert as_alice.generic("POST", ADDRESS, csv_of(MONDAY_LINE), content_type).status_code == status


def test_no_other_address_takes_a_file(as_alice: Caller) -> None:
    response = as_alice.post("/subjects", {"name": "Algebra"}, format="multipart")
    assert response.status_code == 415
    assert not Subject.objects.exists()


def test_nobody_imports_nothing(anonymous: Caller) -> None:
    response = send(anonymous, csv_of(MONDAY_LINE))
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert not StudySession.objects.exists()


def test_an_import_may_be_repeated_with_a_key(as_alice: Caller) -> None:
    """The name of a file says nothing: by it, another file would be answered as the first."""
    first, again = (send(as_alice, csv_of(MONDAY_LINE), HTTP_IDEMPOTENCY_KEY="one") for _ in range(2))
    assert (first.json(), again.json()) == (report(1, subjects=1), report(1, subjects=1))
    assert again["Idempotent-Replayed"] == "true"
    assert send(as_alice, csv_of(TUESDAY_LINE), HTTP_IDEMPOTENCY_KEY="one").status_code == 422
    assert StudySession.objects.count() == 1


def test_a_dry_run_with_a_key_is_kept_too(as_alice: Caller) -> None:
    for _ in range(2):
        response = send(as_alice, csv_of(MONDAY_LINE), dry_run="true", HTTP_IDEMPOTENCY_KEY="one")
        assert response.json() == report(1, subjects=1)
    assert not StudySession.objects.exists()


def test_lines_may_end_and_be_separated_as_they_will(as_alice: Caller) -> None:
    lines = csv_of(MONDAY_LINE, TUESDAY_LINE)
    files: list[Any] = [
        b"\xef\xbb\xbf" + lines.encode(),
        lines.replace("\n", "\r\n"),
        lines.replace("\n", "\r"),
        lines.replace(",", ";"),
        lines.replace(",", "\t").encode("utf-16"),
        "\ufeff".encode("utf-16-be") + lines.encode("utf-16-be"),
        lines.replace("\n", "\n\n,,,\n"),
    ]
    assert send(as_alice, lines).json() == report(2, subjects=2)
    for file in files:
        assert send(as_alice, file).json() == report(0, 2)


def test_lines_are_counted_as_an_editor_does(as_alice: Caller) -> None:
    quoted = MONDAY_LINE.replace("Groups", '"Groups,\nrings and ""fields"""')
    unquoted = TUESDAY_LINE + '"Trees" and flowers'
    response = send(as_alice, csv_of(quoted, unquoted, "Chess,,,", TUESDAY_LINE + "a,b"))
    assert response.json() == refused(
        (4, "quotes", UNREADABLE),
        (5, "required", "This has no start_time."),
        (6, "columns", "There are more cells here than the header names."),
    )
    assert send(as_alice, csv_of(quoted)).status_code == 200
    assert [notes for *_, notes in kept()] == ['Groups,\nrings and "fields"']


def test_a_quotation_mark_that_never_ends_is_an_error(as_alice: Caller) -> None:
    response = send(as_alice, HEADER + '\nAlgebra,"2026' + "\n" * 200_000)
    assert codes(response)[0] == (2, "quotes")
    assert not StudySession.objects.exists()
