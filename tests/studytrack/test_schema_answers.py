"""Real answers are those that the OpenAPI document describes, and its examples are true (contract 7)."""

from typing import Any

import pytest

from accounts.models import User
from sessions.models import StudySession
from tests.conftest import Caller, bearing
from tests.factories import MONDAY, make_session, make_subject
from tests.openapi import DOCUMENT, OPERATIONS, asked, described, differences, examples, operation_of, parameters
from tests.studytrack.conftest import Browser

pytestmark = pytest.mark.everywhere

PROBLEM = "application/problem+json"
DISCARD = {"action": "discard"}
VARYING = ("id", "subject_id", "created_at", "updated_at", "request_id")


def alike(body: dict[str, Any], example: dict[str, Any]) -> bool:
    """Whether two bodies are the same but for what is another every time."""
    return all(body[name] == value for name, value in example.items() if name not in VARYING)


def said(response: Any) -> bool:
    """Whether a refusal is, word for word, an example of the document."""
    return any(alike(response.json(), example) for example in examples(described(response)["content"][PROBLEM]))


@pytest.fixture
def algebra(alice: User) -> Any:
    return make_subject(alice, total_hours_goal=100)


@pytest.fixture
def afternoon(algebra: Any) -> StudySession:
    return make_session(algebra, MONDAY, 150)


def test_a_life_by_the_examples(anonymous: Caller) -> None:
    user = anonymous.post("/auth/register", asked("POST /auth/register"))
    tokens = anonymous.post("/auth/login", asked("POST /auth/login"))
    fresh = anonymous.post("/auth/refresh", {"refresh": tokens.json()["refresh"]})
    me = bearing(fresh.json()["access"])
    subject = me.post("/subjects", asked("POST /subjects"))
    session = me.post("/sessions", asked("POST /sessions") | {"subject_id": subject.json()["id"]})
    changed = me.patch(session["Location"], asked("PATCH /sessions/{id}"))
    replaced = me.put(subject["Location"], asked("PUT /subjects/{id}"))
    settings = me.patch("/auth/me", asked("PATCH /auth/me"))
    answers = [user, tokens, fresh, subject, session, changed, replaced, settings]
    assert [response.status_code for response in answers] == [201, 200, 200, 201, 201, 200, 200, 200]
    assert [differences(response) for response in answers] == [[]] * len(answers)
    for response in (user, subject, session, changed, settings):
        (example,) = examples(described(response)["content"]["application/json"])
        assert alike(response.json(), example), operation_of(response)


def test_an_end_by_the_examples(alice: User, as_alice: Caller) -> None:
    password = as_alice.post("/auth/password", asked("POST /auth/password"))
    logout = as_alice.post("/auth/logout", {"refresh": as_alice.tokens["refresh"]})
    alice.refresh_from_db()
    everywhere = Caller(alice).post("/auth/logout-all")
    gone = Caller(alice).delete("/auth/me", {"password": asked("POST /auth/password")["new_password"]})
    answers = [password, logout, everywhere, gone]
    assert [(response.status_code, differences(response)) for response in answers] == [(204, [])] * 4


def test_what_is_read_is_as_described(as_alice: Caller, afternoon: StudySession) -> None:
    one = [f"/sessions/{afternoon.pk}", f"/subjects/{afternoon.subject_id}"]
    lists = ["/subjects", "/subjects?page=2&per_page=1", "/sessions?ordering=start_time,-created_at&running=false"]
    for path in [*one, *lists, "/auth/me", "/", "/health/live", "/health/ready"]:
        response = as_alice.get(path)
        assert (response.status_code, differences(response)) == (200, []), path


def test_a_session_that_runs_is_as_described(as_alice: Caller, algebra: Any) -> None:
    running = make_session(algebra, end_time=None)
    response = as_alice.get(f"/sessions/{running.pk}")
    assert response.json()["duration_minutes"] is None
    assert differences(response) == []


def test_a_timer_is_as_described(as_alice: Caller, algebra: Any) -> None:
    asked_to_start = asked("POST /sessions/start") | {"subject_id": algebra.pk}
    started = as_alice.post("/sessions/start", asked_to_start)
    address = started["Location"]
    answers = [
        (201, started),
        (409, as_alice.post("/sessions/start", asked_to_start)),
        (200, as_alice.get("/sessions/running")),
        (400, as_alice.post(f"{address}/stop", asked("POST /sessions/{id}/stop"))),
        (400, as_alice.post(f"{address}/resolve", {"action": "end_at"})),
        (200, as_alice.post(f"{address}/stop")),
        (409, as_alice.post(f"{address}/resolve", asked("POST /sessions/{id}/resolve"))),
        (204, as_alice.get("/sessions/running")),
        (204, as_alice.post(f"{as_alice.post('/sessions/start', asked_to_start)['Location']}/resolve", DISCARD)),
    ]
    assert [(response.status_code, differences(response)) for _, response in answers] == [
        (status, []) for status, _ in answers
    ]
    assert said(answers[4][1])
    assert said(answers[6][1])


def test_a_forgotten_timer_is_as_described(as_alice: Caller, algebra: Any) -> None:
    response = as_alice.post(f"/sessions/{make_session(algebra, end_time=None).pk}/stop")
    assert (response.status_code, differences(response), said(response)) == (400, [], True)


@pytest.mark.parametrize("by", ["day", "week", "month", "subject", "weekday", "hour"])
def test_a_summary_is_as_described(as_alice: Caller, afternoon: StudySession, by: str) -> None:
    response = as_alice.get(f"/stats/summary?from=2026-03-02&to=2026-03-08&group_by={by}")
    assert (response.status_code, differences(response)) == (200, [])
    (example,) = examples(described(response)["content"]["application/json"])
    assert by != "day" or response.json() == example


@pytest.mark.parametrize(
    "address",
    [
        *("/stats/streak", "/stats/heatmap", "/stats/year/2026", "/stats/year/2020"),
        *("/stats/heatmap.svg", "/stats/summary.svg"),
    ],
)
def test_other_statistics_are_as_described(as_alice: Caller, afternoon: StudySession, address: str) -> None:
    response = as_alice.get(address)
    assert (response.status_code, differences(response)) == (200, [])


def test_today_is_as_described(as_alice: Caller, afternoon: StudySession) -> None:
    assert differences(as_alice.get("/stats/today")) == []
    as_alice.post("/sessions/start", {"subject_id": afternoon.subject_id})
    assert differences(as_alice.get("/stats/today")) == []


def test_deleting_is_as_described(as_alice: Caller, afternoon: StudySession) -> None:
    answers = [as_alice.delete(f"/sessions/{afternoon.pk}"), as_alice.delete(f"/subjects/{afternoon.subject_id}")]
    assert [(response.status_code, differences(response)) for response in answers] == [(204, [])] * 2


def test_an_overlap_is_as_described(as_alice: Caller, afternoon: StudySession) -> None:
    response = as_alice.post("/sessions", asked("POST /sessions") | {"subject_id": afternoon.subject_id})
    (overlap, _) = examples(described(response)["content"][PROBLEM])
    assert (response.status_code, differences(response)) == (409, [])
    mine = {"id": afternoon.pk, "subject_id": afternoon.subject_id}
    assert response.json()["conflicts"] == [overlap["conflicts"][0] | mine]


def test_refusals_of_bodies_are_those_of_the_examples(anonymous: Caller, as_alice: Caller, algebra: Any) -> None:
    session = asked("POST /sessions") | {"subject_id": algebra.pk}
    anonymous.post("/auth/register", asked("POST /auth/register") | {"username": "alice"})
    answers = [
        anonymous.post("/auth/register", asked("POST /auth/register") | {"email": "else@example.org"}),
        anonymous.post("/auth/login", {"username": "alice"}),
        anonymous.post("/auth/refresh", {}),
        anonymous.post("/auth/logout", {"refresh": "none"}),
        as_alice.post("/auth/password", asked("POST /auth/password") | {"current_password": "wrong"}),
        as_alice.patch("/auth/me", {"daily_goal_minutes": 1441}),
        as_alice.delete("/auth/me", {"password": "wrong"}),
        as_alice.post("/subjects", asked("POST /subjects")),
        as_alice.post("/sessions", session | {"end_time": session["start_time"]}),
        as_alice.generic("POST", "/subjects", "{", "application/json"),
    ]
    for response in answers:
        assert (response.status_code, differences(response)) == (400, []), operation_of(response)
        assert said(response), response.json()


def test_refusals_of_credentials_are_those_of_the_examples(anonymous: Caller, browser: Browser) -> None:
    answers = [
        (401, anonymous.get("/subjects")),
        (401, bearing("wrong").get("/subjects")),
        (401, anonymous.post("/auth/login", {"username": "alice", "password": "wrong"})),
        (401, anonymous.post("/auth/refresh", {"refresh": "wrong"})),
        (403, browser.send("{}", "application/json", token=False)),
    ]
    for status, response in answers:
        assert (response.status_code, differences(response)) == (status, []), operation_of(response)
        assert said(response), response.json()


def test_other_refusals_are_those_of_the_examples(as_alice: Caller, settings: Any) -> None:
    answers = [
        (400, as_alice.get("/subjects?per_page=101")),
        (404, as_alice.get("/subjects/1")),
        (406, as_alice.get("/subjects", HTTP_ACCEPT="image/png")),
        (413, as_alice.post("/subjects", {"name": "a" * settings.MAX_BODY_BYTES})),
        (415, as_alice.generic("POST", "/subjects", "Algebra", "text/plain")),
    ]
    settings.RATE_LIMIT_READ = "1/m"
    as_alice.get("/subjects")
    for status, response in [*answers, (429, as_alice.get("/subjects"))]:
        assert (response.status_code, differences(response)) == (status, []), operation_of(response)
        assert said(response), response.json()


def test_what_is_said_of_keys_is_so(as_alice: Caller) -> None:
    (key,) = (each for each in parameters(OPERATIONS["POST /subjects"]) if each["name"] == "Idempotency-Key")
    as_alice.defaults["HTTP_IDEMPOTENCY_KEY"] = key["examples"]["1"]["value"]
    first, again = (as_alice.post("/subjects", asked("POST /subjects")) for _ in range(2))
    assert again["Idempotent-Replayed"] == "true"
    assert [differences(first), differences(again)] == [[], []]
    other = as_alice.post("/subjects", {"name": "Botany"})
    assert (other.status_code, differences(other), said(other)) == (422, [], True)


def test_every_shared_refusal_is_referred_to() -> None:
    used = {answer.get("$ref") for each in OPERATIONS.values() for answer in each["responses"].values()}
    assert {f"#/components/responses/{name}" for name in DOCUMENT["components"]["responses"]} == used - {None}
