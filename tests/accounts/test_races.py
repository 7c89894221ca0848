"""What happens when accounts are opened, used and closed at the same time (contract 2)."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from accounts.sign_in_rows import SignIn
from tests.accounts.test_refresh import access_status, refresh
from tests.conftest import Caller, refusals
from tests.factories import PASSWORD, make_user
from tests.threads import at_once

REGISTRATIONS, USES = 20, 50


def by_status(responses: list[Any]) -> dict[int, list[Any]]:
    statuses = {response.status_code for response in responses}
    return {status: [r for r in responses if r.status_code == status] for status in sorted(statuses)}


def test_of_equal_registrations_at_once_one_wins_and_the_others_are_told_why(db: None) -> None:
    """Asking whether a name is free and then inserting is a 500 for all but one."""
    body = {"username": "alice", "email": "alice@example.org", "password": PASSWORD}
    answers = by_status(at_once(*[lambda: Caller().post("/auth/register", body)] * REGISTRATIONS))
    assert {status: len(responses) for status, responses in answers.items()} == {201: 1, 400: REGISTRATIONS - 1}
    for response in answers[400]:
        assert refusals(response) == [("username", "unique"), ("email", "unique")]
    assert User.objects.count() == 1


def test_of_names_changed_to_the_same_at_once_one_wins(as_alice: Caller, as_charlie: Caller) -> None:
    answers = by_status(
        at_once(
            lambda: as_alice.patch("/auth/me", {"username": "Queen"}),
            lambda: as_charlie.patch("/auth/me", {"username": "queen"}),
        )
    )
    assert {status: len(responses) for status, responses in answers.items()} == {200: 1, 400: 1}
    assert refusals(answers[400][0]) == [("username", "unique")]


def test_of_parallel_uses_of_a_refresh_token_one_wins_and_then_the_sign_in_is_over(as_alice: Caller) -> None:
    """Reading, comparing and then writing lets several win."""
    token = as_alice.tokens["refresh"]
    answers = by_status(at_once(*[lambda: refresh(Caller(), token)] * USES))
    assert {status: len(responses) for status, responses in answers.items()} == {200: 1, 401: USES - 1}
    won = answers[200][0].json()
    assert (refresh(Caller(), won["refresh"]).status_code, access_status(won)) == (401, 401)
    assert not SignIn.objects.exists()


def test_changes_of_different_settings_at_once_are_all_kept(as_alice: Caller, alice: User) -> None:
    """Saving every column of what was read before the other request changed it writes that back."""
    changes: list[dict[str, Any]] = [
        {"day_start_hour": 4},
        {"week_start": 7},
        {"daily_goal_minutes": 90},
        {"rest_weekdays": [6, 7]},
    ]
    for response in at_once(*[patching(as_alice, change) for change in changes]):
        assert response.status_code == 200
    alice.refresh_from_db()
    assert (alice.day_start_hour, alice.week_start, alice.daily_goal_minutes) == (4, 7, 90)
    assert alice.rest_weekdays == [6, 7]


def patching(caller: Caller, change: dict[str, Any]) -> Callable[[], Any]:
    return lambda: caller.patch("/auth/me", change)


def test_an_account_that_is_closed_meanwhile_is_neither_a_500_nor_back(db: None) -> None:
    """Saving what is gone is an error with `update_fields`, and an INSERT without; and who belongs to nobody stays."""
    for _ in range(5):
        deleted, *others = answers_around_a_deletion(Caller(make_user("alice")))
        assert deleted.status_code == 204
        assert {response.status_code for response in others} <= {200, 201, 401, 409}
        assert not User.objects.exists()
        assert not SignIn.objects.exists()


def answers_around_a_deletion(caller: Caller) -> list[Any]:
    return at_once(
        lambda: caller.delete("/auth/me", {"password": PASSWORD}),
        lambda: caller.patch("/auth/me", {"week_start": 7}),
        lambda: caller.post("/subjects", {"name": "Botany"}),
        lambda: refresh(Caller(), caller.tokens["refresh"]),
        lambda: Caller().post("/auth/login", {"username": "alice", "password": PASSWORD}),
    )


@pytest.mark.parametrize("purpose", ["calendar", "heatmap"])
def test_of_links_made_at_once_one_is_left(as_alice: Caller, anonymous: Caller, alice: User, purpose: str) -> None:
    answers = at_once(*[lambda: as_alice.post(f"/auth/me/{purpose}")] * 4)
    opened = [anonymous.get(answer.json()["url"]) for answer in answers]
    assert sorted((response.status_code, bool(response.getvalue())) for response in opened) == [
        (200, True),
        *[(404, True)] * 3,
    ]
    assert alice.secret_links.count() == 1
