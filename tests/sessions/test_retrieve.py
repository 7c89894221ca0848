"""GET /sessions/{id} (contract 4)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from tests.conftest import NOT_AUTHENTICATED, NOT_FOUND, Caller
from tests.factories import MONDAY, make_session, make_subject
from tests.sessions.bodies import session_body

pytestmark = pytest.mark.everywhere


def test_a_session_is_shown(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice), minutes=150, notes="Rings", source="import")
    response = as_alice.get(f"/sessions/{session.pk}")
    assert response.status_code == 200
    assert response.json() == session_body(
        session, end_time="2026-03-02T16:30:00Z", duration_minutes=150, notes="Rings", source="import"
    )


def test_a_journey_does_not_rewrite_the_past(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice), MONDAY + timedelta(hours=10))
    alice.time_zone, alice.day_start_hour = "Asia/Kathmandu", 4
    alice.save()
    body = as_alice.get(f"/sessions/{session.pk}").json()
    assert (body["study_date"], body["time_zone"]) == ("2026-03-03", "Europe/Berlin")


@pytest.mark.parametrize(("hours", "forgotten"), [(11, False), (13, True)])
def test_a_running_session_has_no_end_and_may_be_forgotten(
    as_alice: Caller, alice: User, hours: int, forgotten: bool
) -> None:
    start = timezone.now().replace(microsecond=0) - timedelta(hours=hours)
    session = make_session(make_subject(alice), start, end_time=None)
    body = as_alice.get(f"/sessions/{session.pk}").json()
    assert (body["end_time"], body["duration_minutes"], body["needs_review"]) == (None, None, forgotten)


def test_nobody_sees_nothing(anonymous: Caller, alice: User) -> None:
    response = anonymous.get(f"/sessions/{make_session(make_subject(alice)).pk}")
    assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)


def test_a_strangers_session_is_not_there(as_charlie: Caller, alice: User) -> None:
    session = make_session(make_subject(alice))
    hidden, missing = (as_charlie.get(f"/sessions/{session.pk + more}") for more in (0, 1))
    assert (hidden.status_code, hidden.json()) == (404, NOT_FOUND)
    assert hidden.content == missing.content


@pytest.mark.parametrize("spelling", ["0{}", "{}/", "{}.0", "{}.json", "%20{}", "٣", "0"])
def test_an_id_has_one_spelling(as_alice: Caller, alice: User, spelling: str) -> None:
    session = make_session(make_subject(alice))
    response = as_alice.get("/sessions/" + spelling.format(session.pk))
    assert (response.status_code, response.json()) == (404, NOT_FOUND)
