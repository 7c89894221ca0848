"""What is no subject, no session and no order to the timer (contract 1, 3 and 4)."""

import json
from functools import partial
from itertools import product
from typing import Any

import pytest

from accounts.models import User
from subjects.models import Subject
from tests.conftest import Caller
from tests.factories import make_session, make_subject
from tests.input.conftest import Wanted, assert_refused
from tests.sessions.bodies import hour

pytestmark = pytest.mark.everywhere

Row = tuple[dict[str, Any], Wanted]
SUBJECTS: list[Row] = [
    ({"name": None}, [("name", "null")]),
    ({"name": True}, [("name", "invalid")]),
    ({"name": ["Algebra"]}, [("name", "invalid")]),
    ({"name": {"a": 1}}, [("name", "invalid")]),
    ({"name": ""}, [("name", "blank")]),
    ({"name": " \t\n"}, [("name", "blank")]),
    ({"name": "\u200b\u2060"}, [("name", "blank")]),
    ({"name": "<b></b>"}, [("name", "blank")]),
    ({"name": "x" * 101}, [("name", "max_length")]),
    ({"name": "<b>" * 40}, [("name", "max_length")]),
    ({"name": "Alg\0ebra"}, [("name", "forbidden_character")]),
    ({"name": "Alg\x1bebra"}, [("name", "forbidden_character")]),
    ({"name": "Alg\ud83dbra"}, [("name", "forbidden_character")]),
    ({"name": "GEOMETRY"}, [("name", "unique")]),
    ({"description": None}, [("description", "null")]),
    ({"description": False}, [("description", "invalid")]),
    ({"description": "x" * 513}, [("description", "max_length")]),
    ({"description": "\x07"}, [("description", "forbidden_character")]),
    ({"priority_level": "urgent"}, [("priority_level", "invalid_choice")]),
    ({"priority_level": None}, [("priority_level", "null")]),
    ({"priority_level": ["low"]}, [("priority_level", "invalid_choice")]),
    ({"priority_level": ""}, [("priority_level", "invalid_choice")]),
    ({"priority_level": "low\0"}, [("priority_level", "invalid_choice")]),
    ({"priority_level": " low"}, [("priority_level", "invalid_choice")]),
    ({"status": 1}, [("status", "invalid_choice")]),
    ({"status": {}}, [("status", "invalid_choice")]),
    ({"status": "\ud800"}, [("status", "invalid_choice")]),
    ({"total_hours_goal": True}, [("total_hours_goal", "invalid")]),
    ({"total_hours_goal": 1.0}, [("total_hours_goal", "invalid")]),
    ({"total_hours_goal": 1e5}, [("total_hours_goal", "invalid")]),
    ({"total_hours_goal": -1}, [("total_hours_goal", "min_value")]),
    ({"total_hours_goal": 100_001}, [("total_hours_goal", "max_value")]),
    ({"total_hours_goal": 2**63}, [("total_hours_goal", "max_value")]),
    ({"total_hours_goal": 10**4000}, [("total_hours_goal", "max_value")]),
    ({"total_hours_goal": ""}, [("total_hours_goal", "invalid")]),
    ({"total_hours_goal": "1e3"}, [("total_hours_goal", "invalid")]),
    ({"total_hours_goal": "1_000"}, [("total_hours_goal", "invalid")]),
    ({"total_hours_goal": "+1"}, [("total_hours_goal", "invalid")]),
    ({"total_hours_goal": "\uff11"}, [("total_hours_goal", "invalid")]),
    ({"total_hours_goal": [1]}, [("total_hours_goal", "invalid")]),
    ({"total_hours_goal": None}, [("total_hours_goal", "null")]),
]
SESSIONS: list[Row] = [
    ({"subject_id": None}, [("subject_id", "null")]),
    ({"subject_id": True}, [("subject_id", "invalid")]),
    ({"subject_id": 1.0}, [("subject_id", "invalid")]),
    ({"subject_id": "1.0"}, [("subject_id", "invalid")]),
    ({"subject_id": 0}, [("subject_id", "does_not_exist")]),
    ({"subject_id": -1}, [("subject_id", "does_not_exist")]),
    ({"subject_id": 2**63}, [("subject_id", "does_not_exist")]),
    ({"subject_id": 10**400}, [("subject_id", "does_not_exist")]),
    ({"subject_id": "9" * 5000}, [("subject_id", "invalid")]),
    ({"subject_id": "\u0661"}, [("subject_id", "invalid")]),
    ({"subject_id": "1\0"}, [("subject_id", "invalid")]),
    ({"subject_id": [1]}, [("subject_id", "invalid")]),
    ({"subject_id": {"id": 1}}, [("subject_id", "invalid")]),
    ({"subject_id": ""}, [("subject_id", "null")]),
    ({"start_time": None}, [("start_time", "null")]),
    ({"start_time": 1772460000}, [("start_time", "invalid")]),
    ({"start_time": True}, [("start_time", "invalid")]),
    ({"start_time": []}, [("start_time", "invalid")]),
    ({"start_time": ""}, [("start_time", "invalid")]),
    ({"start_time": "2026-03-02"}, [("start_time", "invalid")]),
    ({"start_time": "2026-03-02T24:00:00Z"}, [("start_time", "invalid")]),
    ({"start_time": "2026-03-02T14:00:60Z"}, [("start_time", "invalid")]),
    ({"start_time": "2026-02-29T14:00:00Z"}, [("start_time", "invalid")]),
    ({"start_time": "2026-03-02T14:00:00+24:00"}, [("start_time", "invalid")]),
    ({"start_time": "20260302T140000Z"}, [("start_time", "invalid")]),
    ({"start_time": "2026-W10-1T14:00:00Z"}, [("start_time", "invalid")]),
    ({"start_time": "\u0662026-03-02T14:00:00Z"}, [("start_time", "invalid")]),
    ({"start_time": "2026-03-02T14:00:00Z\n"}, [("start_time", "invalid")]),
    ({"start_time": "0001-01-01T00:00:00Z"}, [("start_time", "out_of_range")]),
    ({"start_time": "9999-12-31T23:59:59-23:59"}, [("start_time", "out_of_range")]),
    ({"start_time": "2026-03-29T02:30:00"}, [("start_time", "nonexistent")]),
    ({"start_time": "9000-01-01T00:00:00Z"}, [("start_time", "in_future")]),
    ({"end_time": None}, [("end_time", "null")]),
    ({"end_time": "2026-03-02T14:00:00Z"}, [("end_time", "not_after_start")]),
    ({"end_time": "2026-03-03T14:00:01Z"}, [("end_time", "too_long")]),
    ({"notes": None}, [("notes", "null")]),
    ({"notes": False}, [("notes", "invalid")]),
    ({"notes": "x" * 2049}, [("notes", "max_length")]),
    ({"notes": "\udc80"}, [("notes", "forbidden_character")]),
    ({"notes": "\x85"}, [("notes", "forbidden_character")]),
]
STARTS: list[Row] = [
    ({"subject_id": None}, [("subject_id", "null")]),
    ({"subject_id": "one"}, [("subject_id", "invalid")]),
    ({"start_time": "2026-03-02T14:00:00Z"}, [("start_time", "too_long")]),
    ({"start_time": "9000-01-01T00:00:00Z"}, [("start_time", "in_future")]),
    ({"start_time": None}, [("start_time", "null")]),
    ({"switch": 1}, [("switch", "invalid_choice")]),
    ({"switch": "yes"}, [("switch", "invalid_choice")]),
    ({"switch": None}, [("switch", "null")]),
    ({"switch": []}, [("switch", "invalid_choice")]),
    ({"notes": True}, [("notes", "invalid")]),
]
STOPS: list[Row] = [
    ({"end_time": "soon"}, [("end_time", "invalid")]),
    ({"end_time": None}, [("end_time", "null")]),
    ({"end_time": 1}, [("end_time", "invalid")]),
    ({"end_time": "9000-01-01T00:00:00Z"}, [("end_time", "in_future")]),
]
RESOLUTIONS: list[Row] = [
    ({}, [("action", "required")]),
    ({"action": None}, [("action", "null")]),
    ({"action": "forget"}, [("action", "invalid_choice")]),
    ({"action": ["keep"]}, [("action", "invalid_choice")]),
    ({"action": "end_at"}, [("end_time", "required")]),
    ({"action": "end_at", "end_time": "soon"}, [("end_time", "invalid")]),
    ({"action": "end_at", "end_time": "9000-01-01T00:00:00Z"}, [("end_time", "in_future")]),
]


def sent(caller: Caller, path: str, body: Any, method: str = "POST") -> Any:
    """As ASCII, so that it can hold what no UTF-8 can."""
    return caller.generic(method, path, json.dumps(body), "application/json")


@pytest.fixture
def geometry(alice: User) -> Subject:
    return make_subject(alice, "Geometry")


def test_what_is_no_subject(as_alice: Caller, geometry: Subject, subtests: pytest.Subtests) -> None:
    botany = f"/subjects/{make_subject(geometry.owner, 'Botany').pk}"
    for (changes, wanted), (method, path) in product(
        SUBJECTS, (("POST", "/subjects"), ("PUT", botany), ("PATCH", botany))
    ):
        with subtests.test(changes=changes, method=method):
            body = {"name": "Algebra"} | changes
            assert_refused(partial(sent, as_alice, path, body, method), 400, wanted)


def test_what_is_no_session(as_alice: Caller, geometry: Subject, subtests: pytest.Subtests) -> None:
    for changes, wanted in SESSIONS:
        with subtests.test(changes=changes):
            body = {"subject_id": geometry.pk, **hour(14, 15)} | changes
            assert_refused(partial(sent, as_alice, "/sessions", body), 400, wanted)


def test_what_starts_no_timer(as_alice: Caller, geometry: Subject, subtests: pytest.Subtests) -> None:
    for changes, wanted in STARTS:
        with subtests.test(changes=changes):
            body = {"subject_id": geometry.pk} | changes
            assert_refused(partial(sent, as_alice, "/sessions/start", body), 400, wanted)


def test_what_stops_no_timer(as_alice: Caller, geometry: Subject, subtests: pytest.Subtests) -> None:
    address = f"/sessions/{make_session(geometry, end_time=None).pk}"
    for action, (body, wanted) in [*(("stop", each) for each in STOPS), *(("resolve", each) for each in RESOLUTIONS)]:
        with subtests.test(action=action, body=body):
            assert_refused(partial(sent, as_alice, f"{address}/{action}", body), 400, wanted)
