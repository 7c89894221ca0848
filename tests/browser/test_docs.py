"""The documentation in a browser: it is complete, works, and comes from this host alone (contract 7)."""

import pytest

from accounts.models import User
from tests.browser.conftest import Browser
from tests.conftest import Caller
from tests.factories import make_subject

pytestmark = pytest.mark.browser


def test_swagger_ui_signs_in_with_a_token_and_asks_for_the_subjects(
    browser: Browser, as_alice: Caller, alice: User
) -> None:
    make_subject(alice, "Algebra")
    browser.open("/docs")
    browser.button("Authorize").click()
    browser.type(".auth-container input", as_alice.tokens["access"])
    browser.find(".auth-btn-wrapper .authorize").click()
    browser.find(".auth-btn-wrapper .btn-done").click()
    operation = "#operations-Subjects-list_subjects"
    browser.find(f"{operation} .opblock-summary-control").click()
    browser.find(f"{operation} .try-out__btn").click()
    browser.find(f"{operation} .execute").click()
    browser.until(lambda: '"name": "Algebra"' in browser.find(f"{operation} .live-responses-table").text)
    browser.show(f"{operation} .live-responses-table")
    browser.photograph("docs")
    assert browser.complaints() == []


def test_redoc_shows_every_part(browser: Browser, db: None) -> None:
    browser.open("/redoc")
    for part in ("Accounts", "Subjects", "Sessions"):
        browser.until_shown(part)
    browser.type(".search-input", "timer")
    browser.find("[data-role='search:results']")
    browser.photograph("redoc")
    assert browser.complaints() == []
