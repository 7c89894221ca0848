"""What times a session may have (contract 1 and 4): now at the latest, and read in the user's zone."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import User
from sessions.models import StudySession
from tests.conftest import Caller, refusals
from tests.factories import make_session, make_subject

pytestmark = pytest.mark.everywhere

NOW = datetime(2026, 3, 2, 14, 0, 0, 900_000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("end", ["13:59:59", "14:00:00"])
def test_what_has_been_is_kept(as_alice: Caller, alice: User, end: str) -> None:
    assert end_is_kept_as(as_alice, alice, end) == f"2026-03-02T{end}Z"


@pytest.mark.parametrize("end", ["14:00:01", "14:00:59.9", "14:01:00", "14:01:00.9"])
def test_up_to_a_minute_in_the_future_is_now(as_alice: Caller, alice: User, end: str) -> None:
    assert end_is_kept_as(as_alice, alice, end) == "2026-03-02T14:00:00Z"


def end_is_kept_as(caller: Caller, owner: User, end: str) -> str:
    body = {"subject_id": make_subject(owner).pk, "start_time": "2026-03-02T13:00:00Z"}
    response = caller.post("/sessions", body | {"end_time": f"2026-03-02T{end}Z"})
    assert response.status_code == 201, response.content
    kept = StudySession.objects.get().end_time
    assert kept == datetime.fromisoformat(response.json()["end_time"])
    return response.json()["end_time"]


@pytest.mark.parametrize(
    ("times", "refused"),
    [
        ({"end_time": "2026-03-02T14:01:01Z"}, [("end_time", "in_future")]),
        ({"end_time": "2026-03-02T14:30:00Z"}, [("end_time", "in_future")]),
        ({"end_time": "9998-12-31T23:59:59Z"}, [("end_time", "in_future")]),
        ({"end_time": "9999-12-31T23:59:59Z"}, [("end_time", "out_of_range")]),
        ({"end_time": "9999-12-31T23:59:59-12:00"}, [("end_time", "out_of_range")]),
        ({"start_time": "0001-01-01T00:00:00Z"}, [("start_time", "out_of_range")]),
        ({"start_time": "0001-01-01T00:00:00"}, [("start_time", "out_of_range")]),
        ({"start_time": "0001-12-31T23:59:59Z"}, [("start_time", "out_of_range")]),
        ({"start_time": "2026-03-02T15:00:00Z"}, [("start_time", "in_future")]),
        (
            {"start_time": "2026-03-02T14:00:30Z", "end_time": "2026-03-02T14:00:40Z"},
            [("end_time", "not_after_start")],
        ),
    ],
)
def test_later_than_that_and_beyond_all_dates_is_refused(
    as_alice: Caller, alice: User, times: dict[str, str], refused: list[tuple[str, str]]
) -> None:
    body = {
        "subject_id": make_subject(alice).pk,
        "start_time": "2026-03-02T13:00:00Z",
        "end_time": "2026-03-02T13:30Z",
    }
    response = as_alice.post("/sessions", body | times)
    assert refusals(response) == refused
    assert not StudySession.objects.exists()


def test_the_earliest_session_of_all(as_alice: Caller, alice: User) -> None:
    alice.time_zone, alice.day_start_hour = "America/New_York", 12
    alice.save()
    times = {"start_time": "0002-01-01T00:00:00Z", "end_time": "0002-01-01T01:00:00Z"}
    response = as_alice.post("/sessions", {"subject_id": make_subject(alice).pk, **times})
    assert (response.status_code, response.json()["study_date"]) == (201, "0001-12-31")


@pytest.mark.parametrize("change", [{"end_time": "2026-03-02T14:00:30Z"}, {"end_time": "2026-03-02T14:01:00Z"}])
def test_a_changed_end_is_now_at_the_latest_too(as_alice: Caller, alice: User, change: dict[str, str]) -> None:
    session = make_session(make_subject(alice), datetime(2026, 3, 2, 12, tzinfo=UTC))
    response = as_alice.patch(f"/sessions/{session.pk}", change)
    assert (response.status_code, response.json()["end_time"]) == (200, "2026-03-02T14:00:00Z")


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        # Berlin's clock passes 02:00 to 03:00 twice on this day; without an offset the first is meant
        ("2025-10-26T02:15:00", "2025-10-26T02:45:00", 30),
        ("2025-10-26T02:45:00+02:00", "2025-10-26T02:30:00+01:00", 45),
        ("2025-10-26T02:30:00", "2025-10-26T03:30:00", 120),
        # and skips that hour on this one
        ("2025-03-30T01:30:00", "2025-03-30T03:30:00", 60),
        ("2025-07-01T14:00:00", "2025-07-01T12:30:00Z", 30),
    ],
)
def test_length_is_real_time_whatever_the_clock_showed(
    as_alice: Caller, alice: User, start: str, end: str, minutes: int
) -> None:
    """Two datetimes of one zone are compared by their wall clocks: 02:45 and then 02:30 would end before it starts."""
    body = {"subject_id": make_subject(alice).pk, "start_time": start, "end_time": end}
    response = as_alice.post("/sessions", body)
    assert (response.status_code, response.json().get("duration_minutes")) == (201, minutes)
    assert StudySession.objects.get().duration.total_seconds() == minutes * 60


def test_a_time_that_the_users_clock_skips_is_refused(as_alice: Caller, alice: User) -> None:
    times = {"start_time": "2025-03-30T02:30:00", "end_time": "2025-03-30T03:30:00"}
    response = as_alice.post("/sessions", {"subject_id": make_subject(alice).pk, **times})
    assert refusals(response) == [("start_time", "nonexistent")]
    assert "Europe/Berlin" in response.json()["errors"][0]["detail"]
