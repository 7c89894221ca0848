"""The cast of all tests, and how it calls: `alice` owns, `charlie` is the stranger, `anonymous` is nobody."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import setting_changed
from django.db import connection, transaction
from django.dispatch import receiver
from django.http import HttpResponse
from django.http.response import ResponseHeaders
from django.utils import timezone
from rest_framework.test import APIClient, ForceAuthClientHandler

from accounts import sign_ins
from accounts.models import User
from studytrack.api import shortcut
from studytrack.handler import by_shortcut
from tests.factories import make_user
from tests.logs import Log

REQUEST_ID = "a-request-of-a-test"


class Handler(ForceAuthClientHandler):
    """Django's for tests, behind the shortcut, as the server's is."""

    def __call__(self, environ: dict[str, Any]) -> Any:
        begun: list[Any] = []
        content = by_shortcut(environ, lambda *answer: begun.extend(answer))
        if content is None:
            return super().__call__(environ)
        status, headers = begun
        response = HttpResponse(b"".join(content), status=int(status[:3]))
        response.headers = ResponseHeaders(dict(headers))
        response.wsgi_request = WSGIRequest(environ)  # type: ignore[attr-defined]
        return response

    def get_response(self, request: Any) -> Any:
        response = super().get_response(request)
        shortcut.remember(request, response)
        return response


@receiver(setting_changed)
def forget_manners(**_: Any) -> None:
    """A server's settings never change while it runs."""
    shortcut.manners.clear()


class Caller(APIClient):
    """A client that speaks JSON, says its own request id, and is signed in as `user` with a Bearer token."""

    def __init__(self, user: User | None = None) -> None:
        super().__init__(HTTP_X_REQUEST_ID=REQUEST_ID)
        self.handler = Handler(enforce_csrf_checks=False)
        self.user = user
        if user:
            self.tokens = sign_ins.begin(user, timezone.now())
            self.credentials(HTTP_AUTHORIZATION=f"Bearer {self.tokens['access']}")


def bearing(token: str) -> Caller:
    """Somebody who shows this as an access token."""
    caller = Caller()
    caller.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return caller


def problem(status: int, code: str, title: str, detail: str, **members: Any) -> dict[str, Any]:
    """The whole body of an error that a Caller gets."""
    first = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    return {**first, **members, "request_id": REQUEST_ID}


def invalid(field: str | None, code: str, detail: str) -> dict[str, Any]:
    """The whole body of a 400 about one field."""
    errors = [{"field": field, "code": code, "detail": detail}]
    return problem(400, "validation_error", "Bad Request", "The request is invalid.", errors=errors)


def refusals(response: Any) -> list[tuple[str | None, str]]:
    """The field and the code of each error of a 400."""
    assert response.status_code == 400, response.content
    return [(error["field"], error["code"]) for error in response.json()["errors"]]


def blamed(response: Any) -> set[str | None]:
    """The fields that a 400 names."""
    return {field for field, _ in refusals(response)}


NOT_FOUND = problem(404, "not_found", "Not Found", "There is nothing here.")
NOT_AUTHENTICATED = problem(401, "not_authenticated", "Unauthorized", "Authentication credentials were not provided.")
BAD_TOKEN = problem(401, "authentication_failed", "Unauthorized", "This token is not valid, or no longer.")


@pytest.fixture(scope="session", autouse=True)
def no_secret_is_logged() -> Iterator[None]:
    """All that the tests bring about is logged as production logs it; when they are done, it is searched."""
    with Log() as log:
        yield
    assert log.secrets() == []


@pytest.fixture(autouse=True)
def empty_caches() -> None:
    for cache in (caches["default"], caches["in_process"]):
        cache.clear()
    shortcut.manners.clear()


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The real database with real commits, so that what happens on commit happens; emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        empty_tables()


def empty_tables() -> None:
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    tables = set(connection.introspection.django_table_names(only_existing=True)) - kept
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


@pytest.fixture
def transactional_db(db: None) -> None:
    """What live_server asks for; `db` commits already."""


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice", time_zone="Europe/Berlin")


@pytest.fixture
def charlie(db: None) -> User:
    return make_user("charlie")


@pytest.fixture
def operator(db: None) -> User:
    return make_user("operator", is_staff=True, is_superuser=True)


@pytest.fixture
def as_alice(alice: User) -> Caller:
    return Caller(alice)


@pytest.fixture
def as_charlie(charlie: User) -> Caller:
    return Caller(charlie)


@pytest.fixture
def anonymous(db: None) -> Caller:
    return Caller()
