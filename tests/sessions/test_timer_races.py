"""One timer, told by several devices at the same time (contract 4)."""

from datetime import timedelta
from functools import partial
from itertools import chain

import pytest
from django.utils import timezone

from accounts.models import User
from sessions.models import StudySession
from tests.conftest import Caller
from tests.factories import make_session, make_subject
from tests.threads import at_once


@pytest.fixture
def running(alice: User) -> StudySession:
    an_hour_ago = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    return make_session(make_subject(alice), an_hour_ago, end_time=None)


def test_of_a_hundred_starts_at_once_one_is_made(as_alice: Caller, alice: User) -> None:
    """From ten devices, ten each. Looking first whether something runs lets several find that nothing does."""
    body = {"subject_id": make_subject(alice).pk}
    devices = at_once(*10 * [lambda: [as_alice.post("/sessions/start", body) for _ in range(10)]])
    answers = list(chain(*devices))
    assert sorted(answer.status_code for answer in answers) == [201] + 99 * [409]
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    named = {(answer["code"], answer["running"]["id"]) for answer in refused}
    assert named == {("timer_running", StudySession.objects.get(end_time=None).pk)}


def test_of_switches_at_once_each_stops_the_one_before(as_alice: Caller, running: StudySession) -> None:
    switch = partial(as_alice.post, "/sessions/start", {"subject_id": running.subject_id, "switch": True})
    assert [answer.status_code for answer in at_once(*10 * [switch])] == 10 * [201]
    assert (StudySession.objects.count(), StudySession.objects.running().count()) == (11, 1)


def test_several_devices_stop_at_once(as_alice: Caller, running: StudySession) -> None:
    """Each with an end of its own: the first is kept, and all are told of it."""
    ends = [f"{running.start_time + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}" for minute in range(10, 20)]
    stop = partial(as_alice.post, f"/sessions/{running.pk}/stop")
    answers = at_once(*(partial(stop, {"end_time": end}) for end in ends))
    end = f"{StudySession.objects.get().end_time:%Y-%m-%dT%H:%M:%SZ}"
    assert end in ends
    assert [(answer.status_code, answer.json()["end_time"]) for answer in answers] == 10 * [(200, end)]


def test_of_two_who_settle_at_once_one_does(as_alice: Caller, running: StudySession) -> None:
    resolve = partial(as_alice.post, f"/sessions/{running.pk}/resolve")
    kept, discarded = at_once(partial(resolve, {"action": "keep"}), partial(resolve, {"action": "discard"}))
    assert (kept.status_code, discarded.status_code) in {(200, 409), (404, 204)}
    assert StudySession.objects.exists() == (kept.status_code == 200)
