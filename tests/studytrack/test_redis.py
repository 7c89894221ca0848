"""Redis stopped, hung, restarted, full or read-only: right answers, in time (contract 1, 8)."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache, caches
from django.utils import timezone
from redis.connection import AbstractConnection
from redis.exceptions import ConnectionError as NoConnection

from accounts.models import User
from accounts.owed import OwedForgetting
from studytrack.api.redis import Breaker, BreakerRedisCache, CacheUnavailable, CounterCache
from studytrack.api.stamps import stamp_key
from subjects.models import Subject
from tests.conftest import Caller
from tests.factories import PASSWORD, make_subject
from tests.servers import Server
from tests.studytrack.conftest import close_breakers, hung, in_thread, is_kept, name_of, raw

LONGEST_SECONDS = 1.0


def become_read_only() -> None:
    """As a replica that has lost its primary: it answers reads and refuses writes."""
    raw().replicaof("127.0.0.1", 1)


def become_full() -> None:
    """What only reads or deletes is done, what needs memory is refused."""
    raw().config_set("maxmemory", 1)


@pytest.fixture(params=["stopped", "hung", "read-only", "full"])
def outage(request: pytest.FixtureRequest, redis: Server, algebra: Subject, as_alice: Caller) -> Iterator[str]:
    """Redis fails in one of its ways, after some answers were kept."""
    name_of(as_alice, algebra), as_alice.get("/subjects")
    with ExitStack() as stack:
        match request.param:
            case "stopped":
                redis.stop()
            case "hung":
                stack.enter_context(hung(redis))
            case "read-only":
                become_read_only()
            case "full":
                become_full()
        yield request.param


@pytest.fixture
def algebra(alice: User) -> Subject:
    return make_subject(alice, "Algebra")


DORA = {"username": "dora", "email": "dora@example.org", "password": PASSWORD}
SESSION = {"start_time": "2026-03-02T14:00:00Z", "end_time": "2026-03-02T15:00:00Z"}


def test_every_endpoint_answers_in_time(as_alice: Caller, algebra: Subject, outage: str) -> None:
    spent: list[float] = []

    def do(method: str, address: str, body: Any = None) -> Any:
        began = time.monotonic()
        response = getattr(as_alice, method)(address, body)
        spent.append(time.monotonic() - began)
        assert response.status_code < 300, response.content
        return response.json() if response.content else None

    subject = f"/subjects/{algebra.pk}"
    assert do("patch", subject, {"name": "Geometry"})["name"] == "Geometry"
    assert do("get", subject)["name"] == "Geometry"
    assert [each["name"] for each in do("get", "/subjects")["results"]] == ["Geometry"]
    session = do("post", "/sessions", SESSION | {"subject_id": algebra.pk})["id"]
    assert do("get", f"/sessions/{session}")["subject_name"] == "Geometry"
    assert do("get", subject)["session_count"] == 1
    assert do("delete", f"/sessions/{session}") is None
    assert do("get", "/sessions")["count"] == 0
    assert do("get", "/")["me"]
    assert do("patch", "/auth/me", {"daily_goal_minutes": 30})["daily_goal_minutes"] == 30
    do("post", "/auth/register", DORA)
    tokens = do("post", "/auth/login", DORA)
    do("post", "/auth/logout", {"refresh": do("post", "/auth/refresh", tokens)["refresh"]})
    assert do("get", "/health/live") == {"status": "ok"}
    assert do("delete", "/auth/me", {"password": PASSWORD}) is None
    assert max(spent) < LONGEST_SECONDS


def test_many_sign_ins_end_in_time(as_alice: Caller, alice: User, redis: Server) -> None:
    """Each of them forgets, and each forgetting could wait for Redis."""
    for _ in range(20):
        Caller(alice)
    with hung(redis):
        began = time.monotonic()
        assert as_alice.post("/auth/logout-all").status_code == 204
        assert time.monotonic() - began < LONGEST_SECONDS


def test_what_was_kept_before_is_not_believed_during(as_alice: Caller, algebra: Subject, outage: str) -> None:
    as_alice.patch(f"/subjects/{algebra.pk}", {"name": "Geometry"})
    close_breakers()
    assert name_of(as_alice, algebra) == "Geometry"
    close_breakers()
    with pytest.raises(CacheUnavailable):
        cache.get_many([stamp_key(algebra.owner_id)])


def test_nor_afterwards_though_nobody_could_forget_it(as_alice: Caller, algebra: Subject, redis: Server) -> None:
    """The delete is lost, and the answer from before it is still there when Redis takes commands again."""
    name_of(as_alice, algebra)
    become_read_only()
    as_alice.patch(f"/subjects/{algebra.pk}", {"name": "Geometry"})
    raw().replicaof("no", "one")
    close_breakers()
    assert name_of(as_alice, algebra) == "Geometry"
    assert is_kept(as_alice, f"/subjects/{algebra.pk}")


def test_another_process_does_not_believe_a_cache_that_forgets_nothing(
    as_alice: Caller, algebra: Subject, redis: Server
) -> None:
    """It could read the old answer; that its own count is refused tells it not to."""
    name_of(as_alice, algebra)
    become_read_only()
    as_alice.patch(f"/subjects/{algebra.pk}", {"name": "Geometry"})
    OwedForgetting.objects.all().delete()
    close_breakers()
    assert name_of(as_alice, algebra) == "Geometry"


def test_after_a_restart_answers_are_kept_again(as_alice: Caller, algebra: Subject, redis: Server) -> None:
    redis.stop()
    assert not is_kept(as_alice, "/subjects")
    redis.start()
    close_breakers()
    assert not is_kept(as_alice, "/subjects")
    assert is_kept(as_alice, "/subjects")


def test_a_connection_that_died_unnoticed_is_no_outage(as_alice: Caller, algebra: Subject, redis: Server) -> None:
    as_alice.get("/subjects")
    failures = BreakerRedisCache.breaker.failures
    redis.stop()
    redis.start()
    assert [as_alice.get("/subjects").json()["count"] for _ in range(2)] == [1, 1]
    assert is_kept(as_alice, "/subjects")
    assert BreakerRedisCache.breaker.failures == failures


class TestBreaker:
    """Seconds of peace after a failure."""

    def test_it_opens_for_its_seconds_and_closes(self) -> None:
        times = iter([100.0, 100.2, 101.0, 103.1, 103.2, 103.3])
        breaker = Breaker(3.0, lambda: next(times))
        with pytest.raises(CacheUnavailable):
            breaker.write(fail)  # begun at 100.0, failed at 100.2
        with pytest.raises(CacheUnavailable):
            breaker.write(lambda: "asked at 101.0")
        with pytest.raises(CacheUnavailable):
            breaker.write(lambda: "asked at 103.1")
        assert breaker.write(lambda: "asked at 103.2") == "asked at 103.2"
        assert breaker.read(lambda: "and at 103.3") == "and at 103.3"

    def test_nothing_is_read_until_something_was_written(self) -> None:
        """A request that counted while it was open, and reads when it is not, would believe a read-only server."""
        times = iter([100.0, 100.0, 103.0, 103.0])
        breaker = Breaker(3.0, lambda: next(times))
        with pytest.raises(CacheUnavailable):
            breaker.write(fail)
        with pytest.raises(CacheUnavailable):
            breaker.read(lambda: "old")
        assert breaker.write(lambda: "written") == "written"
        assert breaker.read(lambda: "good") == "good"

    def test_what_is_not_redis_fault_does_not_open_it(self) -> None:
        breaker = Breaker()
        with pytest.raises(ValueError, match="absent"):
            breaker.write(int, "absent")
        assert breaker.read(int, "7") == 7

    def test_what_one_thread_has_seen_no_other_waits_for(self, redis: Server) -> None:
        """Django makes a cache object for each thread, and with it each a breaker of its own."""
        with hung(redis):
            waits = [in_thread(how_long_a_get_takes) for _ in range(3)]
        assert waits[0] >= 0.2
        assert max(waits[1:]) < 0.1


def fail() -> None:
    raise NoConnection


def how_long_a_get_takes() -> float:
    began = time.monotonic()
    with pytest.raises(CacheUnavailable):
        cache.set("anything", "1")
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("get_many", [["a", "b"]]),
        ("set", ["a", "1"]),
        ("count", ["a", 1]),
        ("new_stamp", [7]),
        ("begin_writing", [[7], "writer"]),
        ("end_writing", [[7], "writer"]),
        ("keep", [7, "stamp", {"a": "1"}, 1]),
        ("withdraw", [7, "stamp"]),
        ("erase", [[7]]),
        ("clear", []),
    ],
)
@pytest.mark.parametrize("state", ["stopped", "hung"])
def test_no_operation_waits_long_or_raises_anything_else(
    redis: Server, operation: str, arguments: list[Any], state: str
) -> None:
    """redis-py waits five seconds by default, for each."""
    with ExitStack() as stack:
        stack.enter_context(hung(redis)) if state == "hung" else redis.stop()
        began = time.monotonic()
        with pytest.raises(CacheUnavailable):
            getattr(cache, operation)(*arguments)
    assert time.monotonic() - began < 0.5


def test_no_two_caches_share_an_address(settings: Any) -> None:
    """django-redis shares pools by address: the second alias would get the first one's timeouts."""
    addresses = [each["LOCATION"] for each in settings.CACHES.values() if "LOCATION" in each]
    assert len(addresses) == len(set(addresses)) == 2
    kwargs = raw().connection_pool.connection_kwargs
    assert (kwargs["socket_connect_timeout"], kwargs["socket_timeout"]) == (0.25, 0.25)


class TestCounting:
    """Limits hold without Redis: each process counts for itself."""

    def test_the_limit_holds(self, as_alice: Caller, settings: Any, outage: str) -> None:
        """By default every request is a 500, or every one is refused, or none."""
        settings.RATE_LIMIT_READ = "3/h"
        answers = [as_alice.get("/subjects", REMOTE_ADDR="1.2.3.4").status_code for _ in range(5)]
        assert answers == [200] * 3 + [429] * 2

    def test_it_is_exact_among_threads(self, as_alice: Caller, settings: Any, redis: Server) -> None:
        settings.RATE_LIMIT_READ = "20/h"
        redis.stop()

        def ask(_: int) -> int:
            return as_alice.get("/nowhere").status_code

        with ThreadPoolExecutor(12) as threads:
            answers = sorted(threads.map(ask, range(60)))
        assert answers == [404] * 20 + [429] * 40

    def test_it_takes_one_round_trip(self, redis: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        """django-ratelimit's questions take two or three."""
        sent: list[Any] = []
        send = AbstractConnection.send_packed_command

        def noted(*args: Any, **kwargs: Any) -> None:
            sent.append(args)
            send(*args, **kwargs)

        counter = CounterCache("", {})
        assert counter.add("rl:a-day", 1, 65) is True
        monkeypatch.setattr(AbstractConnection, "send_packed_command", noted)
        assert (counter.add("rl:a-day", 1, 65), counter.incr("rl:a-day"), len(sent)) == (False, 2, 1)

    def test_a_count_that_begins_anew_ends_too(self, redis: Server) -> None:
        """What it began with may end between the two commands, and the second makes it anew: without an end."""
        raw().set("guesses:somebody", 0)
        assert [CounterCache("", {}).count("guesses:somebody", 60) for _ in range(2)] == [1, 2]
        assert 0 < raw().ttl("guesses:somebody") <= 60

    def test_a_count_without_redis_lasts_as_long_as_its_window(self, redis: Server) -> None:
        """Django's own default is five minutes."""
        redis.stop()
        assert CounterCache("", {}).add("rl:a-day", 1, 24 * 3600) is True
        with time_machine.travel(timezone.now() + timedelta(hours=23)):
            assert caches["in_process"].add("rl:a-day", 1) is False

    def test_a_count_may_end_while_it_is_counted(self, redis: Server) -> None:
        """Between adding and counting up its window may end, or it is culled for others: Django raises ValueError."""
        redis.stop()
        until = time.monotonic() + 0.3

        def count(_: int) -> None:
            while time.monotonic() < until:
                CounterCache("", {}).count("rl:a-moment", timeout=0.0005)  # type: ignore[arg-type]

        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(count, range(4))) == [None] * 4


def test_readiness_is_degraded_not_lost(anonymous: Caller, outage: str) -> None:
    response = anonymous.get("/health/ready")
    assert (response.status_code, response.json()["cache"]) == (200, "degraded")
