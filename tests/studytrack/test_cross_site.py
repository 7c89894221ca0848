"""No state changes by what any page on the web can make a browser send: at every address, with the browser's cookies.

Such a request is a GET, a HEAD, or a POST of a form or of plain text, without a header that a page may not set.
"""

import json
from typing import Any, NamedTuple

import pytest
from django.urls import URLPattern, reverse

from accounts.browser_sessions import BrowserSession
from accounts.models import User
from studytrack.urls import urlpatterns
from tests.conftest import Caller
from tests.factories import PASSWORD, make_session, make_subject
from tests.studytrack.conftest import CSRF_TOKEN, Browser
from tests.test_ownership import everything_of

pytestmark = pytest.mark.everywhere
ROUTES = [each for each in urlpatterns if isinstance(each, URLPattern) and each.name]
OTHERS = ["admin:login", "admin:logout", "admin:accounts_user_add", "admin:subjects_subject_changelist"]
TOLD = {
    "username": "alice",
    "password": PASSWORD,
    "current_password": PASSWORD,
    "new_password": "battery staple 2",
    "email": "evil@example.org",
    "name": "Forged",
    "action": "discard",
    "start_time": "2026-03-01T10:00:00Z",
    "end_time": "2026-03-01T11:00:00Z",
}


class Forgery(NamedTuple):
    """What a page elsewhere makes the browser send."""

    method: str
    content_type: str = ""

    def body(self, told: dict[str, Any]) -> str:
        if self.content_type.startswith("text/plain"):
            return json.dumps(told)
        if "multipart" in self.content_type:
            parts = (f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in told.items())
            return "".join(parts) + "--x--\r\n"
        return "&".join(f"{name}={value}" for name, value in told.items()) if self.content_type else ""


FORGERIES = [
    Forgery("GET"),
    Forgery("HEAD"),
    Forgery("POST"),
    Forgery("POST", "text/plain"),
    Forgery("POST", "text/plain; application/json"),
    Forgery("POST", "application/x-www-form-urlencoded"),
    Forgery("POST", "multipart/form-data; boundary=x"),
]


def addresses(subject_id: int, session_id: int) -> list[str]:
    named = {"pk": 0, "year": 2026}
    found = []
    for route in ROUTES:
        named["pk"] = session_id if str(route.name).startswith("session") else subject_id
        values = {name: named.get(name, "x" * 43) for name in route.pattern.converters}
        found.append(reverse(str(route.name), kwargs=values))
    return found + [reverse(name) for name in OTHERS]


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda each: f"{each.method} {each.content_type}")
def test_nothing_changes(alice: User, forgery: Forgery) -> None:
    """With CSRF checks off, `/subjects`, `/sessions/start`, `/auth/logout-all` and the logins are changed by forms."""
    browser, session = Browser(alice), make_session(make_subject(alice))
    told = TOLD | {"subject_id": session.subject_id, "refresh": Caller(alice).tokens["refresh"]}
    before, sessions = everything_of(alice), list(BrowserSession.objects.values())
    for address in addresses(session.subject_id, session.pk):
        query = "?_method=DELETE&name=Forged" if forgery.method != "POST" else ""
        browser.defaults["HTTP_ORIGIN"] = "https://evil.example"
        browser.generic(
            forgery.method, address + query, forgery.body(told), forgery.content_type or "text/html"
        ).close()
        assert everything_of(alice) == before, address
        assert list(BrowserSession.objects.values()) == sessions, address
    assert User.objects.count() == 1


def test_a_form_does_not_stand_for_another_method(browser: Browser, alice: User) -> None:
    """REST framework once took `_method` in a form for the method."""
    subject = make_subject(alice)
    body, headers = {"_method": "DELETE"}, {"X-HTTP-Method-Override": "DELETE"}
    headers["X-CSRFToken"] = CSRF_TOKEN
    assert browser.post(f"/subjects/{subject.pk}", body, "multipart", headers=headers).status_code == 405
    assert alice.subjects.get() == subject
