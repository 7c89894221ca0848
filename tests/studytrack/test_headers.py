"""What every answer carries (contract 1)."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import REQUEST_ID, Caller
from tests.factories import PASSWORD, make_subject

pytestmark = pytest.mark.everywhere


@pytest.fixture(params=["/subjects", "/subjects/1", "/auth/me", "/nowhere", "/", "/health/live", "/admin/login/"])
def answer(request: pytest.FixtureRequest, as_alice: Caller) -> Any:
    return as_alice.get(request.param)


def test_every_answer_has_the_request_id(answer: Any) -> None:
    assert answer["X-Request-ID"] == REQUEST_ID


def test_every_answer_forbids_guessing_its_type(answer: Any) -> None:
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_every_answer_depends_on_who_asks_and_how(answer: Any) -> None:
    assert answer["Vary"].startswith("Authorization, Accept")
    assert answer["Vary"].count("Accept") == 1


def test_no_answer_is_for_shared_caches(answer: Any) -> None:
    assert "private" in answer["Cache-Control"]
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.parametrize("address", ["/subjects", "/subjects/1", "/auth/me", "/nowhere"])
@pytest.mark.parametrize("method", ["get", "head", "options", "delete"])
def test_what_is_a_users_is_asked_for_anew(as_alice: Caller, address: str, method: str) -> None:
    assert getattr(as_alice, method)(address)["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("own", ["abcd1234", "A_b-C_d-", "x" * 64])
def test_a_clients_own_id_is_kept(db: None, own: str) -> None:
    response = APIClient(HTTP_X_REQUEST_ID=own).get("/subjects")
    assert (response["X-Request-ID"], response.json()["request_id"]) == (own, own)


@pytest.mark.parametrize(
    "other", ["", "abcd123", "x" * 65, "abcd 1234", "abcd1234\n", "abcd/1234", "äbcd1234", "١٢٣٤٥٦٧٨", "abcd1234, x"]
)
def test_any_other_id_is_replaced(db: None, other: str) -> None:
    response = APIClient(HTTP_X_REQUEST_ID=other).get("/subjects")
    assert response["X-Request-ID"] == response.json()["request_id"]
    assert response["X-Request-ID"] != other
    assert len(response["X-Request-ID"]) == 32


def test_two_requests_have_two_ids(db: None) -> None:
    client = APIClient()
    assert client.get("/subjects")["X-Request-ID"] != client.get("/subjects")["X-Request-ID"]


def test_tokens_are_stored_by_nobody(anonymous: Caller, alice: User) -> None:
    login = anonymous.post("/auth/login", {"username": "alice", "password": PASSWORD})
    refresh = anonymous.post("/auth/refresh", {"refresh": login.json()["refresh"]})
    assert [login.status_code, refresh.status_code] == [200, 200]
    assert [login["Cache-Control"], refresh["Cache-Control"]] == ["no-store", "no-store"]


def test_a_kept_answer_has_the_headers_of_a_new_one(as_alice: Caller, alice: User) -> None:
    subject = make_subject(alice)
    new, kept = (as_alice.get(f"/subjects/{subject.pk}") for _ in range(2))
    assert headers(new) - headers(kept) == {("Allow", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS")}
    assert headers(kept) <= headers(new)


def headers(response: Any) -> set[tuple[str, str]]:
    return {(name, value) for name, value in response.items() if not name.startswith("RateLimit")}


def test_no_answer_may_be_framed(as_alice: Caller) -> None:
    assert [as_alice.get("/subjects")["X-Frame-Options"] for _ in range(2)] == ["DENY", "DENY"]
