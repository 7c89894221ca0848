"""Every page of the admin in a browser: it opens, and nothing on it fails or comes from elsewhere (contract 7)."""

import pytest
from django.utils import timezone

from accounts.models import User
from sessions.models import StudySession
from tests.admin.conftest import SESSIONS, SIGN_INS, SUBJECTS, USERS
from tests.browser.conftest import Browser
from tests.factories import make_session, make_sessions, make_subject

pytestmark = pytest.mark.browser


@pytest.fixture
def pages(alice: User) -> dict[str, str]:
    """The addresses of the admin by name, each model with one of alice's objects."""
    subject = make_subject(alice, "Algebra", description="Rings and fields", total_hours_goal=100)
    session, sign_in = make_sessions(subject, 12)[0], alice.sign_in(timezone.now())
    shown = {"user": (USERS, alice), "subject": (SUBJECTS, subject), "session": (SESSIONS, session)}
    pages = {
        "": "/admin/",
        "-own-password": "/admin/password_change/",
        "-user-password": f"{USERS}{alice.pk}/password/",
    }
    for name, (path, record) in {**shown, "sign-in": (SIGN_INS, sign_in)}.items():
        pages[f"-{name}s"] = path
        pages |= {f"-{name}-{page}": f"{path}{record.pk}/{page}/" for page in ("change", "delete", "history")}
    return pages | {f"-{name}-add": f"{path}add/" for name, (path, _) in shown.items()}


def test_every_page_opens_and_nothing_on_it_fails(browser: Browser, operator: User, pages: dict[str, str]) -> None:
    browser.sign_in(operator)
    for name, path in pages.items():
        browser.open(path)
        assert "StudyTrack" in browser.driver.title, path
        browser.photograph(f"admin{name}")
        assert browser.complaints() == [], path


def test_a_session_is_entered_by_choosing_its_subject(browser: Browser, operator: User, alice: User) -> None:
    make_session(make_subject(alice, "Algebra"))
    browser.sign_in(operator)
    browser.open(f"{SESSIONS}add/")
    browser.find(".select2-selection").click()
    browser.type(".select2-search__field", "alg")
    browser.until(lambda: browser.find(".select2-results__option").text == "Algebra (alice)")
    browser.find(".select2-results__option").click()
    for name, value in {"start_time": "12:00", "end_time": "13:00"}.items():
        browser.type(f"[name={name}_0]", "2026-03-01")
        browser.type(f"[name={name}_1]", value)
    browser.photograph("admin-session-entered")
    browser.button("Save").click()
    browser.until_shown("was added successfully")
    assert StudySession.objects.count() == 2
    assert browser.complaints() == []


def test_the_login_is_studytracks(browser: Browser, db: None) -> None:
    browser.open("/admin/")
    browser.until_shown("Name or e-mail address")
    browser.photograph("admin-login")
    assert "StudyTrack" in browser.text
    assert browser.complaints() == []
