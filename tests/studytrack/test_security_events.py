"""Security events: each logged with the request in which it happened, and counted."""

from typing import Any

import pytest
from prometheus_client import REGISTRY

from accounts.models import User
from tests.conftest import REQUEST_ID, Caller, bearing
from tests.factories import PASSWORD
from tests.logs import Log
from tests.studytrack.conftest import Browser

pytestmark = pytest.mark.everywhere
NEW_PASSWORD = "battery staple 2"


def counted(event: str) -> float:
    return REGISTRY.get_sample_value("studytrack_security_events_total", {"event": event}) or 0


def told(log: Log) -> list[dict[str, Any]]:
    """The events, without what all of them have."""
    always = {"time", "level", "logger", "id", "address"}
    for event in log.events():
        assert (event["level"], event["address"]) == ("INFO", "127.0.0.1")
    return [{name: value for name, value in event.items() if name not in always} for event in log.events()]


def test_a_sign_in(anonymous: Caller, alice: User, log: Log) -> None:
    before = counted("sign-in")
    assert anonymous.post("/auth/login", {"username": "alice", "password": PASSWORD}).status_code == 200
    assert told(log) == [{"message": "sign-in", "user": alice.pk}]
    assert log.events()[0]["id"] == REQUEST_ID
    assert counted("sign-in") == before + 1


@pytest.mark.parametrize("name", ["alice", "ALICE", "nobody", PASSWORD])
def test_a_failed_sign_in_does_not_tell_what_was_typed(anonymous: Caller, alice: User, log: Log, name: str) -> None:
    """Sooner or later somebody types the password where the name belongs."""
    before = counted("sign-in-failed")
    assert anonymous.post("/auth/login", {"username": name, "password": "wrong horse 1"}).status_code == 401
    (event,) = told(log)
    assert (event["message"], len(event["account"])) == ("sign-in-failed", 16)
    assert name not in log.text
    assert counted("sign-in-failed") == before + 1


def test_who_is_guessed_at_can_be_recognized(anonymous: Caller, alice: User, log: Log) -> None:
    for name in ("alice", "Alice", "charlie"):
        anonymous.post("/auth/login", {"username": name, "password": "wrong horse 1"})
    first, second, other = (event["account"] for event in told(log))
    assert first == second != other


@pytest.mark.parametrize(("path", "event"), [("/auth/session/login", "sign-in"), ("/admin/login/", "admin-sign-in")])
def test_signing_in_by_a_form(anonymous: Caller, operator: User, log: Log, path: str, event: str) -> None:
    for password in ("wrong horse 1", PASSWORD):
        anonymous.post(path, {"username": "operator", "password": password}, "multipart")
    failed, done = told(log)
    assert failed["message"] == f"{event}-failed"
    assert done == {"message": event, "user": operator.pk}


def test_who_may_not_into_the_admin(anonymous: Caller, alice: User, log: Log) -> None:
    anonymous.post("/admin/login/", {"username": "alice", "password": PASSWORD}, "multipart")
    assert told(log) == [{"message": "admin-sign-in-failed", "user": alice.pk}]


def test_a_token_that_is_none(db: None, log: Log) -> None:
    bearing("a.b.c").get("/subjects")
    assert told(log) == [{"message": "access-refused", "route": "/subjects", "status": 401}]


def test_a_forged_form(browser: Browser, log: Log) -> None:
    browser.send("{}", "application/json", token=False)
    assert told(log) == [{"message": "access-refused", "route": "/subjects", "status": 403}]


def test_who_only_forgot_to_sign_in_is_no_event(anonymous: Caller, log: Log) -> None:
    assert anonymous.get("/subjects").status_code == 401
    assert told(log) == []


def test_a_refresh_token_used_twice(as_alice: Caller, alice: User, anonymous: Caller, log: Log) -> None:
    body = {"refresh": as_alice.tokens["refresh"]}
    assert [anonymous.post("/auth/refresh", body).status_code for _ in range(2)] == [200, 401]
    assert told(log) == [{"message": "refresh-reused", "user": alice.pk}]


def test_a_limit_is_told_once_and_counted_each_time(as_alice: Caller, settings: Any, log: Log) -> None:
    settings.RATE_LIMIT_READ = "2/h"
    refused = {"tier": "read", "outcome": "refused"}
    before = REGISTRY.get_sample_value("studytrack_limiter_requests_total", refused) or 0
    assert [as_alice.get("/subjects").status_code for _ in range(5)] == [200, 200, 429, 429, 429]
    assert told(log) == [{"message": "limit-reached", "tier": "read"}]
    assert REGISTRY.get_sample_value("studytrack_limiter_requests_total", refused) == before + 3


def test_a_new_password(as_alice: Caller, alice: User, log: Log) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert as_alice.post("/auth/password", body).status_code == 204
    assert told(log) == [{"message": "password-changed", "user": alice.pk}]


def test_a_password_that_was_not_changed(as_alice: Caller, log: Log) -> None:
    as_alice.post("/auth/password", {"current_password": "wrong horse 1", "new_password": NEW_PASSWORD})
    as_alice.patch("/auth/me", {"week_start": 7})
    assert told(log) == []


def test_a_password_taken_away_in_a_shell(as_alice: Caller, alice: User, log: Log) -> None:
    alice.set_unusable_password()
    alice.save(update_fields=["password"])
    assert [(event["message"], event["user"]) for event in log.events()] == [("password-changed", alice.pk)]
    assert as_alice.get("/subjects").status_code == 401


def test_a_password_set_in_a_shell(alice: User, log: Log) -> None:
    alice.set_password(NEW_PASSWORD)
    alice.save()
    assert [(event["message"], event["user"]) for event in log.events()] == [("password-changed", alice.pk)]


def test_an_account_deleted(as_alice: Caller, alice: User, log: Log) -> None:
    assert as_alice.delete("/auth/me", {"password": PASSWORD}).status_code == 204
    assert told(log) == [{"message": "account-deleted", "user": alice.pk}]
