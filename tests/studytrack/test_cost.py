"""What an answer out of the cache costs: one round trip to Redis, and no SQL; and what is remembered for it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from studytrack.api import tokens
from studytrack.api.stamps import stamp_key
from tests.conftest import Caller
from tests.factories import make_sessions, make_subject
from tests.studytrack.conftest import in_thread, is_kept, raw

on_redis = pytest.mark.usefixtures("redis")  # of the test's own, where nobody else is counted


class RoundTrips:
    """How often Redis has read from a client since; commands that are sent together are read together."""

    def __init__(self) -> None:
        self.client: Any = cache.client.get_client()  # type: ignore[attr-defined]
        self.before = self.reads()

    def reads(self) -> int:
        return int(self.client.info("stats")["total_reads_processed"])

    @property
    def count(self) -> int:
        return self.reads() - self.before - 1


@on_redis
@pytest.mark.parametrize("address", ["/sessions", "/subjects", "/stats/summary"])
def test_a_hit_is_one_round_trip_and_no_sql(
    as_alice: Caller, alice: User, django_assert_num_queries: Any, address: str
) -> None:
    """Counting alone takes two with django-ratelimit and django-redis, and looking up another."""
    make_sessions(make_subject(alice), 3)
    first = as_alice.get(address)
    trips = RoundTrips()
    with django_assert_num_queries(0):
        assert [as_alice.get(address).content for _ in range(10)] == [first.content] * 10
    assert trips.count == 10


@on_redis
def test_a_thread_takes_its_connection_with_it(as_alice: Caller) -> None:
    """A pool counts what it makes, and refuses the hundred and first."""
    before = len(raw().client_list())
    assert [in_thread(lambda: as_alice.get("/subjects").status_code) for _ in range(120)] == [200] * 120
    assert len(raw().client_list()) < before + 20  # some wait for the garbage collector
    assert is_kept(as_alice, "/subjects")


@on_redis
def test_what_has_not_changed_costs_no_more(as_alice: Caller, alice: User, django_assert_num_queries: Any) -> None:
    etag = as_alice.get("/sessions")["ETag"]
    trips = RoundTrips()
    with django_assert_num_queries(0):
        unchanged = as_alice.get("/sessions", HTTP_IF_NONE_MATCH=etag)
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"], trips.count) == (304, b"", etag, 1)


@on_redis
def test_a_list_whose_stamp_is_thrown_away_is_three(as_alice: Caller, alice: User) -> None:
    """Counted and looked up, a stamp made, the answer kept."""
    as_alice.get("/sessions")
    cache.client.get_client().delete(stamp_key(alice.pk))  # type: ignore[attr-defined]
    trips = RoundTrips()
    as_alice.get("/sessions")
    assert trips.count == 3


@on_redis
def test_what_was_read_for_one_request_is_not_believed_by_the_next(
    as_alice: Caller, alice: User, settings: Any
) -> None:
    """The first is refused after its answer has been read along, and never asks for it."""
    make_subject(alice)
    as_alice.get("/subjects")
    settings.RATE_LIMIT_READ = "1/h"
    assert [as_alice.get("/subjects").status_code for _ in range(2)] == [200, 429]
    make_subject(alice, "Botany")
    settings.RATE_LIMIT_READ = "1000/m"
    assert as_alice.get("/subjects").json()["count"] == 2


@pytest.mark.everywhere
def test_a_token_is_verified_once_and_its_time_is_judged_each_time(
    as_alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is remembered is that we signed it; not that it may be used."""
    decoded, decode = [], tokens.TwoKeyBackend.decode

    def decode_and_tell(backend: Any, token: Any, verify: bool = True) -> Any:
        decoded.append(token)
        return decode(backend, token, verify)

    monkeypatch.setattr(tokens.TwoKeyBackend, "decode", decode_and_tell)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert [as_alice.get("/subjects").status_code for _ in range(3)] == [200] * 3
        clock.shift(timedelta(minutes=31))
        assert as_alice.get("/subjects").status_code == 401
    assert len(decoded) == 1


@pytest.mark.everywhere
def test_what_is_no_token_is_not_remembered(as_alice: Caller) -> None:
    known = tokens._verified.cache_info().currsize
    forged = as_alice.tokens["access"][:-3] + "AAA"
    as_alice.credentials(HTTP_AUTHORIZATION=f"Bearer {forged}")
    assert as_alice.get("/subjects").status_code == 401
    assert tokens._verified.cache_info().currsize == known
