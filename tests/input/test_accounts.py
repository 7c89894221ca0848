"""What is no account, no sign-in, no token and no setting (contract 1 and 2)."""

import json
from functools import partial
from typing import Any

import pytest

from accounts.models import User
from tests.conftest import Caller
from tests.factories import PASSWORD
from tests.input.conftest import Wanted, assert_refused

pytestmark = pytest.mark.everywhere

ACCOUNT = {"username": "dora", "email": "dora@example.org", "password": "gardens grow 7"}
REGISTRATIONS: list[tuple[dict[str, Any], Wanted]] = [
    ({"username": None}, [("username", "null")]),
    ({"username": True}, [("username", "invalid")]),
    ({"username": []}, [("username", "invalid")]),
    ({"username": {"$ne": ""}}, [("username", "invalid")]),
    ({"username": ""}, [("username", "blank")]),
    ({"username": 12}, [("username", "invalid")]),
    ({"username": "do"}, [("username", "invalid")]),
    ({"username": "d" * 31}, [("username", "invalid"), ("username", "max_length")]),
    ({"username": "do\0ra"}, [("username", "invalid"), ("username", "null_characters_not_allowed")]),
    ({"username": "do\ud800ra"}, [("username", "invalid"), ("username", "surrogate_characters_not_allowed")]),
    ({"username": "d\u043era"}, [("username", "invalid")]),
    ({"username": "dora\u200b"}, [("username", "invalid")]),
    ({"username": "dora' OR '1'='1"}, [("username", "invalid")]),
    ({"username": "<b>dora</b>"}, [("username", "invalid")]),
    ({"username": "Root"}, [("username", "reserved")]),
    ({"username": "ALICE"}, [("username", "unique")]),
    ({"email": None}, [("email", "null")]),
    ({"email": 1}, [("email", "invalid")]),
    ({"email": "dora"}, [("email", "invalid")]),
    ({"email": "dora@"}, [("email", "invalid")]),
    ({"email": "dora@exa mple.org"}, [("email", "invalid")] * 2),
    ({"email": "dora@example.org\r\nBcc: eve@example.org"}, [("email", "invalid")] * 2),
    ({"email": "d\u00f6ra@example.org"}, [("email", "invalid")] * 2),
    ({"email": "dora@b\u00fccher.example"}, [("email", "invalid")]),
    ({"email": "d" * 250 + "@example.org"}, [("email", "max_length")]),
    ({"email": "Alice@Example.ORG"}, [("email", "unique")]),
    ({"password": None}, [("password", "null")]),
    ({"password": 123456789}, [("password", "letters_and_digits"), ("password", "password_too_common")]),
    ({"password": ["gardens grow 7"]}, [("password", "invalid")]),
    ({"password": ""}, [("password", "blank")]),
    ({"password": "short 7"}, [("password", "min_length")]),
    ({"password": "gardens grow 7" * 10}, [("password", "max_length")]),
    ({"password": "x" * 4097}, [("password", "max_length")]),
    ({"password": "gardens grow"}, [("password", "letters_and_digits")]),
    ({"password": "9753186420"}, [("password", "letters_and_digits")]),
    ({"password": "password1"}, [("password", "password_too_common")]),
    ({"password": "dora@example1"}, [("password", "password_too_similar")]),
    ({"password": "gardens\0grow 7"}, [("password", "null_characters_not_allowed")]),
    ({"password": "gardens\udfffgrow 7"}, [("password", "surrogate_characters_not_allowed")]),
    ({"confirm_password": "gardens grow 8"}, [("confirm_password", "mismatch")]),
    ({"confirm_password": None}, [("confirm_password", "null")]),
    ({"time_zone": "Berlin"}, [("time_zone", "invalid_choice")]),
    ({"time_zone": "../../etc/passwd"}, [("time_zone", "invalid_choice")]),
    ({"time_zone": "/etc/localtime"}, [("time_zone", "invalid_choice")]),
    (
        {"time_zone": "Europe/Berlin\0"},
        [("time_zone", "invalid_choice"), ("time_zone", "null_characters_not_allowed")],
    ),
    ({"time_zone": "europe/berlin"}, [("time_zone", "invalid_choice")]),
    ({"time_zone": 1}, [("time_zone", "invalid_choice")]),
    ({"time_zone": ""}, [("time_zone", "blank")]),
    ({"time_zone": "E" * 65}, [("time_zone", "invalid_choice"), ("time_zone", "max_length")]),
    ({"email": False, "password": {}}, [("email", "invalid"), ("password", "invalid")]),
]
SIGN_INS: list[tuple[Any, int, Wanted]] = [
    ({}, 400, [("username", "required"), ("password", "required")]),
    ({"username": "alice"}, 400, [("password", "required")]),
    ({"username": None, "password": PASSWORD}, 400, [("username", "null")]),
    ({"username": True, "password": PASSWORD}, 400, [("username", "invalid")]),
    ({"username": ["alice"], "password": PASSWORD}, 400, [("username", "invalid")]),
    ({"username": "alice", "password": 12345678}, 401, ""),
    ({"username": "alice", "password": True}, 400, [("password", "invalid")]),
    ({"username": "alice", "password": {"$gt": ""}}, 400, [("password", "invalid")]),
    ({"username": "alice", "password": "x" * 4097}, 400, [("password", "max_length")]),
    ({"username": "a" * 4097, "password": PASSWORD}, 400, [("username", "max_length")]),
    ({"username": "ali\0ce", "password": PASSWORD}, 400, [("username", "null_characters_not_allowed")]),
    ({"username": "ali\ud800ce", "password": PASSWORD}, 400, [("username", "surrogate_characters_not_allowed")]),
    ({"username": "alice' --", "password": PASSWORD}, 401, ""),
    ({"username": "alice", "password": PASSWORD + " "}, 401, ""),
    ({"username": "alice", "password": PASSWORD.upper()}, 401, ""),
    ({"username": "nobody", "password": PASSWORD}, 401, ""),
    ({"username": "\u0430lice", "password": PASSWORD}, 401, ""),
]
REFRESHES: list[tuple[Any, int, Wanted]] = [
    ({}, 400, [("refresh", "required")]),
    ({"refresh": None}, 400, [("refresh", "null")]),
    ({"refresh": ""}, 400, [("refresh", "blank")]),
    ({"refresh": 1}, 401, ""),
    ({"refresh": True}, 400, [("refresh", "invalid")]),
    ({"refresh": ["a.b.c"]}, 400, [("refresh", "invalid")]),
    ({"refresh": "x" * 4097}, 400, [("refresh", "max_length")]),
    ({"refresh": "x" * 4096}, 401, ""),
    ({"refresh": "a.b.c"}, 401, ""),
    ({"refresh": "...."}, 401, ""),
    ({"refresh": "eyJhbGciOiJub25lIn0.e30."}, 401, ""),
    ({"refresh": "a\0b"}, 400, [("refresh", "null_characters_not_allowed")]),
    ({"refresh": "\ud800"}, 400, [("refresh", "surrogate_characters_not_allowed")]),
    ({"refresh": "\u0661.\u0662.\u0663"}, 401, ""),
]
SETTINGS: list[tuple[dict[str, Any], Wanted]] = [
    ({"username": None}, [("username", "null")]),
    ({"username": "charlie"}, [("username", "unique")]),
    ({"email": "new@example.org"}, [("current_password", "required")]),
    ({"email": "new@example.org", "current_password": "wrong 1"}, [("current_password", "wrong_password")]),
    ({"email": "charlie@example.org", "current_password": PASSWORD}, [("email", "unique")]),
    ({"time_zone": "Mars/Olympus"}, [("time_zone", "invalid_choice")]),
    ({"day_start_hour": True}, [("day_start_hour", "invalid")]),
    ({"day_start_hour": 1.0}, [("day_start_hour", "invalid")]),
    ({"day_start_hour": -1}, [("day_start_hour", "min_value")]),
    ({"day_start_hour": 13}, [("day_start_hour", "max_value")]),
    ({"day_start_hour": "\u0663"}, [("day_start_hour", "invalid")]),
    ({"day_start_hour": " 3"}, [("day_start_hour", "invalid")]),
    ({"day_start_hour": "0x3"}, [("day_start_hour", "invalid")]),
    ({"week_start": 0}, [("week_start", "min_value")]),
    ({"week_start": 8}, [("week_start", "max_value")]),
    ({"week_start": None}, [("week_start", "null")]),
    ({"daily_goal_minutes": 1441}, [("daily_goal_minutes", "max_value")]),
    ({"daily_goal_minutes": 10**18}, [("daily_goal_minutes", "max_value")]),
    ({"daily_goal_minutes": 10**400}, [("daily_goal_minutes", "max_value")]),
    ({"daily_goal_minutes": "9" * 5000}, [("daily_goal_minutes", "invalid")]),
    ({"rest_weekdays": 6}, [("rest_weekdays", "not_a_list")]),
    ({"rest_weekdays": "67"}, [("rest_weekdays", "not_a_list")]),
    ({"rest_weekdays": {"6": 7}}, [("rest_weekdays", "not_a_list")]),
    ({"rest_weekdays": None}, [("rest_weekdays", "null")]),
    ({"rest_weekdays": [6, 6]}, [("rest_weekdays", "unique")]),
    ({"rest_weekdays": [0]}, [("rest_weekdays.0", "min_value")]),
    ({"rest_weekdays": [6, 8]}, [("rest_weekdays.1", "max_value")]),
    ({"rest_weekdays": [True]}, [("rest_weekdays.0", "invalid")]),
    ({"rest_weekdays": [6.0]}, [("rest_weekdays.0", "invalid")]),
    ({"rest_weekdays": [[6]]}, [("rest_weekdays.0", "invalid")]),
]
PASSWORDS: list[tuple[Any, Wanted]] = [
    ({}, [("current_password", "required"), ("new_password", "required")]),
    ({"current_password": "wrong 1", "new_password": "gardens grow 7"}, [("current_password", "wrong_password")]),
    ({"current_password": PASSWORD, "new_password": "short 1"}, [("new_password", "min_length")]),
    ({"current_password": PASSWORD, "new_password": True}, [("new_password", "invalid")]),
    ({"current_password": PASSWORD, "new_password": None}, [("new_password", "null")]),
    ({"current_password": [PASSWORD], "new_password": "gardens grow 7"}, [("current_password", "invalid")]),
]
DELETIONS = [(None, "null"), ("", "blank"), ("wrong 1", "wrong_password"), (True, "invalid"), ([PASSWORD], "invalid")]


def sent(caller: Caller, method: str, path: str, body: Any) -> Any:
    """As ASCII, so that it can hold what no UTF-8 can."""
    return caller.generic(method, path, json.dumps(body), "application/json")


def test_what_is_no_account(anonymous: Caller, alice: User, subtests: pytest.Subtests) -> None:
    for changes, wanted in REGISTRATIONS:
        with subtests.test(changes=changes):
            assert_refused(partial(sent, anonymous, "POST", "/auth/register", ACCOUNT | changes), 400, wanted)


def test_what_is_no_sign_in(anonymous: Caller, alice: User, subtests: pytest.Subtests) -> None:
    for body, status, wanted in SIGN_INS:
        with subtests.test(body=body):
            assert_refused(partial(sent, anonymous, "POST", "/auth/login", body), status, wanted)


def test_what_is_no_refresh_token(as_alice: Caller, subtests: pytest.Subtests) -> None:
    for body, status, wanted in REFRESHES:
        with subtests.test(body=body):
            assert_refused(partial(sent, as_alice, "POST", "/auth/refresh", body), status, wanted)
            wanted_of_logout = wanted or [("refresh", "invalid")]
            assert_refused(partial(sent, as_alice, "POST", "/auth/logout", body), 400, wanted_of_logout)


def test_what_is_no_setting(as_alice: Caller, charlie: User, subtests: pytest.Subtests) -> None:
    for changes, wanted in SETTINGS:
        with subtests.test(changes=changes):
            assert_refused(partial(sent, as_alice, "PATCH", "/auth/me", changes), 400, wanted)


def test_what_is_no_change_of_password(as_alice: Caller, subtests: pytest.Subtests) -> None:
    for body, wanted in PASSWORDS:
        with subtests.test(body=body):
            assert_refused(partial(sent, as_alice, "POST", "/auth/password", body), 400, wanted)


def test_what_deletes_no_account(as_alice: Caller, subtests: pytest.Subtests) -> None:
    for password, code in DELETIONS:
        with subtests.test(password=password):
            body = {"password": password}
            assert_refused(partial(sent, as_alice, "DELETE", "/auth/me", body), 400, [("password", code)])
