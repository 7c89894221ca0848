"""POST /sessions/import of detailed reports of Toggl Track and Clockify (contract 6)."""

import pytest

from sessions.models import StudySession
from tests.conftest import Caller
from tests.sessions.imports.files import codes, csv_of, kept, report, send

pytestmark = pytest.mark.everywhere

TOGGL_FORMER = (
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,"
    "Amount ()"
)
TOGGL_NOW = "Description,Billable,Duration,Member,Email,Project,Tags,Start date,Start time,Stop date,Stop time"
TOGGL_UPLOAD = "Email,Start date,Start time,Duration,Project,Description"
CLOCKIFY = (
    "Project,Client,Description,Task,User,Group,Email,Tags,Billable,Start Date,Start Time,End Date,End Time,"
    "Duration (h),Duration (decimal),Billable Rate (USD),Billable Amount (USD)"
)
CLOCKIFY_SHORT = "Project,Description,Start Date,Start Time,Duration (decimal)"
MONDAY = ("2026-03-02T13:00:00Z", "2026-03-02T14:30:00Z")


@pytest.mark.parametrize(
    ("of", "header", "line"),
    [
        ("toggl", TOGGL_FORMER, ",,,Algebra,,Groups,No,2026-03-02,14:00:00,2026-03-02,15:30:00,01:30:00,,"),
        ("toggl", f"\ufeff{TOGGL_NOW}", '"Groups",No,1:30:00,,,Algebra,,2026-03-02,14:00:00,2026-03-02,15:30:00'),
        ("toggl", TOGGL_UPLOAD, "alice@example.org,2026-03-02,14:00:00,01:30:00,Algebra,Groups"),
        ("toggl", TOGGL_UPLOAD, "alice@example.org,2026-03-02,2:00 PM,1.50 h,Algebra,Groups"),
        ("toggl", TOGGL_UPLOAD, "alice@example.org,2026-03-02,2:00\u202fPM,1:30,Algebra,Groups"),
        ("toggl", TOGGL_UPLOAD, "alice@example.org,2026-03-02,2:00\u00a0p.m.,1:30,Algebra,Groups"),
        ("clockify", CLOCKIFY, "Algebra,,Groups,,,,,,No,03/13/2026,02:00 PM,03/13/2026,03:30 PM,01:30:00,1.5,0,0"),
        ("clockify", CLOCKIFY, "Algebra,,Groups,,,,,,No,13/03/2026,14:00:00,13/03/2026,15:30:00,01:30:00,1.5,0,0"),
        ("clockify", CLOCKIFY, "Algebra,,Groups,,,,,,No,2026-03-13,14:00,2026-03-13,15:30,1:30,1.5,0,0"),
        ("clockify", CLOCKIFY, "Algebra,,Groups,,,,,,No,13.03.2026,14:00,13.03.2026,15:30,,,0,0"),
        ("clockify", CLOCKIFY_SHORT, "Algebra,Groups,13.03.2026,14:00,1.5"),
    ],
)
def test_an_entry_is_a_session_of_its_project(as_alice: Caller, of: str, header: str, line: str) -> None:
    response = send(as_alice, csv_of(line, header=header), of)
    assert (response.status_code, response.json()) == (200, report(1, subjects=1)), response.content
    assert kept() == [
        ("Algebra", *(time.replace("-02T", "-13T") if "13" in line else time for time in MONDAY), "Groups")
    ]
    assert send(as_alice, csv_of(line, header=header), of).json() == report(0, 1)


def toggl(*entries: str) -> str:
    """Entries of `Project,Client,Task,Description,Start date,Start time,End date,End time,Duration`."""
    return csv_of(*entries, header="Project,Client,Task,Description,Start date,Start time,End date,End time,Duration")


@pytest.mark.parametrize(
    ("duration", "end"),
    [
        ("47:06 min", "13:47:06"),
        ("01:30 min", "13:01:30"),
        ("06 sec", "13:00:06"),
        ("6 s", "13:00:06"),
        ("1:47:06 h", "14:47:06"),
        ("1:47:06", "14:47:06"),
        ("1:47", "14:47:00"),
        ("0.79 h", "13:47:24"),
    ],
)
def test_a_duration_is_read_however_the_profile_has_it_written(as_alice: Caller, duration: str, end: str) -> None:
    """Toggl Track exports it as it shows it: 47:06 min is what it calls classic."""
    response = send(as_alice, toggl(f"Algebra,,,,2026-03-02,14:00:00,,,{duration}"), "toggl")
    assert response.status_code == 200, response.content
    assert kept() == [("Algebra", "2026-03-02T13:00:00Z", f"2026-03-02T{end}Z", "")]


def test_an_entry_over_midnight_stays_one_session(as_alice: Caller) -> None:
    send(as_alice, toggl("Algebra,,,,2026-03-02,23:00:00,2026-03-03,01:30:00,02:30:00"), "toggl")
    assert kept() == [("Algebra", "2026-03-02T22:00:00Z", "2026-03-03T00:30:00Z", "")]
    assert [share.seconds for share in StudySession.objects.get().day_shares.order_by("date")] == [3600, 5400]


def test_what_has_no_project_is_of_its_client_or_says_so(as_alice: Caller) -> None:
    entries = [
        ",University,Sheet 4,Groups,2026-03-02,14:00:00,2026-03-02,15:00:00,01:00:00",
        ",,,,2026-03-03,14:00:00,2026-03-03,15:00:00,01:00:00",
    ]
    assert send(as_alice, toggl(*entries), "toggl").json() == report(2, subjects=2)
    assert [(subject, notes) for subject, _, _, notes in kept()] == [
        ("University", "Sheet 4: Groups"),
        ("No project", ""),
    ]


def test_a_break_is_not_studied(as_alice: Caller) -> None:
    header = "Project,Start Date,Start Time,Duration (decimal),Type"
    entries = ("Algebra,13.03.2026,14:00,1.5,Regular", ",13.03.2026,15:30,0.5,Break")
    response = send(as_alice, csv_of(*entries, header=header), "clockify")
    assert response.json() == report(1, subjects=1)
    assert kept() == [("Algebra", "2026-03-13T13:00:00Z", "2026-03-13T14:30:00Z", "")]


@pytest.mark.parametrize(
    ("start", "end", "duration", "times"),
    [
        ("02:15:00", "02:45:00", "00:30:00", ("00:15", "00:45")),
        ("02:15:00", "02:45:00", "01:30:00", ("00:15", "01:45")),
        ("02:45:00", "02:15:00", "00:30:00", ("00:45", "01:15")),
        ("02:45:00", "02:15:00", "", ("00:45", "01:15")),
        ("02:15:00", "03:30:00", "01:15:00", ("01:15", "02:30")),
        ("02:00:00", "03:20:00", "1.33 h", ("01:00", "02:20")),
        ("02:00:00", "03:20:00", "2.33", ("00:00", "02:20")),
        ("02:15:00", "02:45:00", "1:29", ("00:15", "01:45")),
        ("02:45:00", "02:15:00", "0:00", ("00:45", "01:15")),
    ],
)
def test_the_duration_tells_what_a_clock_that_is_set_back_leaves_open(
    as_alice: Caller, start: str, end: str, duration: str, times: tuple[str, str]
) -> None:
    """The obvious code takes the first reading of each, and so loses an hour or finds an end before the start.

    A duration in hours of two decimals, or in minutes, is not to the second.
    """
    response = send(as_alice, toggl(f"Algebra,,,,2025-10-26,{start},2025-10-26,{end},{duration}"), "toggl")
    assert response.status_code == 200, response.content
    assert kept() == [("Algebra", *(f"2025-10-26T{time}:00Z" for time in times), "")]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("Algebra,,,,2026-03-02,14:00:00,,,", "required"),
        ("Algebra,,,,2026-03-02,,2026-03-02,15:00:00,", "invalid"),
        ("Algebra,,,,2026-03-02,14:00:00,,,soon", "invalid"),
        ("Algebra,,,,2026-03-02,14:00:00,,,9999:00:00", "too_long"),
        ("Algebra,,,,2026-03-02,14:00:00,,,999999999999", "invalid"),
        ("Algebra,,,,2026-03-02,14:00:00,,,0:00:00", "not_after_start"),
        ("Algebra,,,,2026-03-29,02:30:00,2026-03-29,05:00:00,", "nonexistent"),
    ],
)
def test_an_entry_that_is_no_session_is_an_error(as_alice: Caller, entry: str, code: str) -> None:
    assert codes(send(as_alice, toggl(entry), "toggl")) == [(2, code)]


def test_a_report_of_another_kind_is_refused(as_alice: Caller) -> None:
    assert codes(send(as_alice, csv_of(header="Project,Client,Duration"), "clockify")) == [(1, "columns")]
