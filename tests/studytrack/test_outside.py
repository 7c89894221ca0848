"""What the outside may see: HTTPS only, what pages may load, cookies, and whom to tell of a hole."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from tests.conftest import NOT_FOUND, Caller, problem
from tests.factories import PASSWORD
from tests.studytrack.conftest import Browser

pytestmark = pytest.mark.everywhere
PAGES = ["/", "/subjects", "/docs", "/redoc", "/auth/session/login", "/admin/", "/admin/nowhere/", "/admin/login/"]
NO_HTTPS = problem(
    403,
    "permission_denied",
    "Forbidden",
    "This is served over HTTPS only. What was sent in the clear may have been read: sign out, sign in anew.",
)


@pytest.fixture
def https_only(settings: Any) -> None:
    """What HTTPS_ONLY does to the settings."""
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True


@pytest.mark.parametrize(
    ("method", "accept"),
    [
        *((method, "application/json") for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")),
        ("GET", "*/*"),
        ("POST", "text/html"),
    ],
)
@pytest.mark.parametrize("path", ["/subjects", "/auth/login", "/nowhere", "/metrics"])
def test_in_the_clear_there_is_nothing(
    https_only: None, as_alice: Caller, method: str, path: str, accept: str
) -> None:
    """Led to HTTPS, as Django does, a program would send its token in the clear for ever, and never know."""
    response = as_alice.generic(method, path, "{}", "application/json", headers={"Accept": accept})
    assert response.status_code == 403
    assert "Location" not in response
    if method != "HEAD":
        assert (response["Content-Type"], response.json()) == ("application/problem+json", NO_HTTPS)


def test_what_is_refused_in_the_clear_does_nothing(https_only: None, as_alice: Caller, alice: User) -> None:
    assert as_alice.post("/subjects", {"name": "Algebra"}).status_code == 403
    assert not alice.subjects.exists()


def test_who_reads_pages_is_led_to_https(https_only: None, db: None) -> None:
    response = Client().get("/docs?x=1", headers={"Accept": "text/html"})
    assert (response.status_code, response["Location"]) == (301, "https://testserver/docs?x=1")


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_is_asked_in_the_clear(https_only: None, db: None, path: str) -> None:
    assert Client().get(path).status_code == 200


def test_every_answer_over_https_holds_browsers_to_it(https_only: None, as_alice: Caller) -> None:
    for path in ("/subjects", "/subjects", "/nowhere", "/health/live", "/static/studytrack/icon.svg"):
        response = as_alice.get(path, secure=True)
        response.close()
        assert response["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


def test_what_every_answer_forbids(as_alice: Caller) -> None:
    for path in ("/subjects", "/subjects", "/nowhere", "/health/live", "/docs"):
        response = as_alice.get(path)
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Frame-Options"] == "DENY"


def directives(response: Any) -> dict[str, set[str]]:
    parts = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return {name: set(sources) for name, *sources in parts}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing_that_stands_in_it(operator: User, path: str) -> None:
    client = Client(headers={"Accept": "text/html"})
    client.force_login(operator)
    response = client.get(path, follow=True)
    policy = directives(response)
    assert "text/html" in response["Content-Type"]
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == {"'none'"}
    assert policy["form-action"] == policy["connect-src"] == {"'self'"}
    assert {source for source in policy["script-src"] if not source.startswith("'nonce-")} == {"'self'"}
    assert ("'unsafe-inline'" in policy["style-src"]) == (path == "/redoc")


def test_the_one_script_in_a_page_is_known_by_a_number_used_once(db: None) -> None:
    first, second = (Client().get("/docs") for _ in range(2))
    (nonce,) = directives(first)["script-src"] - {"'self'"}
    assert f'<script nonce="{nonce[7:-1]}">' in first.content.decode()
    assert nonce not in directives(second)["script-src"]


def test_a_page_about_forgery_has_a_policy_too(alice: User) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Accept": "text/html"})
    response = client.post("/auth/session/login", {"username": "alice", "password": PASSWORD})
    assert (response.status_code, response["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert directives(response)["default-src"] == {"'none'"}


def test_what_is_no_page_has_no_policy(as_alice: Caller) -> None:
    assert ["Content-Security-Policy" in as_alice.get(path) for path in ("/subjects", "/nowhere")] == [False, False]


def test_cookies_are_for_this_site_over_https_and_for_no_script(https_only: None, operator: User) -> None:
    client = Client()
    client.get("/auth/session/login", secure=True)
    client.post("/auth/session/login", {"username": "operator", "password": PASSWORD}, secure=True)
    assert set(client.cookies) == {"sessionid", "csrftoken"}
    for cookie in client.cookies.values():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")


def test_a_token_sets_no_cookie(as_alice: Caller, anonymous: Caller) -> None:
    as_alice.get("/subjects")
    anonymous.post("/auth/login", {"username": "alice", "password": PASSWORD})
    assert not as_alice.cookies
    assert not anonymous.cookies


@pytest.fixture
def noon() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False):
        yield


def test_whom_to_tell_of_a_hole(noon: None, settings: Any, anonymous: Caller) -> None:
    settings.SECURITY_CONTACT = "mailto:security@study.example.org"
    response = anonymous.get("/.well-known/security.txt", headers={"Accept": "text/plain"})
    assert (response.status_code, response["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert response.content.decode() == (
        "Contact: mailto:security@study.example.org\n"
        "Expires: 2026-08-29T00:00:00Z\n"
        "Preferred-Languages: en\n"
        "Canonical: http://testserver/.well-known/security.txt\n"
    )


def test_nobody_to_tell_is_nothing_there(anonymous: Caller) -> None:
    response = anonymous.get("/.well-known/security.txt")
    assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_a_browser_still_writes_with_a_cookie_that_no_script_reads(browser: Browser, alice: User) -> None:
    assert browser.send("name=Algebra", "application/x-www-form-urlencoded").status_code == 201
    assert alice.subjects.get().name == "Algebra"
