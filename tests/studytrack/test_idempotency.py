"""Idempotency-Key: what creates may be sent again (contract 1, idempotency)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from accounts.first_answers import FirstAnswer
from accounts.models import User
from sessions.models import StudySession
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, REQUEST_ID, Caller, invalid, problem, refusals
from tests.factories import MONDAY, PASSWORD, make_session, make_subject
from tests.sessions.bodies import hour, session_body
from tests.studytrack.conftest import Browser
from tests.subjects.bodies import subject_body

pytestmark = pytest.mark.everywhere

KEY = "7d1f7a0e-52b5-4a53-9f0e-3a3b8a1b7c55"
REUSED = problem(422, "error", "Unprocessable Content", "This key has been used for another request. Take a new one.")
REPLAYED = "Idempotent-Replayed"


def create(caller: Caller, key: str = KEY, /, path: str = "/subjects", **body: Any) -> Any:
    return caller.post(path, body or {"name": "Algebra"}, HTTP_IDEMPOTENCY_KEY=key)


def grow_old(hours: int, **more: int) -> None:
    """As if all keys had been used so long ago."""
    FirstAnswer.objects.update(created_at=timezone.now() - timedelta(hours=hours, **more))


def test_a_repeat_is_answered_as_the_first_time(as_alice: Caller) -> None:
    first, again = create(as_alice), create(as_alice)
    subject = Subject.objects.get()
    assert (first.status_code, first.json()) == (201, subject_body(subject))
    assert REPLAYED not in first
    assert (again.status_code, again[REPLAYED], again.content) == (201, "true", first.content)
    assert again["Location"] == first["Location"] == f"/subjects/{subject.pk}"


def test_so_it_is_with_sessions(as_alice: Caller, alice: User) -> None:
    body = {"subject_id": make_subject(alice).pk, **hour(14, 15), "notes": "Ringe & Körper"}
    first, again = (create(as_alice, path="/sessions", **body) for _ in range(2))
    session = StudySession.objects.get()
    assert (first.status_code, first.json()) == (201, session_body(session, notes="Ringe & Körper"))
    assert (again.status_code, again[REPLAYED], again.content) == (201, "true", first.content)
    assert again["Location"] == first["Location"] == f"/sessions/{session.pk}"


def test_a_repeat_is_a_request_of_its_own(as_alice: Caller) -> None:
    first = create(as_alice)
    as_alice.defaults["HTTP_X_REQUEST_ID"] = "another-request"
    again = create(as_alice)
    assert (first["X-Request-ID"], again["X-Request-ID"]) == (REQUEST_ID, "another-request")
    assert b"another-request" not in again.content


def test_what_has_happened_since_changes_nothing_of_it(as_alice: Caller, alice: User) -> None:
    first = create(as_alice)
    assert as_alice.delete(first["Location"]).status_code == 204
    assert create(as_alice).content == first.content
    assert not alice.subjects.exists()


@pytest.mark.parametrize(
    "spelling", ['{"status":"active","name":"Algebra"}', '{"name": "Al\\u0067ebra", "status": "active"}']
)
def test_the_same_body_may_be_spelled_otherwise(as_alice: Caller, spelling: str) -> None:
    first = create(as_alice, name="Algebra", status="active")
    again = as_alice.generic("POST", "/subjects", spelling, "application/json", HTTP_IDEMPOTENCY_KEY=KEY)
    assert (again.status_code, again[REPLAYED], again.content) == (201, "true", first.content)


@pytest.mark.parametrize(
    "other",
    [{"name": "Botany"}, {"name": "algebra"}, {"name": "Algebra", "status": "active"}, {"name": ["Algebra"]}],
    ids=str,
)
def test_with_another_body_a_key_is_refused(as_alice: Caller, other: dict[str, Any]) -> None:
    first = create(as_alice)
    refused = create(as_alice, **other)
    assert (refused.status_code, refused.json()) == (422, REUSED)
    assert [shown.name for shown in Subject.objects.all()] == ["Algebra"]
    assert create(as_alice).content == first.content


def test_what_only_python_takes_for_the_same_is_another_body(as_alice: Caller) -> None:
    """1 == True == 1.0 in Python, and the second is refused as a number of hours."""
    create(as_alice, name="Algebra", total_hours_goal=1)
    others = [create(as_alice, name="Algebra", total_hours_goal=goal) for goal in (True, 1.0, "1")]
    assert [refused.status_code for refused in others] == [422, 422, 422]


def test_at_another_address_a_key_is_refused(as_alice: Caller, alice: User) -> None:
    body = {"name": "Analysis", "subject_id": make_subject(alice).pk, **hour(14, 15)}
    assert create(as_alice, path="/subjects", **body).status_code == 201
    refused = create(as_alice, path="/sessions", **body)
    assert (refused.status_code, refused.json()) == (422, REUSED)
    assert not StudySession.objects.exists()


def test_a_key_is_one_users(as_alice: Caller, as_charlie: Caller, alice: User, charlie: User) -> None:
    hers, his = create(as_alice), create(as_charlie)
    assert (his.status_code, REPLAYED in his) == (201, False)
    assert (hers.json(), his.json()) == (subject_body(alice.subjects.get()), subject_body(charlie.subjects.get()))
    assert create(as_alice).content == hers.content


def test_keys_differ_by_case(as_alice: Caller) -> None:
    answers = [create(as_alice, key, name=name) for key, name in (("key", "Algebra"), ("KEY", "Botany"))]
    assert [(answer.status_code, REPLAYED in answer) for answer in answers] == [(201, False)] * 2


def test_a_400_may_be_sent_again_with_a_better_body(as_alice: Caller) -> None:
    assert refusals(create(as_alice, name="")) == [("name", "blank")]
    better = create(as_alice)
    assert (better.status_code, REPLAYED in better) == (201, False)
    assert create(as_alice)[REPLAYED] == "true"


def test_a_409_may_be_sent_again_when_nothing_is_in_the_way(as_alice: Caller, alice: User) -> None:
    subject = make_subject(alice)
    in_the_way = make_session(subject)
    body = {"subject_id": subject.pk, **hour(14, 15)}
    refused = create(as_alice, path="/sessions", **body)
    assert (refused.status_code, refused.json()["code"]) == (409, "overlap")
    in_the_way.delete()
    assert create(as_alice, path="/sessions", **body).status_code == 201


@pytest.mark.parametrize(("age", "is_given_again"), [({"hours": 24, "seconds": -10}, True), ({"hours": 24}, False)])
def test_after_24_hours_a_key_is_new(as_alice: Caller, alice: User, age: dict[str, int], is_given_again: bool) -> None:
    first = create(as_alice)
    alice.subjects.all().delete()
    grow_old(**age)
    again = create(as_alice)
    assert (again.status_code, REPLAYED in again) == (201, is_given_again)
    assert (again.content == first.content) == is_given_again
    assert alice.subjects.exists() != is_given_again


def test_the_24_hours_end_for_asking_and_for_keeping_at_the_same_instant(alice: User) -> None:
    """An answer that is not given again and not deleted either stands in the way of the next."""
    then = MONDAY + timedelta(hours=24)
    for now in (MONDAY, then):
        assert alice.first_answer(KEY, now) is None
        alice.keep_first_answer(KEY, now, fingerprint="", status=201, location="", body="{}")
    assert alice.first_answer(KEY, then + timedelta(hours=24) - timedelta(microseconds=1)) is not None


def test_then_it_may_stand_for_another_request(as_alice: Caller) -> None:
    create(as_alice)
    grow_old(hours=24)
    assert [create(as_alice, name="Botany").get(REPLAYED) for _ in range(2)] == [None, "true"]


def test_old_answers_go_when_a_new_one_is_kept(as_alice: Caller, alice: User, as_charlie: Caller) -> None:
    create(as_alice, "one", name="One")
    create(as_charlie)
    grow_old(hours=24)
    create(as_alice, "two", name="Two")
    create(as_alice, "three", name="Three")
    assert {answer.key for answer in alice.first_answers.all()} == {"two", "three"}
    assert FirstAnswer.objects.count() == 3  # charlie's goes when he comes back


@pytest.mark.parametrize("key", [" ", "x", "x" * 255, "!~ \"\\'%s{}"])
def test_a_key_is_printable_ascii(as_alice: Caller, key: str) -> None:
    assert [create(as_alice, key).get(REPLAYED) for _ in range(2)] == [None, "true"]


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "a\tb", "a\x7fb", "a\x00b", "key\n"])
def test_anything_else_is_refused(as_alice: Caller, key: str) -> None:
    response = create(as_alice, key)
    refused = invalid("Idempotency-Key", "invalid", "A key is 1 to 255 printable ASCII characters.")
    assert (response.status_code, response.json()) == (400, refused)
    assert not Subject.objects.exists()


def test_nobody_creates_nothing(as_alice: Caller, anonymous: Caller) -> None:
    create(as_alice)
    refused = create(anonymous)
    assert (refused.status_code, refused.json()) == (401, NOT_AUTHENTICATED)


def test_without_a_key_nothing_is_kept(as_alice: Caller) -> None:
    assert as_alice.post("/subjects", {"name": "Algebra"}).status_code == 201
    assert refusals(as_alice.post("/subjects", {"name": "Algebra"})) == [("name", "unique")]
    assert not FirstAnswer.objects.exists()


def test_other_requests_have_no_use_for_a_key(as_alice: Caller, anonymous: Caller) -> None:
    ada = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}
    assert [create(anonymous, "", path="/auth/register", **ada).status_code for _ in range(2)] == [201, 400]
    address = create(as_alice)["Location"]
    changed = as_alice.patch(address, {"name": "Botany"}, HTTP_IDEMPOTENCY_KEY=KEY)
    assert (changed.status_code, changed.json()["name"], REPLAYED in changed) == (200, "Botany", False)


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_forms_of_a_browser_may_have_one(browser: Browser, alice: User, accept: str) -> None:
    """The body of such a form has been read when the view is asked, and a file in it is not JSON."""
    browser.defaults |= {"HTTP_IDEMPOTENCY_KEY": KEY, "HTTP_ACCEPT": accept}
    form = encode_multipart(BOUNDARY, {"name": "Algebra", "file": SimpleUploadedFile("notes.txt", b"Rings")})
    first, again = (browser.send(form, MULTIPART_CONTENT) for _ in range(2))
    assert (first.status_code, again.status_code, again.get(REPLAYED)) == (201, 201, "true")
    assert alice.subjects.get().name == "Algebra"
    assert b"Algebra" in again.content


@contextmanager
def no_answer_can_be_kept() -> Iterator[None]:
    """The database fails after a thing has been created, and before its answer is kept."""

    def failing(execute: Any, sql: str, *more: Any) -> Any:
        if sql.startswith('INSERT INTO "accounts_firstanswer"'):
            assert Subject.objects.exists()
            raise OperationalError("gone")
        return execute(sql, *more)

    with connection.execute_wrapper(failing):
        yield


def test_what_fails_on_the_way_leaves_nothing(as_alice: Caller) -> None:
    """Keeping the answer in a transaction of its own leaves the thing without its answer: the repeat is a second."""
    as_alice.raise_request_exception = False
    with no_answer_can_be_kept():
        assert create(as_alice).status_code == 503
    assert not Subject.objects.exists()
    again = create(as_alice)
    assert (again.status_code, REPLAYED in again) == (201, False)
