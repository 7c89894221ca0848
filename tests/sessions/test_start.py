"""POST /sessions/start (contract 4): the one timer of a user."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from sessions.models import StudySession
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, Caller, invalid, problem, refusals
from tests.factories import MONDAY, make_session, make_subject, make_user, shown
from tests.sessions.bodies import hour, session_body

pytestmark = [pytest.mark.everywhere, pytest.mark.usefixtures("at_two")]

HOUR = timedelta(hours=1)
RUNNING = {"end_time": None, "duration_minutes": None, "source": "timer"}


def timer_running(session: StudySession, detail: str = "A timer is running.") -> dict[str, Any]:
    """The whole body of the refusal that names what runs."""
    running = {"id": session.pk, "subject_id": session.subject_id, "start_time": shown(session.start_time)}
    return problem(409, "timer_running", "Conflict", detail, running=running)


@pytest.fixture
def algebra(alice: User) -> Subject:
    return make_subject(alice)


def test_a_timer_starts_now(as_alice: Caller, alice: User, algebra: Subject) -> None:
    response = as_alice.post("/sessions/start", {"subject_id": algebra.pk, "notes": "<b>Rings</b>"})
    session = StudySession.objects.get(owner=alice, subject=algebra, end_time=None)
    assert (response.status_code, response["Location"]) == (201, f"/sessions/{session.pk}")
    assert response.json() == session_body(session, **RUNNING, notes="Rings")
    assert as_alice.get(response["Location"]).json() == response.json()


def test_nobody_starts_nothing(anonymous: Caller, algebra: Subject) -> None:
    response = anonymous.post("/sessions/start", {"subject_id": algebra.pk})
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)
    assert not StudySession.objects.exists()


def test_a_strangers_subject_reads_like_a_missing_one(as_charlie: Caller, algebra: Subject) -> None:
    hidden, missing = (as_charlie.post("/sessions/start", {"subject_id": algebra.pk + more}) for more in (0, 1))
    assert hidden.json() == invalid("subject_id", "does_not_exist", "You have nothing with this id.")
    assert (hidden.status_code, hidden.content) == (400, missing.content)


def test_a_timer_may_have_started_before(as_alice: Caller, algebra: Subject) -> None:
    response = as_alice.post("/sessions/start", {"subject_id": algebra.pk, "start_time": "2026-03-02T09:30:00Z"})
    session = StudySession.objects.get()
    body = session_body(session, **RUNNING, start_time="2026-03-02T09:30:00Z")
    assert (response.status_code, response.json()) == (201, body)


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"subject_id": None}, [("subject_id", "null")]),
        ({"start_time": "2026-03-02T14:01:01Z"}, [("start_time", "in_future")]),
        ({"start_time": "2026-03-01T13:59:59Z"}, [("start_time", "too_long")]),
        ({"start_time": None}, [("start_time", "null")]),
        ({"start_time": "2026-03-02"}, [("start_time", "invalid")]),
        ({"notes": "n" * 2049}, [("notes", "max_length")]),
        ({"switch": "yes"}, [("switch", "invalid_choice")]),
        ({"switch": 1}, [("switch", "invalid_choice")]),
        ({"switch": None}, [("switch", "null")]),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused(
    as_alice: Caller, algebra: Subject, body: dict[str, Any], refused: list[tuple[str, str]]
) -> None:
    assert refusals(as_alice.post("/sessions/start", {"subject_id": algebra.pk, **body})) == refused
    assert not StudySession.objects.exists()


def test_an_end_that_comes_along_is_ignored(as_alice: Caller, algebra: Subject) -> None:
    body = {"subject_id": algebra.pk, "start_time": "2026-03-02T13:00:00Z", "end_time": "2026-03-02T13:30:00Z"}
    assert as_alice.post("/sessions/start", body).json()["end_time"] is None


def test_a_second_timer_is_refused_and_the_first_is_named(as_alice: Caller, algebra: Subject) -> None:
    running = make_session(algebra, MONDAY - HOUR, end_time=None)
    for body in ({}, {"switch": False}, {"start_time": "2026-03-02T09:00:00Z"}):
        response = as_alice.post("/sessions/start", {"subject_id": algebra.pk, **body})
        assert (response.status_code, response.json()) == (409, timer_running(running))
    assert StudySession.objects.get() == running


def test_strangers_have_timers_of_their_own(as_charlie: Caller, charlie: User, algebra: Subject) -> None:
    make_session(algebra, end_time=None)
    assert as_charlie.post("/sessions/start", {"subject_id": make_subject(charlie).pk}).status_code == 201


@pytest.mark.parametrize(("start", "ends"), [({}, "14:00:00Z"), ({"start_time": "2026-03-02T13:30:00Z"}, "13:30:00Z")])
def test_a_switch_stops_what_runs_when_the_new_one_starts(
    as_alice: Caller, alice: User, algebra: Subject, start: dict[str, str], ends: str
) -> None:
    running, botany = make_session(algebra, MONDAY - HOUR, end_time=None), make_subject(alice, "Botany")
    response = as_alice.post("/sessions/start", {"subject_id": botany.pk, "switch": True, **start})
    new = StudySession.objects.get(end_time=None)
    assert response.status_code == 201
    assert response.json() == session_body(new, **RUNNING, start_time=f"2026-03-02T{ends}", subject_name="Botany")
    assert StudySession.objects.get(pk=running.pk).end_time == new.start_time


def test_a_switch_of_nothing_is_a_start(as_alice: Caller, algebra: Subject) -> None:
    assert as_alice.post("/sessions/start", {"subject_id": algebra.pk, "switch": True}).status_code == 201


@pytest.mark.parametrize(
    ("began", "start", "code"),
    [
        (MONDAY - HOUR, "2026-03-02T13:00:00Z", "not_after_start"),
        (MONDAY - 40 * HOUR, "2026-03-02T13:00:00Z", "too_long"),
    ],
)
def test_a_switch_that_cannot_stop_what_runs_starts_nothing(
    as_alice: Caller, algebra: Subject, began: Any, start: str, code: str
) -> None:
    running = make_session(algebra, began, end_time=None)
    response = as_alice.post("/sessions/start", {"subject_id": algebra.pk, "switch": True, "start_time": start})
    assert refusals(response) == [("start_time", code)]
    assert StudySession.objects.get(end_time=None) == running


def test_what_was_forgotten_is_not_ended_by_a_switch_but_settled_first(as_alice: Caller, algebra: Subject) -> None:
    """Stopping it now would book the night."""
    forgotten = make_session(algebra, MONDAY - 13 * HOUR, end_time=None)
    response = as_alice.post("/sessions/start", {"subject_id": algebra.pk, "switch": True})
    detail = "A forgotten timer is to be settled first."
    assert (response.status_code, response.json()) == (409, timer_running(forgotten, detail))
    body = {"subject_id": algebra.pk, "switch": True, "start_time": "2026-03-02T02:00:00Z"}
    assert as_alice.post("/sessions/start", body).status_code == 201
    assert StudySession.objects.get(pk=forgotten.pk).duration_minutes == 60


def test_a_start_that_would_overlap_is_refused(as_alice: Caller, algebra: Subject) -> None:
    there = make_session(algebra, MONDAY - HOUR)
    response = as_alice.post("/sessions/start", {"subject_id": algebra.pk, "start_time": "2026-03-02T13:59:59Z"})
    assert (response.status_code, response.json()["code"]) == (409, "overlap")
    assert [each["id"] for each in response.json()["conflicts"]] == [there.pk]
    assert as_alice.post("/sessions/start", {"subject_id": algebra.pk}).status_code == 201


def test_starting_stopping_and_starting_again_in_one_second(as_alice: Caller, algebra: Subject) -> None:
    """A session of no length is none; and a second that it is given must not be in the next one's way."""
    body = {"subject_id": algebra.pk, "switch": True}
    for _ in range(3):
        started = as_alice.post("/sessions/start", body)
        stopped = as_alice.post(f"{started['Location']}/stop")
        assert (started.status_code, stopped.status_code) == (201, 200)
    assert [as_alice.post("/sessions/start", body).status_code for _ in range(2)] == [201, 201]
    starts = StudySession.objects.order_by("start_time").values_list("start_time", flat=True)
    assert list(starts) == [MONDAY + n * timedelta(seconds=1) for n in range(5)]


def test_a_switch_that_is_sent_again_switches_once(as_alice: Caller, algebra: Subject) -> None:
    before = make_session(algebra, MONDAY - HOUR, end_time=None)
    as_alice.defaults["HTTP_IDEMPOTENCY_KEY"] = "key"
    body = {"subject_id": algebra.pk, "switch": True}
    first, again = (as_alice.post("/sessions/start", body) for _ in range(2))
    running = StudySession.objects.exclude(pk=before.pk).get()
    assert (again.status_code, again["Idempotent-Replayed"], again.content) == (201, "true", first.content)
    assert first["Location"] == again["Location"] == f"/sessions/{running.pk}"


def test_the_start_of_what_runs_can_be_corrected(as_alice: Caller, algebra: Subject) -> None:
    before, running = make_session(algebra, MONDAY - 4 * HOUR), make_session(algebra, MONDAY, end_time=None)
    address, touching = f"/sessions/{running.pk}", "2026-03-02T11:00:00Z"
    assert as_alice.patch(address, {"start_time": touching}).json()["start_time"] == touching
    assert as_alice.patch(address, {"start_time": "2026-03-02T10:59:59Z"}).json()["code"] == "overlap"
    assert refusals(as_alice.patch(address, {"start_time": "2026-03-01T13:00:00Z"})) == [("start_time", "too_long")]
    assert refusals(as_alice.patch(address, {"start_time": "2026-03-02T15:00:00Z"})) == [("start_time", "in_future")]
    assert refusals(as_alice.patch(address, {"end_time": None})) == [("end_time", "null")]
    assert StudySession.objects.get(end_time=None).start_time == before.end_time


def test_a_timer_counts_nothing_while_it_runs(as_alice: Caller, algebra: Subject) -> None:
    as_alice.post("/sessions/start", {"subject_id": algebra.pk, "start_time": "2026-03-02T13:00:00Z"})
    body = as_alice.get(f"/subjects/{algebra.pk}").json()
    assert (body["total_hours_completed"], body["session_count"]) == (0, 0)


def test_a_session_by_hand_fits_before_what_runs(as_alice: Caller, algebra: Subject) -> None:
    make_session(algebra, MONDAY - HOUR, end_time=None)
    assert as_alice.post("/sessions", {"subject_id": algebra.pk, **hour(12, 13)}).status_code == 201
    assert as_alice.post("/sessions", {"subject_id": algebra.pk, **hour(12, 14)}).json()["code"] == "overlap"


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_nothing_else_is_to_be_done_there(as_alice: Caller, method: str) -> None:
    assert getattr(as_alice, method)("/sessions/start").status_code == 405


def test_a_shell_starts_and_stops_too(db: None) -> None:
    session = StudySession(subject=make_subject(make_user("dora")))
    session.start(MONDAY)
    session.stop(MONDAY + HOUR)
    assert (session.source, session.duration_minutes, session.owner.username) == ("timer", 60, "dora")
