"""POST /sessions/import of plain CSV: columns, times, text, and what is exported (contract 6)."""

from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from sessions.imports.clocks import date_of, time_of
from sessions.models import StudySession
from sessions.spreadsheets import defused, restored
from tests.conftest import Caller
from tests.factories import MONDAY, make_session, make_subject
from tests.sessions.imports.files import MONDAY_LINE, codes, csv_of, kept, refused, report, send

pytestmark = pytest.mark.everywhere


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ("2026-03-02T14:00:00+05:30,2026-03-02T15:00:00+05:30", "2026-03-02T08:30:00Z", "2026-03-02T09:30:00Z"),
        ("2026-03-02T14:00,2026-03-02 15:00:00.9", "2026-03-02T13:00:00Z", "2026-03-02T14:00:00Z"),
        ("2026-03-02 23:00,2026-03-03 01:00", "2026-03-02T22:00:00Z", "2026-03-03T00:00:00Z"),
        ("02.03.2026 14:00,2.3.2026 15:00:30", "2026-03-02T13:00:00Z", "2026-03-02T14:00:30Z"),
        ("3/13/2026 2:00 PM,3/13/2026 3:30 pm", "2026-03-13T13:00:00Z", "2026-03-13T14:30:00Z"),
        ("13/03/2026 12:15 a.m., 13/03/2026  01:00 ", "2026-03-12T23:15:00Z", "2026-03-13T00:00:00Z"),
        ("2026-10-25 02:30,2026-10-25 03:30", "2026-10-25T00:30:00Z", "2026-10-25T02:30:00Z"),
    ],
)
def test_times_are_by_the_users_clock_or_have_an_offset(as_alice: Caller, times: str, start: str, end: str) -> None:
    with time_machine.travel("2026-11-22T12:00:00+00:00", tick=False):
        as_alice.credentials(HTTP_AUTHORIZATION=f"Bearer {Caller(as_alice.user).tokens['access']}")
        response = send(as_alice, csv_of(f"Algebra,{times},"))
    assert (response.status_code, response.json()) == (200, report(1, subjects=1)), response.content
    assert kept() == [("Algebra", start, end, "")]


def test_the_clock_may_be_of_another_zone(as_alice: Caller) -> None:
    response = send(as_alice, csv_of("Algebra,2026-03-02 22:00,2026-03-03 01:00,"), time_zone="America/New_York")
    assert response.json() == report(1, subjects=1)
    session = StudySession.objects.get()
    assert (session.time_zone, str(session.study_date)) == ("America/New_York", "2026-03-02")
    assert [(str(share.date), share.seconds) for share in session.day_shares.order_by("date")] == [
        ("2026-03-02", 7200),
        ("2026-03-03", 3600),
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",2026-03-02T14:00:00Z,2026-03-02T15:00:00Z,", "required"),
        ("Algebra,2026-03-02T14:00:00Z,,", "required"),
        ("\u200b,2026-03-02T14:00:00Z,2026-03-02T15:00:00Z,", "blank"),
        ("<b></b>,2026-03-02T14:00:00Z,2026-03-02T15:00:00Z,", "blank"),
        (f"{'a' * 101},2026-03-02T14:00:00Z,2026-03-02T15:00:00Z,", "max_length"),
        (f"{MONDAY_LINE}{'a' * 2048}", "max_length"),
        (f"{MONDAY_LINE}\x07", "forbidden_character"),
        ("Algebra,2026-03-02,2026-03-02T15:00:00Z,", "invalid"),
        ("Algebra,2026-02-30 14:00,2026-03-02T15:00:00Z,", "invalid"),
        ("Algebra,2026-03-02 25:00,2026-03-02T15:00:00Z,", "invalid"),
        ("Algebra,2026-03-02 13:00 PM,2026-03-02T15:00:00Z,", "invalid"),
        ("Algebra,1.1.0001 14:00,2026-03-02T15:00:00Z,", "out_of_range"),
        ("Algebra,2026-03-29 02:30,2026-03-29 05:00,", "nonexistent"),
        ("Algebra,2026-03-02T14:00:00Z,2026-03-02T14:00:00Z,", "not_after_start"),
        ("Algebra,2026-03-02T14:00:00Z,2026-03-03T14:00:01Z,", "too_long"),
        ("Algebra,2099-03-02T14:00:00Z,2099-03-02T15:00:00Z,", "in_future"),
    ],
)
def test_a_line_that_breaks_a_rule_is_an_error(as_alice: Caller, line: str, code: str) -> None:
    assert codes(send(as_alice, csv_of(line))) == [(2, code)]
    assert not StudySession.objects.exists()


def test_columns_may_be_called_otherwise(as_alice: Caller) -> None:
    file = csv_of("x,2026-03-02T15:00:00Z,Algebra,2026-03-02T14:00:00Z", header="No,ENDE,Fach,Beginn der Sitzung")
    names = {"subject_column": "fach", "start_time_column": "Beginn der  Sitzung", "end_time_column": "Ende"}
    assert send(as_alice, file, **names).json() == report(1, subjects=1)
    assert kept() == [("Algebra", "2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z", "")]


def test_a_column_that_is_named_has_to_be_there(as_alice: Caller) -> None:
    """Notes may be missing; but those of a misspelt column would be lost for good, as a second run adds nothing."""
    detail = "The header has no column Notiz."
    assert send(as_alice, csv_of(MONDAY_LINE), notes_column="Notiz").json() == refused((1, "columns", detail))
    assert not StudySession.objects.exists()


@pytest.mark.parametrize("mark", ["/", "-"])
def test_dates_that_can_be_read_in_two_ways_are_asked_about(as_alice: Caller, mark: str) -> None:
    """Toggl writes them with dashes, too, if its user wants them so."""
    line = "Algebra,03/04/2026 14:00,03/04/2026 15:00,".replace("/", mark)
    assert codes(send(as_alice, csv_of("Chess,04/04/2026 14:00,04/04/2026 15:00,", line))) == [(3, "date_order")]
    assert send(as_alice, csv_of(line), date_order="day_first").json() == report(1, subjects=1)
    assert send(as_alice, csv_of(line), date_order="MONTH_FIRST").json() == report(1)
    assert [start for _, start, *_ in kept()] == ["2026-03-04T13:00:00Z", "2026-04-03T12:00:00Z"]


@pytest.mark.parametrize("mark", ["/", "-"])
def test_another_date_of_the_file_can_tell(as_alice: Caller, mark: str) -> None:
    days = (day.replace("/", mark) for day in ("03/04/2026", "03/13/2026"))
    lines = [f"Algebra,{day} 14:00,{day} 15:00," for day in days]
    assert send(as_alice, csv_of(*lines)).json() == report(2, subjects=1)
    assert [start for _, start, *_ in kept()] == ["2026-03-04T13:00:00Z", "2026-03-13T13:00:00Z"]


def test_no_long_text_is_remembered(as_alice: Caller) -> None:
    """As they came, blanks and fractions too, the texts of one file could be half a gigabyte of each process."""
    for known in (date_of, time_of):
        known.cache_clear()
    blanks, header = " " * 50_000, "Project,Start date,Start time,Duration"
    for pad in ("", " ", blanks):
        entry = f"Algebra,{pad}2026-03-02{pad},{pad}14:00:00{pad},{pad}1:00"
        assert send(as_alice, csv_of(entry, header=header), "toggl").status_code == 200
    assert (date_of.cache_info().currsize, time_of.cache_info().currsize) == (1, 1)
    long_fraction = csv_of(f"Algebra,2026-03-02,14:00:00.{'1' * 40},1:00", header=header)
    assert codes(send(as_alice, long_fraction, "toggl")) == [(2, "invalid")]
    assert time_of.cache_info().currsize == 1


def test_markup_is_removed_and_every_other_character_stays(as_alice: Caller) -> None:
    send(as_alice, csv_of("<i>Algebra</i>,2026-03-02T14:00:00Z,2026-03-02T15:00:00Z, <b>R&D</b> & Q&amp;A "))
    assert kept() == [("Algebra", "2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z", " R&D & Q&amp;A ")]


def test_what_is_exported_as_csv_is_read_back(as_alice: Caller, as_charlie: Caller, alice: User) -> None:
    for day, text in enumerate(["=1+1", "'=1+1", "'quoted'", " -5 ", 'Groups, "rings"\nand fields'], 1):
        make_session(make_subject(alice, text), notes=text, start=MONDAY - timedelta(days=day))
    file = as_alice.get("/sessions/export?format=csv").getvalue()
    before = kept()
    StudySession.objects.all().delete()
    assert send(as_charlie, file).json() == report(5, subjects=5)
    assert kept() == before


def test_a_session_that_runs_is_left_out_of_what_is_read_back(
    as_alice: Caller, as_charlie: Caller, alice: User
) -> None:
    algebra = make_subject(alice)
    make_session(algebra, notes="Groups")
    as_alice.post("/sessions/start", {"subject_id": algebra.pk})
    file = as_alice.get("/sessions/export?format=csv").getvalue()
    assert send(as_charlie, file).json() == report(1, subjects=1)
    assert send(as_charlie, file).json() == report(0, 1)
    assert send(as_alice, file).json() == report(0, 1)
    assert [notes for *_, notes in kept()] == ["Groups", "Groups", ""]


@pytest.mark.parametrize("source", ["", "other", "Timer"])
def test_what_ends_nowhere_and_was_not_exported_is_an_error(as_alice: Caller, source: str) -> None:
    file = csv_of(f"Algebra,2026-03-02T14:00:00Z,,{source}", header="subject,start_time,end_time,source")
    assert codes(send(as_alice, file)) == [(2, "required")]


@given(st.text())
def test_what_is_defused_is_restored(text: str) -> None:
    assert restored(defused(text)) == text
