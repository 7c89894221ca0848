"""POST /auth/register (contract 2)."""

import json
from typing import Any

import pytest

from accounts.models import User
from accounts.sign_in_rows import SignIn
from tests.conftest import Caller, bearing, blamed, invalid
from tests.factories import PASSWORD, make_user, shown

pytestmark = pytest.mark.everywhere

ALICE = {"username": "alice", "email": "alice@example.org", "password": PASSWORD}
TEXTS = ("username", "email", "password", "confirm_password", "time_zone")


def register(caller: Caller, **changes: Any) -> Any:
    """With the body as ASCII, so that it can hold what no UTF-8 can."""
    return caller.post("/auth/register", json.dumps(ALICE | changes), content_type="application/json")


def test_an_account_is_opened_with_default_settings(anonymous: Caller, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):  # BEGIN, the user, what is wanted of a day, COMMIT
        response = anonymous.post("/auth/register", ALICE)
    user = User.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": user.pk,
        "username": "alice",
        "email": "alice@example.org",
        "time_zone": "UTC",
        "day_start_hour": 0,
        "week_start": 1,
        "daily_goal_minutes": 0,
        "rest_weekdays": [],
        "created_at": shown(user.created_at),
    }
    assert user.check_password(PASSWORD)
    assert not SignIn.objects.exists()


def test_the_zone_and_the_password_once_more_may_be_given(anonymous: Caller) -> None:
    response = register(anonymous, time_zone="Europe/Berlin", confirm_password=PASSWORD)
    assert (response.status_code, response.json()["time_zone"]) == (201, "Europe/Berlin")


def test_what_is_not_for_the_asker_to_say_is_ignored(anonymous: Caller) -> None:
    response = register(anonymous, id=7, is_staff=True, is_superuser=True, is_active=False, colour="red")
    user = User.objects.get()
    assert response.status_code == 201
    assert (user.is_staff, user.is_superuser, user.is_active) == (False, False, True)


def test_bad_credentials_that_come_along_are_not_looked_at(db: None) -> None:
    assert register(bearing("nonsense")).status_code == 201


def test_name_address_and_password_are_required(anonymous: Caller) -> None:
    response = anonymous.post("/auth/register", {})
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"field": field, "code": "required", "detail": "This field is required."}
        for field in ("username", "email", "password")
    ]


@pytest.mark.parametrize("name", ["abc", "a" * 30, "A.b_c-9", "..."])
def test_these_are_names(anonymous: Caller, name: str) -> None:
    response = register(anonymous, username=name)
    assert (response.status_code, response.json()["username"]) == (201, name)


@pytest.mark.parametrize("name", ["ab", "a" * 31, "a b", "älice", "alice@", "ali/ce", "ali\nce", "аlice", "", " "])
def test_these_are_no_names(anonymous: Caller, name: str) -> None:
    response = register(anonymous, username=name)
    assert blamed(response) == {"username"}
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "name", ["admin", "Administrator", "ROOT", "support", "no-reply", "api", "study.track", "_root_"]
)
def test_these_names_are_reserved(anonymous: Caller, as_charlie: Caller, name: str) -> None:
    reserved = invalid("username", "reserved", "This name is reserved.")
    for response in (register(anonymous, username=name), as_charlie.patch("/auth/me", {"username": name})):
        assert (response.status_code, response.json()) == (400, reserved)
    assert User.objects.get().username == "charlie"


@pytest.mark.parametrize("name", ["administer", "rooted", "adm1n", "operator", "guest"])
def test_these_are_not(anonymous: Caller, name: str) -> None:
    assert register(anonymous, username=name).status_code == 201


def test_an_operator_may_have_a_reserved_name_and_keep_it(db: None) -> None:
    caller = Caller(make_user("Admin"))
    assert caller.patch("/auth/me", {"username": "ADMIN", "week_start": 7}).json()["username"] == "ADMIN"


LOOK_ALIKES = {
    "Cyrillic a": "\N{CYRILLIC SMALL LETTER A}lice",
    "Greek alpha": "\N{GREEK SMALL LETTER ALPHA}lice",
    "mixed scripts": "al\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}ce",
    "full width": "\N{FULLWIDTH LATIN SMALL LETTER A}lice",
    "long s": "ali\N{LATIN SMALL LETTER LONG S}e",
    "Kelvin": "\N{KELVIN SIGN}lice",
    "ligature": "\N{LATIN SMALL LIGATURE FI}lice",
    "mathematical": "\N{MATHEMATICAL BOLD SMALL A}lice",
    "dotless i": "al\N{LATIN SMALL LETTER DOTLESS I}ce",
    "combining": "a\N{COMBINING ACUTE ACCENT}lice",
    "zero width space": "ali\N{ZERO WIDTH SPACE}ce",
    "zero width joiner": "ali\N{ZERO WIDTH JOINER}ce",
    "soft hyphen": "ali\N{SOFT HYPHEN}ce",
    "right to left": "\N{RIGHT-TO-LEFT OVERRIDE}alice",
    "no-break space": "ali\N{NO-BREAK SPACE}ce",
    "byte order mark": "\N{ZERO WIDTH NO-BREAK SPACE}alice",
    "variation selector": "alice\N{VARIATION SELECTOR-16}",
    "tag": "alice\N{TAG LATIN SMALL LETTER A}",
    "Hangul filler": "alice\N{HANGUL FILLER}",
}


@pytest.mark.parametrize("name", LOOK_ALIKES.values(), ids=LOOK_ALIKES.keys())
def test_what_only_looks_like_a_letter_or_like_nothing_is_refused(anonymous: Caller, name: str) -> None:
    """In the name, and on both sides of the address."""
    for field, value in (("username", name), ("email", f"{name}@example.org"), ("email", f"alice@{name}.example.org")):
        assert blamed(register(anonymous, **{field: value})) == {field}
    assert not User.objects.exists()


@pytest.mark.parametrize("address", ["alice", "alice@", "@example.org", "a b@example.org", "alice@exämple.org", ""])
def test_these_are_no_addresses(anonymous: Caller, address: str) -> None:
    response = register(anonymous, email=address)
    assert blamed(response) == {"email"}
    assert not User.objects.exists()


@pytest.mark.parametrize("zone", ["Mars", "europe/berlin", "+01:00", "localtime", "../UTC", "", 1])
def test_these_are_no_zones(anonymous: Caller, zone: Any) -> None:
    response = register(anonymous, time_zone=zone)
    assert blamed(response) == {"time_zone"}
    assert not User.objects.exists()


def test_a_name_is_unique_without_regard_to_case(anonymous: Caller, alice: User) -> None:
    response = register(anonymous, username="ALICE", email="another@example.org")
    assert response.status_code == 400
    assert response.json() == invalid("username", "unique", "Somebody has this name already.")
    assert User.objects.get() == alice


def test_an_address_is_unique_without_regard_to_case(anonymous: Caller, alice: User) -> None:
    response = register(anonymous, username="another", email="Alice@Example.ORG")
    assert response.status_code == 400
    assert response.json() == invalid("email", "unique", "Somebody has this address already.")
    assert User.objects.get() == alice


def test_a_name_and_an_address_that_are_both_taken_are_both_named(anonymous: Caller, alice: User) -> None:
    assert blamed(register(anonymous)) == {"username", "email"}


def test_the_password_once_more_must_be_the_same(anonymous: Caller) -> None:
    response = register(anonymous, confirm_password=f"{PASSWORD} ")
    assert response.status_code == 400
    assert response.json() == invalid("confirm_password", "mismatch", "The two passwords differ.")
    assert not User.objects.exists()


@pytest.mark.parametrize("value", [None, True, [], ["alice"], {}, "ali\0ce99", "ali\ud800ce99"])
@pytest.mark.parametrize("field", TEXTS)
def test_what_is_no_text_is_named(anonymous: Caller, field: str, value: Any) -> None:
    response = register(anonymous, **{field: value})
    assert blamed(response) == {field}
    assert not User.objects.exists()


def test_a_number_as_a_text_is_read_as_its_digits(anonymous: Caller) -> None:
    response = register(anonymous, username=20262026)
    assert (response.status_code, response.json()["username"]) == (201, "20262026")


@pytest.mark.parametrize("body", ["[]", '"alice"', "null", "1", "true"])
def test_a_body_that_is_no_object_is_refused(anonymous: Caller, body: str) -> None:
    response = anonymous.post("/auth/register", body, content_type="application/json")
    assert blamed(response) == {None}
