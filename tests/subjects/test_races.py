"""Writes to subjects at the same time (contract 1 and 3): nothing is lost, nothing comes back, nothing is a 500."""

from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from subjects.models import Subject
from tests.conftest import Caller, invalid
from tests.factories import make_subject
from tests.threads import at_once

ROUNDS = 20


def test_of_equal_names_at_once_one_is_taken(as_alice: Caller) -> None:
    """Asking first whether a name is free lets several find it so; the database's refusal is then a 500."""
    for number in range(ROUNDS):
        names = [f"Algebra {number}", f"ALGEBRA {number}", f"algebra {number}", f"aLGEBRA {number}"]
        answers = at_once(*(partial(as_alice.post, "/subjects", {"name": name}) for name in names))
        assert sorted(answer.status_code for answer in answers) == [201, 400, 400, 400]
        taken = invalid("name", "unique", "You have a subject of this name already.")
        assert [answer.json() for answer in answers if answer.status_code == 400] == [taken] * 3
    assert Subject.objects.count() == ROUNDS


def test_of_twenty_equal_names_at_once_one_is_taken(as_alice: Caller) -> None:
    answers = at_once(*[partial(as_alice.post, "/subjects", {"name": "Algebra"})] * 20)
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 19
    assert Subject.objects.count() == 1


def test_of_changes_to_one_name_at_once_one_is_made(as_alice: Caller, alice: User) -> None:
    one, other = make_subject(alice, "One"), make_subject(alice, "Other")
    for number in range(ROUNDS):
        body = {"name": f"Algebra {number}"}
        answers = at_once(*(partial(as_alice.patch, f"/subjects/{pk}", body) for pk in (one.pk, other.pk)))
        assert sorted(answer.status_code for answer in answers) == [200, 400]


def test_changes_of_different_fields_at_once_all_survive(as_alice: Caller, alice: User) -> None:
    """save() writes every column: what was read before the other change overwrites it."""
    address = f"/subjects/{make_subject(alice).pk}"
    for number in range(1, ROUNDS + 1):
        changes: list[dict[str, Any]] = [
            {"name": f"Algebra {number}"},
            {"description": f"Rings {number}"},
            {"total_hours_goal": number},
        ]
        answers = at_once(*(partial(as_alice.patch, address, change) for change in changes))
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert Subject.objects.filter(**(changes[0] | changes[1] | changes[2])).exists()


@pytest.mark.parametrize(("method", "pairs"), [("patch", 200), ("put", ROUNDS)])
def test_what_is_deleted_while_it_is_changed_does_not_come_back(
    as_alice: Caller, alice: User, method: str, pairs: int
) -> None:
    """save() falls back to INSERT when there is nothing to UPDATE."""
    for number in range(pairs):
        address = f"/subjects/{make_subject(alice, f'Algebra {number}').pk}"
        deleted, changed = at_once(
            partial(as_alice.delete, address), partial(getattr(as_alice, method), address, {"name": "Back"})
        )
        assert deleted.status_code == 204
        assert changed.status_code in {200, 404}
        assert not Subject.objects.exists()


def test_of_deletions_at_once_one_finds_something(as_alice: Caller, alice: User) -> None:
    for _ in range(ROUNDS):
        address = f"/subjects/{make_subject(alice).pk}"
        answers = at_once(*[partial(as_alice.delete, address)] * 3)
        assert sorted(answer.status_code for answer in answers) == [204, 404, 404]


def test_of_two_changes_of_what_both_have_seen_one_is_made(as_alice: Caller, alice: User) -> None:
    """Comparing the tag before the lock is taken makes both changes."""
    address = f"/subjects/{make_subject(alice).pk}"
    for number in range(ROUNDS):
        seen = as_alice.get(address)["ETag"]
        changes = [{"description": f"One {number}"}, {"description": f"Other {number}"}]
        answers = at_once(*(partial(as_alice.patch, address, change, HTTP_IF_MATCH=seen) for change in changes))
        assert sorted(answer.status_code for answer in answers) == [200, 412]


def test_updates_of_the_same_rows_in_another_order_wait_for_each_other(alice: User) -> None:
    """Locking the rows and not their owner first lets each wait for the other, until PostgreSQL ends one."""
    rows = make_subject(alice, "One"), make_subject(alice, "Other")
    both_are_there = Barrier(2)

    def update(*subjects: Subject) -> None:
        with transaction.atomic():
            for subject in subjects:
                Subject.objects.filter(pk=subject.pk).update(description="Rings")
                with suppress(BrokenBarrierError):
                    both_are_there.wait(timeout=0.5)

    at_once(partial(update, *rows), partial(update, *reversed(rows)))
    assert Subject.objects.filter(description="Rings").count() == 2
