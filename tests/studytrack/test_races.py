"""Kept answers and changes at once: nobody who was told of a change reads what was before it (contract 1)."""

import pytest
from django.core.cache import cache
from django.db import transaction

from accounts.models import User
from studytrack.api.stamps import stamp_key
from subjects.models import Subject
from tests.conftest import Caller
from tests.factories import make_subject, make_user
from tests.studytrack.conftest import in_thread, meanwhile, name_of, raw, rename


@pytest.fixture
def algebra(alice: User) -> Subject:
    return make_subject(alice, "Algebra")


def test_what_a_slow_reader_keeps_is_never_used(as_alice: Caller, algebra: Subject) -> None:
    """Where the answers themselves are deleted after the commit, a reader who began before it stores the old one."""
    with meanwhile("subjects_subject", lambda: rename(algebra, "Geometry")):
        assert name_of(as_alice, algebra) == "Algebra"
    as_alice.get("/sessions")
    assert [name_of(as_alice, algebra) for _ in range(2)] == ["Geometry", "Geometry"]


def test_nor_if_another_reader_has_overtaken(as_alice: Caller, algebra: Subject) -> None:
    """Where the stamp is read when the answer is kept, the old answer gets the new stamp."""

    def rename_and_read() -> None:
        rename(algebra, "Geometry")
        assert name_of(as_alice, algebra) == "Geometry"

    with meanwhile("subjects_subject", rename_and_read):
        assert name_of(as_alice, algebra) == "Algebra"
    assert [name_of(as_alice, algebra) for _ in range(2)] == ["Geometry", "Geometry"]


def test_what_a_slow_reader_of_a_list_keeps_is_never_used(as_alice: Caller, alice: User) -> None:
    with meanwhile("subjects_subject", lambda: make_subject(alice)):
        assert as_alice.get("/subjects").json()["count"] == 0
    assert as_alice.get("/subjects").json()["count"] == 1


@pytest.mark.parametrize("which", ["stamp", "sign-in", "subject", "*"])
def test_nor_if_the_cache_evicts_meanwhile(as_alice: Caller, algebra: Subject, which: str) -> None:
    def evict_and_rename() -> None:
        evict(algebra, which)
        rename(algebra, "Geometry")
        evict(algebra, which)

    name_of(as_alice, algebra)
    evict(algebra, "subject:")
    with meanwhile("subjects_subject", evict_and_rename):
        assert name_of(as_alice, algebra) == "Algebra"
    assert [name_of(as_alice, algebra) for _ in range(2)] == ["Geometry", "Geometry"]


def evict(subject: Subject, which: str) -> None:
    client = cache.client.get_client()  # type: ignore[attr-defined]
    client.delete(*(client.keys(f"user:{subject.owner_id}:{which}*") or ["nothing"]))


def test_a_slow_reader_does_not_revive_a_sign_in(as_alice: Caller, alice: User) -> None:
    """It was alive when it was looked at, and is seen alive only after it has ended."""
    elsewhere = Caller(alice)
    logout = {"refresh": elsewhere.tokens["refresh"]}
    with meanwhile("accounts_signin", lambda: as_alice.post("/auth/logout", logout)):
        assert elsewhere.get("/subjects").status_code == 200
    assert as_alice.get("/subjects").status_code == 200
    assert elsewhere.get("/subjects").status_code == 401


def test_a_slow_reader_leaves_nothing_for_whoever_has_the_id_next(as_alice: Caller, alice: User) -> None:
    alice_id = alice.pk
    make_subject(alice, "Secret")
    with meanwhile("subjects_subject", lambda: User.objects.get(pk=alice_id).delete()):
        assert as_alice.get("/subjects").json()["count"] == 1
    assert raw().keys(f"user:{alice_id}:*") == []
    assert Caller(make_user("dora", id=alice_id)).get("/subjects").json()["count"] == 0


def test_a_change_is_forgotten_only_when_it_is_committed(as_alice: Caller, algebra: Subject) -> None:
    """Where it is forgotten in post_save, a reader before the commit keeps the old answer for five minutes."""
    with transaction.atomic():
        rename(algebra, "Geometry")
        assert in_thread(lambda: name_of(as_alice, algebra)) == "Algebra"
    assert name_of(as_alice, algebra) == "Geometry"


@pytest.mark.parametrize("inner_rolls_back", [True, False])
@pytest.mark.parametrize("outer_rolls_back", [True, False])
def test_savepoints(as_alice: Caller, algebra: Subject, inner_rolls_back: bool, outer_rolls_back: bool) -> None:
    """A change is forgotten if it, and all that it was made in, is committed."""
    name_of(as_alice, algebra)
    with transaction.atomic():
        with transaction.atomic():
            rename(algebra, "Geometry")
            transaction.set_rollback(inner_rolls_back)
        transaction.set_rollback(outer_rolls_back)
    is_changed = not inner_rolls_back and not outer_rolls_back
    assert (cache.get(stamp_key(algebra.owner_id)) is None) == is_changed
    assert name_of(as_alice, algebra) == ("Geometry" if is_changed else "Algebra")
    assert (cache.get(stamp_key(algebra.owner_id)) is not None) == is_changed  # the mark is ended with the request


def test_a_change_beside_one_that_is_rolled_back_is_not_overlooked(as_alice: Caller, algebra: Subject) -> None:
    """Where one forgetting per transaction is enough, it can be the one that is rolled back."""
    name_of(as_alice, algebra)
    with transaction.atomic():
        with transaction.atomic():
            rename(algebra, "Geometry")
            transaction.set_rollback(True)
        rename(algebra, "Logic")
    assert name_of(as_alice, algebra) == "Logic"
