"""Whatever stands in Redis, or stands there no more, answers are right."""

import pickle

import pytest

from accounts.models import User
from tests.conftest import Caller
from tests.factories import make_subject
from tests.studytrack.conftest import is_kept, kept_keys, raw

JUNK = [
    b"",
    b"12345",
    b"-1",
    b"9" * 5000,
    b"null",
    b"{}",
    b"\xff\xfe\x00",
    b"[1, 2]",
    pickle.dumps({"old": 1}),
    b"\n{}",
]


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
@pytest.mark.parametrize("which", ["stamp", "sign-in", "subjects"])
def test_junk_is_never_an_answer(as_alice: Caller, alice: User, which: str, junk: bytes) -> None:
    make_subject(alice)
    right = as_alice.get("/subjects").json()
    (key,) = raw().keys(f"user:{alice.pk}:{which}*")
    raw().set(key, junk)
    assert [(each.status_code, each.json()) for each in (as_alice.get("/subjects") for _ in range(3))] == [
        (200, right)
    ] * 3
    make_subject(alice, "Geometry")
    assert as_alice.get("/subjects").json()["count"] == 2


@pytest.mark.parametrize("which", ["stamp", "sign-in", "subjects", "*"])
def test_whatever_is_evicted_the_answers_stay_right(as_alice: Caller, alice: User, which: str) -> None:
    as_alice.get("/subjects")
    evict(alice, which)
    assert as_alice.get("/subjects").json()["count"] == 0
    make_subject(alice)
    evict(alice, which)
    assert [as_alice.get("/subjects").json()["count"] for _ in range(2)] == [1, 1]
    assert is_kept(as_alice, "/subjects")


def evict(user: User, which: str) -> None:
    raw().delete(*(raw().keys(f"user:{user.pk}:{which}*") or ["nothing"]))


def test_a_stamp_that_was_evicted_does_not_come_back(as_alice: Caller, alice: User) -> None:
    """A counter begins again at one, and answers that were kept at the first one are good again."""
    as_alice.get("/subjects")
    old = {key: raw().get(key) for key in kept_keys()}
    evict(alice, "stamp")
    make_subject(alice)
    as_alice.get("/sessions")
    for key in kept_keys():
        raw().set(key, old.get(key, b""))
    assert as_alice.get("/subjects").json()["count"] == 1


@pytest.mark.parametrize("which", ["stamp", "keys", "sign-in", "subjects"])
@pytest.mark.parametrize("kind", ["list", "hash"])
def test_what_is_no_text_is_no_answer_and_no_error(as_alice: Caller, alice: User, which: str, kind: str) -> None:
    """GET, but not MGET, is an error then; and after an error nothing is kept for seconds."""
    as_alice.get("/subjects")
    (key,) = raw().keys(f"user:{alice.pk}:{which}*")
    raw().delete(key)
    raw().rpush(key, "a") if kind == "list" else raw().hset(key, "a", "b")
    assert as_alice.get("/subjects").json()["count"] == 0
    make_subject(alice)
    assert [as_alice.get("/subjects").json()["count"] for _ in range(2)] == [1, 1]
    assert is_kept(as_alice, "/subjects")
    assert as_alice.delete("/auth/me", {"password": "correct horse 1"}).status_code == 204
    assert raw().keys(f"user:{alice.pk}:*") == []
