"""Every 4xx and 5xx is one shape and tells nothing of the insides (contract 1, errors)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts.models import User
from studytrack.urls import handler400, handler403, handler404, handler500
from tests.conftest import NOT_AUTHENTICATED, NOT_FOUND, REQUEST_ID, Caller, problem
from tests.servers import free_port
from tests.studytrack.conftest import Browser

__all__ = ["handler400", "handler403", "handler404", "handler500"]

SECRET = "SELECT password FROM accounts_user -- psycopg, /srv/studytrack/models.py"
BAD_HOST = problem(400, "error", "Bad Request", "The request is invalid.")
BROKEN = problem(500, "error", "Internal Server Error", "Something went wrong here.")
AWAY = problem(503, "unavailable", "Service Unavailable", "The service cannot answer right now. Try again later.")
THROTTLED = problem(429, "throttled", "Too Many Requests", "Too many requests from this address. Try again later.")
NOT_ALLOWED = problem(405, "method_not_allowed", "Method Not Allowed", "This method is not allowed here.")
NOT_ACCEPTABLE = problem(
    406, "not_acceptable", "Not Acceptable", "This is not to be had in any of the forms that are accepted."
)
FORGED = problem(403, "permission_denied", "Forbidden", "The CSRF token is missing or wrong.")


class BrokenView(APIView):
    """Raises what the address names."""

    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request, error: str) -> Response:
        raise {"runtime": RuntimeError, "database": OperationalError}[error](SECRET)


def broken_view(request: HttpRequest, error: str) -> HttpResponse:
    raise {"runtime": RuntimeError, "database": OperationalError}[error](SECRET)


urlpatterns = [
    path("broken/api/<error>", BrokenView.as_view()),
    path("broken/django/<error>", broken_view),
    path("", include("studytrack.urls")),
]


@pytest.fixture(autouse=True)
def answers_not_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's client gives the exceptions of views to the test; these tests want what a client gets."""
    monkeypatch.setattr(Client, "store_exc_info", lambda *_, **__: None)


def assert_problem(response: Any, status: int, body: dict[str, Any]) -> None:
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert response.json() == body


@pytest.mark.everywhere
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize(
    "address", ["/nowhere", "/subjects/", "/subjects/0", "/subjects/01", "/subjects/1.0", "/subjects/१"]
)
def test_an_unknown_route_is_404(as_alice: Caller, method: str, address: str) -> None:
    assert_problem(getattr(as_alice, method)(address), 404, NOT_FOUND)


@pytest.mark.parametrize("host", ["evil.example", "testserver:port", "a b", "", "testserver/x", "testserver@evil"])
def test_a_wrong_host_is_400(as_alice: Caller, host: str) -> None:
    assert_problem(as_alice.get("/subjects", HTTP_HOST=host), 400, BAD_HOST)


def test_no_credentials_are_401(anonymous: Caller) -> None:
    response = anonymous.get("/subjects")
    assert_problem(response, 401, NOT_AUTHENTICATED)
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/subjects", "GET, POST, HEAD, OPTIONS"),
        ("/auth/login", "POST, OPTIONS"),
        ("/health/live", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_method_that_is_not_there_is_405(as_alice: Caller, address: str, allowed: str) -> None:
    response = as_alice.generic("PROPFIND", address)
    assert_problem(response, 405, NOT_ALLOWED)
    assert response["Allow"] == allowed


@pytest.mark.parametrize("address", ["/docs", "/redoc", "/schema"])
def test_the_pages_of_the_document_tell_nothing_of_themselves(anonymous: Caller, address: str) -> None:
    """By default OPTIONS is a 500 there, or names the library."""
    assert_problem(anonymous.options(address), 405, NOT_ALLOWED)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_405_of_djangos_own_views_is_a_problem_too(anonymous: Caller, method: str) -> None:
    response = anonymous.generic(method, "/auth/session/login")
    assert_problem(response, 405, NOT_ALLOWED)
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize("address", ["/subjects", "/auth/me", "/", "/schema", "/health/ready", "/docs"])
def test_a_media_type_that_is_not_there_is_406(as_alice: Caller, address: str) -> None:
    assert_problem(as_alice.get(address, HTTP_ACCEPT="image/png"), 406, NOT_ACCEPTABLE)


@pytest.mark.parametrize("accept", ["application/json", "text/html", "*/*", "image/png"])
def test_a_429_is_never_a_page(as_alice: Caller, settings: Any, accept: str) -> None:
    settings.RATE_LIMIT_READ = "1/h"
    answers = [as_alice.get(address, HTTP_ACCEPT=accept) for address in ("/subjects", "/subjects", "/admin/login/")]
    for response in answers[1:]:
        assert_problem(response, 429, THROTTLED)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", ["api", "django"])
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_what_nobody_expected_is_500_and_says_nothing(anonymous: Caller, kind: str, accept: str) -> None:
    response = anonymous.get(f"/broken/{kind}/runtime", HTTP_ACCEPT=accept)
    if accept == "application/json":
        assert_problem(response, 500, BROKEN)
    assert response.status_code == 500
    for word in ("SELECT", "psycopg", "models.py", "Traceback (", "RuntimeError"):
        assert word not in response.content.decode()


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", ["api", "django"])
def test_what_the_database_cannot_do_now_is_503(anonymous: Caller, kind: str) -> None:
    response = anonymous.get(f"/broken/{kind}/database")
    assert_problem(response, 503, AWAY)
    assert response["Retry-After"] == "5"


@pytest.fixture
def no_database(as_alice: Caller, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The database's address is one where nothing listens; who is signed in stays so."""
    with monkeypatch.context() as patch:
        let_go_of_the_database()
        patch.setitem(connection.settings_dict, "PORT", str(free_port()))
        patch.setitem(connection.settings_dict, "OPTIONS", {"pool": {"timeout": 0.3, "reconnect_timeout": 0.1}})
        yield
        let_go_of_the_database()


def let_go_of_the_database() -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", ["/subjects", "/subjects/1", "/sessions", "/auth/me"])
def test_without_a_database_the_api_is_503(as_alice: Caller, no_database: None, address: str) -> None:
    response = as_alice.get(address)
    assert_problem(response, 503, AWAY)
    assert response["Retry-After"] == "5"


@pytest.mark.parametrize("address", ["/auth/login", "/auth/register", "/auth/refresh", "/auth/logout", "/subjects"])
def test_without_a_database_nothing_is_written(as_alice: Caller, no_database: None, address: str) -> None:
    body = {"username": "dora", "email": "dora@example.org", "password": "correct horse 1"}
    assert_problem(as_alice.post(address, body | {"refresh": as_alice.tokens["refresh"]}), 503, AWAY)


@pytest.mark.parametrize("address", ["/admin/", "/subjects", "/"])
def test_without_a_database_a_browser_gets_503_too(browser: Browser, no_database: None, address: str) -> None:
    response = browser.get(address, HTTP_ACCEPT="text/html,*/*;q=0.8")
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "psycopg" not in response.content.decode()


def test_a_forged_form_of_djangos_own_is_403(alice: User) -> None:
    client = APIClient(enforce_csrf_checks=True, HTTP_X_REQUEST_ID=REQUEST_ID)
    for address in ("/admin/login/", "/auth/session/login"):
        assert_problem(client.post(address, {"username": "alice"}), 403, FORGED)


@pytest.mark.parametrize("address", ["/admin/login/", "/auth/session/login"])
def test_a_person_is_told_of_forgery_by_a_page(alice: User, address: str) -> None:
    response = APIClient(enforce_csrf_checks=True).post(address, {"username": "alice"}, HTTP_ACCEPT="text/html")
    assert (response.status_code, response["Content-Type"]) == (403, "text/html; charset=utf-8")


def test_a_page_that_is_missing_in_the_admin_may_be_a_page(operator: User) -> None:
    client = APIClient()
    client.force_login(operator)
    response = client.get("/admin/nowhere/", HTTP_ACCEPT="text/html")
    assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_the_browsable_api_shows_errors_as_pages(browser: Browser) -> None:
    response = browser.get("/subjects/1", HTTP_ACCEPT="text/html")
    assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "not_found" in response.content.decode()


def test_an_unknown_route_is_no_page_anywhere_else(anonymous: Caller) -> None:
    assert_problem(anonymous.get("/nowhere", HTTP_ACCEPT="text/html"), 404, NOT_FOUND)


def test_several_errors_are_told_at_once(as_alice: Caller) -> None:
    response = as_alice.post("/subjects", {"total_hours_goal": True, "status": "asleep"})
    errors = [
        {"field": "name", "code": "required", "detail": "This field is required."},
        {"field": "status", "code": "invalid_choice", "detail": "This is none of the choices."},
        {"field": "total_hours_goal", "code": "invalid", "detail": "A valid integer is required."},
    ]
    body = problem(400, "validation_error", "Bad Request", "The request is invalid.", errors=errors)
    assert_problem(response, 400, body)
