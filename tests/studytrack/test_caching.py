"""Which answers are kept, under which keys, for whom, and until when (contract 1, 8)."""

import json
import pickle
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from studytrack.api.conditional import entity_tag
from studytrack.api.stamps import stamp_key
from subjects.models import Subject
from tests.conftest import BAD_TOKEN, NOT_FOUND, Caller
from tests.factories import make_session, make_subject, make_subjects, make_user
from tests.servers import Server
from tests.studytrack.conftest import Browser


def redis_client() -> Any:
    return cache.client.get_client()  # type: ignore[attr-defined]


def keys(pattern: str = "user:*") -> set[str]:
    """The keys of answers, without stamps, lists of keys and sign-ins."""
    found = {key.decode() for key in redis_client().keys(pattern)}
    return {key for key in found if not key.endswith((":stamp", ":keys")) and ":sign-in:" not in key}


def ask(caller: Caller, address: str, **more: Any) -> tuple[int, Any]:
    """How many queries an answer took, and the answer."""
    with CaptureQueriesContext(connection) as captured:
        response = caller.get(address, **more)
    return len(captured), response


def is_kept(caller: Caller, address: str) -> bool:
    return ask(caller, address)[0] == 0


def test_the_keys_are_readable(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice))
    subject_id = session.subject_id
    addresses = [f"/subjects/{subject_id}", f"/sessions/{session.pk}", "/subjects", "/sessions?per_page=3&page=2"]
    assert [as_alice.get(address).status_code for address in addresses] == [200] * 4
    assert keys() == {
        f"user:{alice.pk}:subject:{subject_id}",
        f"user:{alice.pk}:session:{session.pk}",
        f"user:{alice.pk}:subjects:page:1:per_page:10",
        f"user:{alice.pk}:sessions:page:2:per_page:3",
    }


def test_the_keys_of_statistics_are_readable(as_alice: Caller, alice: User) -> None:
    addresses = ["/stats/summary", "/stats/summary?group_by=week&fill=true", "/stats/today", "/stats/year/2026"]
    assert [as_alice.get(address).status_code for address in addresses] == [200] * 4
    assert keys() == {
        f"user:{alice.pk}:stats:summary",
        f"user:{alice.pk}:stats:summary:fill=true&group_by=week",
        f"user:{alice.pk}:stats:today",
        f"user:{alice.pk}:stats:year/2026",
    }


def test_an_answer_is_kept_for_five_minutes(as_alice: Caller, alice: User, settings: Any) -> None:
    as_alice.get("/subjects")
    assert redis_client().ttl(f"user:{alice.pk}:subjects:page:1:per_page:10") in (299, 300)
    settings.ANSWER_TTL_SECONDS = 7
    as_alice.get("/sessions")
    assert redis_client().ttl(f"user:{alice.pk}:sessions:page:1:per_page:10") in (6, 7)


def test_the_order_of_the_filters_makes_no_other_key(as_alice: Caller, alice: User) -> None:
    first = as_alice.get("/subjects?status=active&page=1&search=a%20b&per_page=5")
    assert is_kept(as_alice, "/subjects?per_page=5&search=a+b&page=1&status=active")
    assert keys() == {f"user:{alice.pk}:subjects:page:1:per_page:5:search=a+b&status=active"}
    assert first.json()["count"] == 0


@pytest.mark.parametrize(
    ("one", "other"), [("?status=active", "?status=archived"), ("?search=a", "?search=b"), ("", "?ordering=name")]
)
def test_other_filters_are_other_answers(as_alice: Caller, one: str, other: str) -> None:
    as_alice.get(f"/subjects{one}")
    assert not is_kept(as_alice, f"/subjects{other}")


@pytest.mark.parametrize("address", ["/subjects", "/sessions", "/subjects/{}", "/sessions/{}", "/subjects?page=2"])
@pytest.mark.everywhere
def test_a_kept_answer_is_the_same_without_a_query(as_alice: Caller, alice: User, address: str) -> None:
    session = make_session(make_subject(alice))
    address = address.format(session.pk if "sessions" in address else session.subject_id)
    new = as_alice.get(address)
    spent, kept = ask(as_alice, address)
    assert (spent, kept.status_code, kept.content) == (0, 200, new.content)
    assert kept["Content-Type"] == new["Content-Type"] == "application/json"


@pytest.mark.everywhere
def test_one_kept_answer_serves_every_host_name(as_alice: Caller, alice: User) -> None:
    make_subjects(alice, 11)
    new = as_alice.get("/subjects", HTTP_HOST="localhost")
    spent, kept = ask(as_alice, "/subjects", HTTP_HOST="127.0.0.1:8000")
    assert (spent, kept.content) == (0, new.content)
    assert kept.json()["next"] == "/subjects?page=2&per_page=10"


@pytest.mark.everywhere
def test_a_wrong_host_gets_nothing_that_is_kept(as_alice: Caller) -> None:
    as_alice.get("/subjects")
    assert as_alice.get("/subjects", HTTP_HOST="evil.example").status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/auth/me",
        "/",
        "/subjects/999999",
        "/subjects?per_page=101",
        "/subjects?page=0",
        "/subjects?ordering=owner",
        f"/subjects?search={'x' * 121}",
    ],
)
def test_nothing_else_is_kept(as_alice: Caller, address: str) -> None:
    as_alice.get(address)
    assert keys() == set()


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/png", "application/json;q=0.5", ""])
def test_only_plain_json_comes_from_the_cache(as_alice: Caller, accept: str) -> None:
    as_alice.get("/subjects")
    answers = [as_alice.get("/subjects", HTTP_ACCEPT=accept)]
    cache.clear()
    answers.append(as_alice.get("/subjects", HTTP_ACCEPT=accept))
    assert answers[0].status_code == answers[1].status_code
    assert answers[0]["Content-Type"] == answers[1]["Content-Type"]


@pytest.mark.everywhere
def test_strangers_share_nothing(as_alice: Caller, as_charlie: Caller, alice: User) -> None:
    address = f"/subjects/{make_subject(alice).pk}"
    assert as_alice.get(address).status_code == 200
    assert (as_charlie.get(address).status_code, as_charlie.get(address).json()) == (404, NOT_FOUND)


@pytest.mark.everywhere
@pytest.mark.parametrize(
    "credentials", ["", "Bearer", "Bearer guess", "Basic YTpi", "Bearer  {}", "Bearer {} x", "{}"]
)
def test_without_a_good_token_nothing_that_is_kept_is_given(as_alice: Caller, credentials: str) -> None:
    as_alice.get("/subjects")
    as_alice.credentials(HTTP_AUTHORIZATION=credentials.format(as_alice.tokens["access"]))
    expected = 200 if credentials == "Bearer  {}" else 401  # one header, spelled with two spaces
    assert as_alice.get("/subjects").status_code == expected


def test_a_browser_session_is_not_served_from_the_cache(browser: Browser, as_alice: Caller) -> None:
    as_alice.get("/subjects")
    with CaptureQueriesContext(connection) as captured:
        assert browser.get("/subjects").status_code == 200
    assert len(captured) > 0


@pytest.mark.everywhere
def test_an_expired_token_gets_nothing_that_is_kept(as_alice: Caller) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=29), tick=False):
        as_alice.get("/subjects")
        assert is_kept(as_alice, "/subjects")
    with time_machine.travel(timezone.now() + timedelta(minutes=30, seconds=1), tick=False):
        assert (as_alice.get("/subjects").status_code, as_alice.get("/subjects").json()) == (401, BAD_TOKEN)


@pytest.mark.everywhere
def test_a_sign_in_that_ended_elsewhere_gets_nothing_that_another_has_kept(as_alice: Caller, alice: User) -> None:
    """A cache that knows only users would go on answering the stolen token for as long as the owner reads."""
    elsewhere = Caller(alice)
    assert [caller.get("/subjects").status_code for caller in (as_alice, elsewhere)] == [200, 200]
    assert as_alice.post("/auth/logout", {"refresh": elsewhere.tokens["refresh"]}).status_code == 204
    assert as_alice.get("/subjects").status_code == 200
    assert is_kept(as_alice, "/subjects")
    assert (elsewhere.get("/subjects").status_code, elsewhere.get("/subjects").json()) == (401, BAD_TOKEN)


@pytest.mark.everywhere
@pytest.mark.parametrize("end", ["logout", "logout_all", "deactivate", "password"])
def test_whoever_is_out_is_out_at_once(as_alice: Caller, alice: User, end: str) -> None:
    elsewhere = Caller(alice)
    assert elsewhere.get("/subjects").status_code == 200
    match end:
        case "logout":
            as_alice.post("/auth/logout", {"refresh": elsewhere.tokens["refresh"]})
        case "logout_all":
            as_alice.post("/auth/logout-all")
        case "password":
            as_alice.post("/auth/password", {"current_password": "correct horse 1", "new_password": "better horse 2"})
        case "deactivate":
            alice.is_active = False
            alice.save()
    assert elsewhere.get("/subjects").status_code == 401


@pytest.mark.everywhere
@pytest.mark.parametrize("address", ["/subjects", "/subjects/{subject}", "/sessions", "/sessions/{session}"])
@pytest.mark.parametrize("what", ["subject", "session"])
def test_after_a_change_the_next_answer_is_new(as_alice: Caller, alice: User, address: str, what: str) -> None:
    """A subject shows its sessions' totals, and a session its subject's name."""
    session = make_session(make_subject(alice))
    address = address.format(subject=session.subject_id, session=session.pk)
    assert "Geometry" not in as_alice.get(address).content.decode()
    if what == "subject":
        as_alice.patch(f"/subjects/{session.subject_id}", {"name": "Geometry"})
        assert "Geometry" in as_alice.get(address).content.decode()
    else:
        old = as_alice.get(address).content
        as_alice.patch(f"/sessions/{session.pk}", {"end_time": "2026-03-02T14:30:00Z"})
        assert as_alice.get(address).content != old


@pytest.mark.everywhere
def test_what_was_deleted_is_gone(as_alice: Caller, alice: User) -> None:
    session = make_session(make_subject(alice))
    addresses = [f"/subjects/{session.subject_id}", f"/sessions/{session.pk}"]
    assert [as_alice.get(address).status_code for address in addresses] == [200, 200]
    assert as_alice.delete(addresses[0]).status_code == 204
    assert [as_alice.get(address).status_code for address in addresses] == [404, 404]


@pytest.mark.everywhere
def test_writes_in_bulk_are_not_overlooked(as_alice: Caller, alice: User) -> None:
    """Django's signals do not fire for them."""
    seen = [as_alice.get("/subjects").json()["count"]]
    make_subjects(alice, 2)
    seen.append(as_alice.get("/subjects").json()["count"])
    Subject.objects.owned_by(alice).update(description="Changed")
    assert (seen, as_alice.get("/subjects").json()["results"][0]["description"]) == ([0, 2], "Changed")


@pytest.mark.everywhere
def test_one_users_changes_leave_the_others_answers(as_alice: Caller, charlie: User) -> None:
    as_alice.get("/subjects")
    make_subject(charlie)
    assert is_kept(as_alice, "/subjects")


@pytest.mark.everywhere
def test_after_a_change_that_is_rolled_back_answers_are_kept_as_before(as_alice: Caller, alice: User) -> None:
    """A writer's mark that nobody takes away keeps all readers from the cache for a minute."""
    as_alice.get("/subjects")
    with transaction.atomic():
        make_subject(alice)
        transaction.set_rollback(True)
    assert as_alice.get("/subjects").json()["count"] == 0  # any request ends what this thread has left
    as_alice.get("/subjects")
    assert is_kept(as_alice, "/subjects")


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
    (key,) = redis_client().keys(f"user:{alice.pk}:{which}*")
    redis_client().set(key, junk)
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
    redis_client().delete(*(redis_client().keys(f"user:{user.pk}:{which}*") or ["nothing"]))


def test_a_stamp_that_was_evicted_does_not_come_back(as_alice: Caller, alice: User) -> None:
    """A counter begins again at one, and answers that were kept at the first one are good again."""
    as_alice.get("/subjects")
    old = {key: redis_client().get(key) for key in keys()}
    evict(alice, "stamp")
    make_subject(alice)
    as_alice.get("/sessions")
    for key in keys():
        redis_client().set(key, old.get(key, b""))
    assert as_alice.get("/subjects").json()["count"] == 1


def test_an_account_leaves_nothing_in_the_cache(
    as_alice: Caller, as_charlie: Caller, alice: User, charlie: User
) -> None:
    for caller in (as_alice, as_charlie):
        caller.get("/subjects")
    assert as_alice.delete("/auth/me", {"password": "correct horse 1"}).status_code == 204
    assert redis_client().keys(f"user:{alice.pk}:*") == []
    assert keys() == {f"user:{charlie.pk}:subjects:page:1:per_page:10"}


def test_nor_does_its_token_afterwards(as_alice: Caller, alice: User) -> None:
    """The stamp is made before anybody has looked whether the account is still there."""
    as_alice.delete("/auth/me", {"password": "correct horse 1"})
    assert as_alice.get("/subjects").status_code == 401
    assert redis_client().keys(f"user:{alice.pk}:*") == []


def test_deleting_it_does_not_search_the_cache(redis: Server, as_alice: Caller, alice: User) -> None:
    """A search takes longer the more is kept of others: over a second for a hundred thousand keys."""
    as_alice.get("/subjects")
    redis_client().config_resetstat()
    as_alice.delete("/auth/me", {"password": "correct horse 1"})
    assert not {"cmdstat_scan", "cmdstat_keys"} & redis_client().info("commandstats").keys()


@pytest.mark.everywhere
def test_an_account_whose_id_begins_alike_keeps_its_answers(as_alice: Caller, alice: User) -> None:
    """Where `user:1` is erased by how keys begin, `user:10` goes along."""
    as_dora = Caller(make_user("dora", id=alice.pk * 10))
    as_dora.get("/subjects")
    as_alice.delete("/auth/me", {"password": "correct horse 1"})
    assert is_kept(as_dora, "/subjects")


SPELLINGS = [
    "",
    "?page=1",
    "?page=2",
    "?page=1&page=2",
    "?page=2&page=1",
    "?page=%31",
    "?page=1&per_page=10",
    "?PAGE=2",
]
SPELLINGS += [
    "?page=01",
    "?page=1%20",
    "?page=+1",
    "?page=",
    "?page=1.0",
    "?page=%D9%A1",
    "?per_page=1",
    "?page=11&per_page=1",
]


@pytest.mark.everywhere
def test_no_spelling_of_a_page_is_taken_for_another(as_alice: Caller, alice: User) -> None:
    make_subjects(alice, 11)

    def answers() -> list[tuple[int, Any]]:
        found = [as_alice.get(f"/subjects{spelling}") for spelling in SPELLINGS]
        return [(each.status_code, each.json()) for each in found]

    right = []
    for spelling in SPELLINGS:
        cache.clear()
        response = as_alice.get(f"/subjects{spelling}")
        right.append((response.status_code, response.json()))
    assert [answers(), answers()] == [right, right]


@pytest.mark.parametrize("which", ["stamp", "keys", "sign-in", "subjects"])
@pytest.mark.parametrize("kind", ["list", "hash"])
def test_what_is_no_text_is_no_answer_and_no_error(as_alice: Caller, alice: User, which: str, kind: str) -> None:
    """GET, but not MGET, is an error then; and after an error nothing is kept for seconds."""
    as_alice.get("/subjects")
    (key,) = redis_client().keys(f"user:{alice.pk}:{which}*")
    redis_client().delete(key)
    redis_client().rpush(key, "a") if kind == "list" else redis_client().hset(key, "a", "b")
    assert as_alice.get("/subjects").json()["count"] == 0
    make_subject(alice)
    assert [as_alice.get("/subjects").json()["count"] for _ in range(2)] == [1, 1]
    assert is_kept(as_alice, "/subjects")
    assert as_alice.delete("/auth/me", {"password": "correct horse 1"}).status_code == 204
    assert redis_client().keys(f"user:{alice.pk}:*") == []


@pytest.mark.everywhere
def test_an_id_that_is_used_again_inherits_nothing(as_alice: Caller, alice: User) -> None:
    alice_id = alice.pk
    make_subject(alice, "Secret")
    as_alice.get("/subjects")
    as_alice.delete("/auth/me", {"password": "correct horse 1"})
    as_dora = Caller(make_user("dora", id=alice_id))
    assert as_dora.get("/subjects").json()["count"] == 0
    assert as_alice.get("/subjects").status_code == 401


def test_what_is_kept_is_readable_for_operators(as_alice: Caller, alice: User) -> None:
    body = as_alice.get("/subjects").json()
    stamp, etag, kept = redis_client().get(keys().pop()).decode().split("\n", 2)
    assert (json.loads(kept), stamp) == (body, redis_client().get(stamp_key(alice.pk)).decode())
    assert etag == entity_tag(body)
