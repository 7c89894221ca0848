"""Three tiers per client, counted before anything is believed (contract 1, rate limits)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import RequestFactory

from accounts.models import User
from studytrack.api.clients import client_address
from subjects.models import Subject
from tests.conftest import Caller, problem
from tests.factories import PASSWORD
from tests.studytrack.conftest import Browser

pytestmark = pytest.mark.everywhere

THROTTLED = problem(429, "throttled", "Too Many Requests", "Too many requests from this address. Try again later.")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def small_limits(settings: Any) -> None:
    settings.RATE_LIMIT_AUTH, settings.RATE_LIMIT_READ, settings.RATE_LIMIT_WRITE = "2/m", "4/m", "3/m"


@pytest.fixture(autouse=True)
def one_moment() -> Iterator[Any]:
    """Nothing of a test is in the next minute by chance."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def tier(response: Any) -> str:
    return response["RateLimit-Policy"].split(";")[0].strip('"')


def left(response: Any) -> int:
    return int(response["RateLimit"].split(";r=")[1].split(";")[0])


def test_every_counted_answer_tells_the_policy_and_what_is_left(as_alice: Caller) -> None:
    answers = [as_alice.get("/subjects") for _ in range(4)]
    seconds = answers[0]["RateLimit"].split("t=")[1]
    assert [each["RateLimit-Policy"] for each in answers] == ['"read";q=4;w=60'] * 4
    assert [each["RateLimit"] for each in answers] == [f'"read";r={r};t={seconds}' for r in (3, 2, 1, 0)]
    assert 1 <= int(seconds) <= 60


def test_one_too_many_is_refused(as_alice: Caller) -> None:
    answers = [as_alice.get("/subjects") for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 4 + [429] * 2
    refused = answers[-1]
    assert refused.json() == THROTTLED
    assert refused["Content-Type"] == "application/problem+json"
    assert refused["Retry-After"] == refused["RateLimit"].split("t=")[1]
    assert (left(refused), refused["RateLimit-Policy"]) == (0, '"read";q=4;w=60')


def test_what_is_refused_does_nothing(as_alice: Caller) -> None:
    answers = [as_alice.post("/subjects", {"name": f"Subject {n}"}).status_code for n in range(5)]
    assert answers == [201] * 3 + [429] * 2
    assert Subject.objects.count() == 3


def test_a_minute_later_it_goes_on(as_alice: Caller, one_moment: Any) -> None:
    for _ in range(5):
        refused = as_alice.get("/subjects")
    one_moment.shift(timedelta(seconds=int(refused["Retry-After"])))
    assert as_alice.get("/subjects").status_code == 200


def test_whoever_waits_as_told_is_answered_in_any_second(as_alice: Caller, one_moment: Any) -> None:
    """django-ratelimit's `time_left` is 0 in one second of every window, in which the limit still holds."""
    waits = set()
    for _ in range(61):
        for _ in range(5):
            refused = as_alice.get("/subjects")
        waits.add(int(refused["Retry-After"]))
        assert refused.status_code == 429
        one_moment.shift(timedelta(seconds=1))
    assert waits == set(range(1, 61))


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_what_only_reads_counts_as_read(as_alice: Caller, method: str) -> None:
    assert tier(getattr(as_alice, method)("/subjects")) == "read"
    assert tier(getattr(as_alice, method)("/auth/login")) == "read"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_everything_else_counts_as_write(as_alice: Caller, method: str) -> None:
    assert tier(as_alice.generic(method, "/subjects")) == "write"
    assert tier(as_alice.generic(method, "/auth/refresh")) == "write"


@pytest.mark.parametrize(
    "address", ["/auth/register", "/auth/login", "/auth/password", "/auth/session/login", "/admin/login/"]
)
def test_trying_to_get_in_counts_as_auth(as_alice: Caller, address: str) -> None:
    assert tier(as_alice.post(address)) == "auth"
    assert tier(as_alice.put(address)) == "write"


def test_the_tiers_are_counted_apart(as_alice: Caller) -> None:
    for _ in range(5):
        as_alice.get("/subjects")
    assert as_alice.post("/subjects", {"name": "Algebra"}).status_code == 201
    assert as_alice.post("/auth/login", {"username": "alice", "password": PASSWORD}).status_code == 200


def test_passwords_are_guessed_twice_and_then_not(anonymous: Caller, alice: User) -> None:
    guesses = [anonymous.post("/auth/login", {"username": "alice", "password": f"guess {n}"}) for n in range(2)]
    right = anonymous.post("/auth/login", {"username": "alice", "password": PASSWORD})
    assert [each.status_code for each in guesses] == [401, 401]
    assert (right.status_code, right.json()) == (429, THROTTLED)


@pytest.mark.parametrize("address", ["/auth/session/login", "/admin/login/"])
def test_a_login_form_is_no_way_around(browser: Browser, address: str) -> None:
    answers = [browser.send("", "application/x-www-form-urlencoded", path=address) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[-1].json() == THROTTLED


def test_bad_tokens_count(anonymous: Caller) -> None:
    """A DRF throttle is asked after authentication, and so never."""
    anonymous.credentials(HTTP_AUTHORIZATION="Bearer guess")
    assert [anonymous.get("/subjects").status_code for _ in range(5)] == [401] * 4 + [429]


def test_unknown_routes_and_hosts_count(anonymous: Caller) -> None:
    hosts = ["testserver", "evil.example"] * 2
    assert [anonymous.get("/nowhere", HTTP_HOST=host).status_code for host in hosts] == [404, 400, 404, 400]
    assert anonymous.get("/nowhere").status_code == 429


def test_kept_answers_count(as_alice: Caller) -> None:
    assert [left(as_alice.get("/subjects")) for _ in range(3)] == [3, 2, 1]


@pytest.mark.parametrize(
    "address", ["/health/live", "/health/ready", "/metrics", "/static/rest_framework/css/default.css"]
)
def test_what_machines_and_pages_fetch_is_not_counted(anonymous: Caller, address: str) -> None:
    answers = [anonymous.get(address) for _ in range(6)]
    for each in answers:
        each.close()
    assert {each.status_code for each in answers} <= {200, 404}
    assert not any(each.has_header("RateLimit") for each in answers)
    assert left(anonymous.get("/nowhere")) == 3


@pytest.mark.parametrize("address", ["/health/x", "/health/live/", "/metricsx", "/static/", "/static/../nowhere"])
def test_what_only_looks_like_it_is_counted(anonymous: Caller, address: str) -> None:
    assert left(anonymous.get(address)) == 3


@pytest.mark.parametrize(("rate", "window"), [("5/s", 1), ("5/m", 60), ("5/h", 3600), ("5/d", 86400)])
def test_a_limit_is_a_setting(as_alice: Caller, settings: Any, rate: str, window: int) -> None:
    settings.RATE_LIMIT_READ = rate
    answers = [as_alice.get("/subjects") for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert answers[-1]["RateLimit-Policy"] == f'"read";q=5;w={window}'
    assert 1 <= int(answers[-1]["Retry-After"]) <= window


def address_of(remote: str, forwarded: str | None = None) -> str:
    request = RequestFactory().get("/", REMOTE_ADDR=remote)
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return client_address(request)


@pytest.mark.parametrize(
    ("remote", "client"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("::ffff:1.2.3.5", "1.2.3.5"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff::2", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::1", "2001:db8:0:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
        ("1.2.3.4, 5.6.7.8", "unknown"),
    ],
)
def test_who_a_client_is(remote: str, client: str) -> None:
    """django-ratelimit puts all IPv4-mapped addresses into one, and raises where there is none."""
    assert address_of(remote) == client


@pytest.mark.parametrize(
    ("trusted", "forwarded", "client"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, None, "10.0.0.1"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (1, " 6.6.6.6 ,1.2.3.4 ", "1.2.3.4"),
        (1, "1.2.3.4:5678", "1.2.3.4"),
        (1, "[2001:db8::1]:443", "2001:db8::/64"),
        (1, "[2001:db8::1]", "2001:db8::/64"),
        (1, "2001:db8::1", "2001:db8::/64"),
        (1, "::ffff:1.2.3.4", "1.2.3.4"),
        (1, "[::ffff:1.2.3.4]:80", "1.2.3.4"),
        (1, "6.6.6.6, garbage", "unknown"),
        (1, "6.6.6.6,", "unknown"),
        (1, "[", "unknown"),
        (1, "1.2.3.4\x00", "unknown"),
        (2, "1.2.3.4", "10.0.0.1"),
        (2, "1.2.3.4, 10.0.0.2", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
    ],
)
def test_only_trusted_proxies_are_believed(settings: Any, trusted: int, forwarded: str | None, client: str) -> None:
    """The first entry is what the client itself wrote."""
    settings.TRUSTED_PROXY_COUNT = trusted
    assert address_of("10.0.0.1", forwarded) == client


def test_each_client_has_its_own_count(as_alice: Caller) -> None:
    addresses = ["1.2.3.4", "::ffff:1.2.3.4", "::ffff:1.2.3.5", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]
    assert [left(as_alice.get("/subjects", REMOTE_ADDR=each)) for each in addresses] == [3, 2, 3, 3, 2, 3]


def test_no_header_makes_a_new_client(as_alice: Caller) -> None:
    answers = [as_alice.get("/subjects", HTTP_X_FORWARDED_FOR=f"6.6.6.{n}") for n in range(5)]
    assert [each.status_code for each in answers] == [200] * 4 + [429]


class TestPerUser:
    """RATE_LIMIT_KEY=user_or_ip."""

    @pytest.fixture(autouse=True)
    def per_user(self, settings: Any) -> None:
        settings.RATE_LIMIT_KEY = "user_or_ip"

    def test_signed_in_requests_count_per_user(self, as_alice: Caller, as_charlie: Caller, anonymous: Caller) -> None:
        callers = [as_alice, as_charlie, as_alice, anonymous]
        assert [left(caller.get("/subjects")) for caller in callers] == [3, 3, 2, 3]

    def test_wherever_the_user_is(self, as_alice: Caller) -> None:
        assert [left(as_alice.get("/subjects", REMOTE_ADDR=each)) for each in ("1.2.3.4", "1.2.3.5")] == [3, 2]

    @pytest.mark.parametrize("credentials", ["Bearer guess", "Basic YTpi", "Bearer", ""])
    def test_what_is_no_token_counts_per_address(self, anonymous: Caller, credentials: str) -> None:
        anonymous.credentials(HTTP_AUTHORIZATION=credentials)
        assert [left(anonymous.get("/subjects", REMOTE_ADDR=each)) for each in ("1.2.3.4", "1.2.3.5")] == [3, 3]

    def test_accounts_of_ones_own_are_no_new_guesses(self, as_alice: Caller, as_charlie: Caller) -> None:
        """Where the token counts, whoever may register may guess without end."""
        guess = {"username": "operator", "password": "guess"}
        guesses = [caller.post("/auth/login", guess) for caller in (as_alice, as_charlie, as_alice)]
        assert [each.status_code for each in guesses] == [401, 401, 429]

    def test_a_password_is_changed_as_the_user(self, as_alice: Caller, as_charlie: Caller) -> None:
        assert [left(caller.post("/auth/password", {})) for caller in (as_alice, as_charlie)] == [1, 1]


def test_of_many_at_once_exactly_the_limit_passes(as_alice: Caller, settings: Any) -> None:
    settings.RATE_LIMIT_READ = "20/h"

    def ask(_: int) -> int:
        try:
            return as_alice.get("/nowhere").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(ask, range(60)))
    assert sorted(answers) == [404] * 20 + [429] * 40
