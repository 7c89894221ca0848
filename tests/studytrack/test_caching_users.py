"""Whose kept answers are whose, and that nobody else gets them (contract 1, 2)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from tests.conftest import BAD_TOKEN, NOT_FOUND, Caller
from tests.factories import make_subject, make_user
from tests.servers import Server
from tests.studytrack.conftest import Browser, is_kept, kept_keys, raw


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


def test_an_account_leaves_nothing_in_the_cache(
    as_alice: Caller, as_charlie: Caller, alice: User, charlie: User
) -> None:
    for caller in (as_alice, as_charlie):
        caller.get("/subjects")
    assert as_alice.delete("/auth/me", {"password": "correct horse 1"}).status_code == 204
    assert raw().keys(f"user:{alice.pk}:*") == []
    assert kept_keys() == {f"user:{charlie.pk}:subjects:page:1:per_page:10"}


def test_nor_does_its_token_afterwards(as_alice: Caller, alice: User) -> None:
    """The stamp is made before anybody has looked whether the account is still there."""
    as_alice.delete("/auth/me", {"password": "correct horse 1"})
    assert as_alice.get("/subjects").status_code == 401
    assert raw().keys(f"user:{alice.pk}:*") == []


def test_deleting_it_does_not_search_the_cache(redis: Server, as_alice: Caller, alice: User) -> None:
    """A search takes longer the more is kept of others: over a second for a hundred thousand keys."""
    as_alice.get("/subjects")
    raw().config_resetstat()
    as_alice.delete("/auth/me", {"password": "correct horse 1"})
    assert not {"cmdstat_scan", "cmdstat_keys"} & raw().info("commandstats").keys()


@pytest.mark.everywhere
def test_an_account_whose_id_begins_alike_keeps_its_answers(as_alice: Caller, alice: User) -> None:
    """Where `user:1` is erased by how keys begin, `user:10` goes along."""
    as_dora = Caller(make_user("dora", id=alice.pk * 10))
    as_dora.get("/subjects")
    as_alice.delete("/auth/me", {"password": "correct horse 1"})
    assert is_kept(as_dora, "/subjects")


@pytest.mark.everywhere
def test_an_id_that_is_used_again_inherits_nothing(as_alice: Caller, alice: User) -> None:
    alice_id = alice.pk
    make_subject(alice, "Secret")
    as_alice.get("/subjects")
    as_alice.delete("/auth/me", {"password": "correct horse 1"})
    as_dora = Caller(make_user("dora", id=alice_id))
    assert as_dora.get("/subjects").json()["count"] == 0
    assert as_alice.get("/subjects").status_code == 401
