"""The user as a shell meets it: what the model and the database refuse, and who is found by a name (contract 2)."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.everywhere


def broken(user: User) -> dict[str, list[str | None]]:
    """The codes of the errors under each field, as validate_constraints() names them."""
    with pytest.raises(ValidationError) as refused:
        user.validate_constraints()
    return {field: [error.code for error in errors] for field, errors in refused.value.error_dict.items()}


@pytest.mark.parametrize(
    ("field", "value"),
    [("day_start_hour", 13), ("week_start", 0), ("week_start", 8), ("daily_goal_minutes", 1441)],
)
def test_a_setting_out_of_range_is_refused_by_the_database_and_named(alice: User, field: str, value: int) -> None:
    setattr(alice, field, value)
    assert broken(alice).keys() == {field}
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=alice.pk).update(**{field: value})


@pytest.mark.parametrize("field", ["day_start_hour", "daily_goal_minutes"])
def test_a_negative_setting_is_refused_by_the_database(alice: User, field: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=alice.pk).update(**{field: F(field) - 1})


@pytest.mark.parametrize(("field", "taken"), [("username", "ALICE"), ("email", "ALICE@Example.ORG")])
def test_what_is_taken_is_refused_by_the_database_and_named(
    alice: User, charlie: User, field: str, taken: str
) -> None:
    setattr(charlie, field, taken)
    assert broken(charlie) == {field: ["unique"]}
    with pytest.raises(IntegrityError), transaction.atomic():
        charlie.save()


def test_every_constraint_blames_a_field() -> None:
    assert {constraint.name for constraint in User._meta.constraints} == User.blames.keys()


@pytest.mark.parametrize("values", [{"username": "queen"}, {"email": "queen@example.org"}, {"username_key": "queen"}])
def test_an_update_refuses_a_name_and_an_address(alice: User, values: dict[str, Any]) -> None:
    """Their keys would stay: the account would go on signing in by the old one, and nobody else could have it."""
    with pytest.raises(ValueError, match="cannot keep true"):
        User.objects.update(**values)


def test_a_changed_name_changes_the_key_it_is_found_by(alice: User) -> None:
    alice.username = "Alice.Liddell"
    alice.save(update_fields=["username"])
    assert User.objects.get(username_key="alice.liddell") == alice


def test_a_user_is_found_by_name_or_address_without_regard_to_case(alice: User, charlie: User) -> None:
    for key in ("alice", "ALICE", "alice@example.org", "ALICE@EXAMPLE.ORG"):
        assert User.objects.get_by_natural_key(key) == alice


@pytest.mark.parametrize("key", ["bob", "bob@example.org", "@", "alice@", "", None])
def test_nobody_is_found_by_another(alice: User, key: str | None) -> None:
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(key)


def test_a_user_is_made_with_a_hashed_password(db: None) -> None:
    user = User.objects.create_user("Alice", "Alice@Example.org", PASSWORD, time_zone="Europe/Berlin")
    user.refresh_from_db()
    assert (user.username, user.email, user.time_zone) == ("Alice", "Alice@Example.org", "Europe/Berlin")
    assert user.check_password(PASSWORD)
    assert (user.is_active, user.is_staff, user.is_superuser) == (True, False, False)


def test_a_user_may_be_made_without_a_password(db: None) -> None:
    user = User.objects.create_user("alice", "alice@example.org")
    assert not user.has_usable_password()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "a b"),
        ("username", "alice\n"),
        ("username", ""),
        ("email", "alice"),
        ("time_zone", "Mars"),
        ("day_start_hour", 13),
        ("rest_weekdays", [0]),
        ("rest_weekdays", [True]),
        ("rest_weekdays", [6, 6]),
        ("rest_weekdays", {"6": 7}),
    ],
)
def test_no_user_is_made_of_nonsense(db: None, field: str, value: Any) -> None:
    settings = {"username": "alice", "email": "alice@example.org", "password": PASSWORD, field: value}
    with pytest.raises(ValidationError) as refused:
        User.objects.create_user(**settings)
    assert field in refused.value.error_dict
    assert not User.objects.exists()


def test_no_user_is_made_with_a_name_that_is_taken(alice: User) -> None:
    with pytest.raises(ValidationError) as refused:
        make_user("Alice")
    assert refused.value.message_dict == {
        "username": ["Somebody has this name already."],
        "email": ["Somebody has this address already."],
    }


def test_an_operator_is_made_from_a_shell(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--no-input", username="operator", email="operator@example.org", verbosity=0)
    operator = User.objects.get()
    assert (operator.username, operator.is_staff, operator.is_superuser) == ("operator", True, True)
    assert operator.check_password(PASSWORD)
