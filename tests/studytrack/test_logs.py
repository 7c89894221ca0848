"""The log: a line of JSON for each request, which nobody forges and which holds no secret."""

import json
import logging
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from accounts.models import User
from studytrack.api.logs import LONGEST_MESSAGE, LineFormatter
from studytrack.api.root import RootView
from studytrack.settings.logs import LOGGING
from tests.conftest import REQUEST_ID, Caller
from tests.factories import PASSWORD, make_subject
from tests.logs import Log, secrets_in
from tests.studytrack.conftest import Browser

SECRET_LINK = "s3cr3t-" * 6 + "x"
MEMBERS = {"time", "level", "logger", "message", "id", "method", "route", "status", "ms", "user", "address"}
pytestmark = pytest.mark.everywhere


def told(log: Log) -> tuple[Any, ...]:
    """Of the only request: its method, route, status, user and address."""
    (line,) = log.lines()
    return tuple(line[name] for name in ("method", "route", "status", "user", "address"))


def test_a_request_is_one_line(as_alice: Caller, alice: User, log: Log) -> None:
    subject = make_subject(alice)
    as_alice.get(f"/subjects/{subject.pk}?search=nobody")
    (line,) = map(json.loads, log.text.splitlines())
    assert line.keys() == MEMBERS
    assert (line["id"], line["level"], line["message"]) == (REQUEST_ID, "INFO", "request")
    assert told(log) == ("GET", "/subjects/<id:pk>", 200, alice.pk, "127.0.0.1")
    assert 0 < line["ms"] < 60_000
    assert line["time"].endswith("+00:00")


def test_a_kept_answer_has_the_same_line(as_alice: Caller, alice: User) -> None:
    with Log() as first:
        as_alice.get("/subjects")
    with Log() as kept:
        as_alice.get("/subjects")
    assert told(first) == told(kept) == ("GET", "/subjects", 200, alice.pk, "127.0.0.1")


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", "/", "/", 200),
        ("GET", "/nowhere/at/all", "(nowhere)", 404),
        ("GET", "/subjects/999", "/subjects/<id:pk>", 401),
        ("POST", "/auth/login", "/auth/login", 400),
        ("GET", "/health/live", "/health/live", 200),
        ("GET", "/static/studytrack/icon.svg", "/static/…", 200),
        ("GET", "/admin/accounts/user/7/change/", "/admin/accounts/user/<path:object_id>/change/", 302),
        ("BREW", "/subjects", "/subjects", 401),
        ("GET", f"/calendar/{SECRET_LINK}.ics", "/calendar/<token:token>.ics", 404),
    ],
)
def test_every_kind_of_request_has_one(db: None, method: str, path: str, route: str, status: int) -> None:
    with Log() as log:
        APIClient().generic(method, path, "{}", "application/json").close()
    shown = "other" if method == "BREW" else method
    assert told(log) == (shown, route, status, None, "127.0.0.1")


def test_what_is_refused_before_all_else_has_one_too(as_alice: Caller, settings: Any, log: Log) -> None:
    settings.RATE_LIMIT_READ = "1/h"
    as_alice.get("/subjects", headers={"Host": "evil.example"})
    as_alice.get("/subjects")
    assert [(line["status"], line["route"], line["user"]) for line in log.lines()] == [
        (400, "/subjects", None),
        (429, "/subjects", None),
    ]


def test_a_browser_is_named_by_its_session(browser: Browser, alice: User, log: Log) -> None:
    browser.get("/subjects")
    assert told(log)[3] == alice.pk


def test_whoever_shows_a_dead_token_is_not_named(as_alice: Caller, alice: User, log: Log) -> None:
    alice.sign_ins.all().delete()
    as_alice.get("/subjects")
    assert told(log)[2:4] == (401, None)


@pytest.mark.parametrize("forged", ['\n{"level": "INFO"}', "\r\n", "\x1b[2J", "\x00", "\x85", "x" * 60_000, '"}'])
def test_nobody_forges_a_line(db: None, log: Log, forged: str) -> None:
    """The obvious line holds the path, the agent and the request id as they come."""
    request = RequestFactory().generic(f"GET{forged}", f"/sub{forged}")
    request.META |= {"REMOTE_ADDR": forged, "HTTP_X_FORWARDED_FOR": forged, "HTTP_X_REQUEST_ID": forged}
    Client().request(**{key: value for key, value in request.META.items() if isinstance(value, str)})
    logging.getLogger("studytrack").warning("Somebody says \u2028 %s", forged)
    assert len(log.text.splitlines()) == len(log.text.encode().splitlines()) == 2
    assert log.text.isascii()
    assert len(log.text) < LONGEST_MESSAGE + 1000
    assert told(log)[:2] == ("other", "(nowhere)")


def raising(error: Exception) -> Any:
    def get(_view: Any, _request: Any) -> Any:
        raise error

    return get


def test_a_mistake_of_ours_is_told_once_with_its_traceback(
    anonymous: Caller, monkeypatch: pytest.MonkeyPatch, log: Log
) -> None:
    monkeypatch.setattr(RootView, "get", raising(RuntimeError("nobody expected this")))
    anonymous.raise_request_exception = False
    assert anonymous.get("/?key=in-the-address").status_code == 500
    (error,) = log.lines("django.request")
    assert (error["id"], error["message"]) == (REQUEST_ID, "Server Error (500): /")
    assert "RuntimeError: nobody expected this" in error["exc_info"]
    assert len(log.text.splitlines()) == 2  # this, and the request's
    assert "in-the-address" not in log.text


def test_an_outage_is_no_error_of_each_request(as_alice: Caller, log: Log) -> None:
    """Django writes an ERROR for each 503, which nobody could tell from a mistake of ours."""

    def away(*_: Any) -> None:
        raise OperationalError

    with connection.execute_wrapper(away):
        assert [as_alice.get("/auth/me").status_code for _ in range(2)] == [503, 503]
    assert log.lines("django.request") == []
    assert [line["status"] for line in log.lines("studytrack.requests")] == [503, 503]


def test_what_a_client_does_wrong_is_no_warning(as_alice: Caller, log: Log) -> None:
    as_alice.get("/nowhere")
    as_alice.post("/subjects", {})
    as_alice.get("/subjects", headers={"Host": "evil.example"})
    assert {line["logger"] for line in map(json.loads, log.text.splitlines())} == {"studytrack.requests"}


LOGGERS: Any = LOGGING["loggers"]


@pytest.mark.parametrize("logger", [logger for logger in LOGGERS.values() if "propagate" in logger])
def test_what_is_silent_has_a_handler(logger: dict[str, Any]) -> None:
    """Python is the handler of what has none: a wrong Host is then written to standard error, with a traceback."""
    assert logger == {"handlers": ["nowhere"], "propagate": False}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="tells of rows")
def test_a_row_that_the_database_refuses_is_not_told(alice: User, log: Log) -> None:
    """PostgreSQL shows all of it: the hash of the password, too."""
    with pytest.raises(IntegrityError) as refused:
        User.objects.filter(pk=alice.pk).update(week_start=9)
    assert alice.password[:20] in str(refused.value)
    logging.getLogger("studytrack").error("Refused", exc_info=refused.value)
    assert "user_week_start_range" in log.text
    assert alice.email not in log.text
    assert log.secrets() == []


def test_an_address_that_is_a_secret_is_not_told() -> None:
    request = RequestFactory().get(f"/calendar/{SECRET_LINK}.ics")
    record = logging.makeLogRecord({"msg": "%s: %s", "args": ("Forbidden", request.path), "request": request})
    assert json.loads(LineFormatter().format(record))["message"] == "Forbidden: /calendar/<token:token>.ics"


@pytest.mark.parametrize(
    "secret",
    [PASSWORD, "eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "redis://:hidden@cache:6379", "bcrypt_sha256$$2b$12$", "Bearer abc"],
)
def test_a_secret_would_be_found(log: Log, secret: str) -> None:
    """So that the search at the end of all tests is one."""
    logging.getLogger("elsewhere").propagate = False
    with Log("elsewhere") as apart:
        logging.getLogger("elsewhere").error("It is %s, you know", secret)
    assert len(apart.secrets()) == 1
    assert secrets_in(log.text) == []
