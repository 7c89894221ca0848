"""The API's pages as somebody uses them who only has a browser (contract 1, 3, 4, 7)."""

import json
from pathlib import Path

import pytest

from accounts.models import User
from sessions.models import StudySession
from subjects.models import Subject
from tests.browser.conftest import Browser
from tests.factories import PASSWORD, make_session, make_subject
from tests.sessions.imports.files import MONDAY_LINE, csv_of

pytestmark = pytest.mark.browser


def test_signing_in_and_out(browser: Browser, alice: User) -> None:
    browser.open("/subjects")
    browser.button("Log in").click()
    browser.type("[name=username]", "Alice@example.org")
    browser.type("[name=password]", PASSWORD)
    browser.photograph("login")
    browser.button("Log in").click()
    browser.until_shown("HTTP 200 OK")
    assert browser.driver.current_url.endswith("/subjects")
    browser.button("Log out").click()
    browser.until(lambda: browser.button("Log in"))
    browser.open("/subjects")
    browser.until_shown("HTTP 401 Unauthorized")


def test_a_wrong_password_says_so(browser: Browser, alice: User) -> None:
    browser.open("/auth/session/login")
    browser.type("[name=username]", "alice")
    browser.type("[name=password]", "not the horse 1")
    browser.button("Log in").click()
    browser.until_shown("Please enter a correct username and password.")
    assert browser.find("[name=username]").get_attribute("value") == "alice"


def test_a_subject_is_made_changed_and_deleted(browser: Browser, alice: User) -> None:
    browser.sign_in(alice)
    browser.open("/subjects")
    browser.type("[name=name]", "Algebra")
    browser.photograph("subject-form")
    browser.button("POST").click()
    browser.until_shown("HTTP 201 Created")
    assert Subject.objects.get().priority_level == "medium"
    browser.button("Open what was made").click()
    browser.type("[name=total_hours_goal]", "100")
    browser.button("PUT").click()
    browser.until_shown('"total_hours_goal": 100')
    assert Subject.objects.get().total_hours_goal == 100
    browser.photograph("subject")
    browser.button("DELETE").click()
    browser.button("Delete").click()
    browser.until_shown("HTTP 204 No Content")
    assert not Subject.objects.exists()
    assert browser.complaints() == []


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(browser: Browser, alice: User) -> None:
    make_subject(alice, "Algebra")
    browser.sign_in(alice)
    browser.open("/subjects")
    browser.type("[name=name]", "ALGEBRA")
    browser.type("[name=description]", "Rings and fields")
    browser.button("POST").click()
    browser.until_shown("HTTP 400 Bad Request")
    browser.photograph("subject-refused")
    assert browser.find(".has-error .help-block").text == "You have a subject of this name already."
    assert browser.find("[name=name]").get_attribute("value") == "ALGEBRA"
    assert browser.find("[name=description]").get_attribute("value") == "Rings and fields"


def test_a_session_is_made_and_sent_back_as_it_was_shown(browser: Browser, alice: User) -> None:
    """A date-time picker would drop the Z, and the time would come back as Berlin's, an hour earlier."""
    make_subject(alice, "Algebra")
    make_subject(alice, "Physics")
    browser.sign_in(alice)
    browser.open("/sessions")
    browser.choose("[name=subject_id]", "Physics")
    browser.type("[name=start_time]", "2026-03-02T14:00:00Z")
    browser.type("[name=end_time]", "2026-03-02 16:30")
    browser.type("[name=notes]", "\none\ntwo")
    browser.photograph("session-form")
    browser.button("POST").click()
    browser.until_shown("HTTP 201 Created")
    made = StudySession.objects.values().get()
    assert (made["notes"], f"{made['end_time']:%H:%M}") == ("\none\ntwo", "15:30")
    browser.button("Open what was made").click()
    browser.button("PUT").click()
    browser.until_shown("PUT /sessions/")
    after = StudySession.objects.values().get()
    assert after == made | {"updated_at": after["updated_at"]}
    assert browser.complaints() == []


def test_an_overlap_is_said_and_nothing_is_lost(browser: Browser, alice: User) -> None:
    make_session(make_subject(alice))
    browser.sign_in(alice)
    browser.open("/sessions")
    browser.type("[name=start_time]", "2026-03-02T14:30:00Z")
    browser.type("[name=end_time]", "2026-03-02T15:30:00Z")
    browser.button("POST").click()
    browser.until_shown("HTTP 409 Conflict")
    assert browser.find(".alert").text == "This overlaps another session."
    assert browser.find("[name=start_time]").get_attribute("value") == "2026-03-02T14:30:00Z"


def test_the_filters_narrow_the_list(browser: Browser, alice: User) -> None:
    make_subject(alice, "Algebra", status="archived")
    make_subject(alice, "Physics")
    browser.sign_in(alice)
    browser.open("/subjects")
    browser.button("Filters").click()
    browser.choose("#filtersModal [name=status]", "archived")
    browser.photograph("filters")
    browser.button("Show").click()
    browser.until_shown('"count": 1,')
    assert [link.text for link in browser.all(".places a")] == ["Algebra"]


def test_raw_data_begins_with_what_may_be_written(browser: Browser, alice: User) -> None:
    subject = make_subject(alice, "Algebra")
    browser.sign_in(alice)
    browser.open(f"/subjects/{subject.pk}")
    browser.button("Raw data").click()
    content = json.loads(browser.find("[name=_content]").get_attribute("value") or "")
    assert content == {
        "name": "Algebra",
        "description": "",
        "priority_level": "medium",
        "status": "active",
        "total_hours_goal": 0,
    }
    browser.type("[name=_content]", '{"status": "completed"}')
    browser.button("PATCH").click()
    browser.until_shown('"status": "completed"')
    assert Subject.objects.get().status == "completed"


def test_a_file_is_brought_in(browser: Browser, alice: User, tmp_path: Path) -> None:
    file = tmp_path / "sessions.csv"
    file.write_text(csv_of(MONDAY_LINE, "Botany,soon,later,"))
    browser.sign_in(alice)
    browser.open("/sessions")
    browser.button("Bring a file in").click()
    browser.find("[name=file]").send_keys(str(file))
    browser.choose("[name=format]", "CSV")
    browser.photograph("import-form")
    browser.button("POST").click()
    browser.until_shown('"line": 3')
    browser.photograph("import-refused")
    browser.find("[name=file]").send_keys(str(file))
    browser.choose("[name=format]", "CSV")
    browser.choose("[name=skip_errors]", "true")
    browser.button("POST").click()
    browser.until_shown('"created": 1')
    assert StudySession.objects.get().owner == alice
    browser.photograph("import")
