"""GET /metrics: what was counted and timed, for whoever has the key, and never more series than there are routes."""

import mmap
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from studytrack.api import metrics
from studytrack.api.journal import JournalMiddleware
from studytrack.api.prometheus import registry
from tests.conftest import NOT_FOUND, REQUEST_ID, Caller, problem
from tests.factories import make_subject
from tests.servers import Server
from tests.studytrack.conftest import close_breakers
from tests.threads import at_once

PROCESSES_AT_MOST = 2**22
KEY = "what-prometheus-shows-and-nobody-knows"
REFUSED = problem(401, "authentication_failed", "Unauthorized", "This is for who has the key.")


@pytest.fixture
def key(settings: Any) -> dict[str, str]:
    settings.METRICS_KEY = KEY
    return {"Authorization": f"Bearer {KEY}"}


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"studytrack_{name}", labels) or 0


def series() -> set[tuple[str, str]]:
    """Every series of StudyTrack's that there is."""
    return {
        (each.name, str(sorted(each.labels.items())))
        for family in REGISTRY.collect()
        for each in family.samples
        if each.name.startswith("studytrack_")
    }


@pytest.mark.everywhere
class TestTheDoor:
    """For a key, or not at all."""

    @pytest.mark.parametrize("method", ["get", "post", "options"])
    def test_without_the_setting_there_is_nothing(self, anonymous: Caller, method: str) -> None:
        response = getattr(anonymous, method)("/metrics", headers={"Authorization": "Bearer "})
        assert (response.status_code, response.json()) == (404, NOT_FOUND)

    @pytest.mark.parametrize(
        "shown",
        [None, "", "Bearer", "Bearer ", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", f"Basic {KEY}", KEY, "Bearer é"],
    )
    def test_without_the_key_it_is_401(self, anonymous: Caller, key: Any, shown: str | None) -> None:
        response = anonymous.get("/metrics", headers={} if shown is None else {"Authorization": shown})
        assert (response.status_code, response.json()) == (401, REFUSED)
        assert response["WWW-Authenticate"] == "Bearer"

    def test_with_the_key_it_is_prometheus_text(self, anonymous: Caller, key: Any) -> None:
        response = anonymous.get("/metrics", headers=key)
        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/plain; version=")
        names = {family.name for family in text_string_to_metric_families(response.content.decode())}
        told = {"requests", "request_seconds", "cache_reads", "limiter_requests", "breaker_open", "security_events"}
        assert {f"studytrack_{name}" for name in told} <= names

    def test_it_is_never_limited_nor_kept(self, anonymous: Caller, key: Any, settings: Any) -> None:
        settings.RATE_LIMIT_READ = "1/h"
        answers = [anonymous.get("/metrics", headers=key) for _ in range(3)]
        assert {(answer.status_code, answer["Cache-Control"]) for answer in answers} == {(200, "no-store")}
        assert "RateLimit" not in answers[0]

    def test_it_is_only_read(self, anonymous: Caller, key: Any) -> None:
        assert anonymous.post("/metrics", {}, headers=key).status_code == 405


@pytest.mark.everywhere
def test_a_request_is_counted_and_timed_by_its_route(as_alice: Caller, alice: User) -> None:
    labels = {"method": "GET", "route": "/subjects/<id:pk>", "status": "200"}
    before = sample("requests_total", **labels), sample("request_seconds_count", route="/subjects/<id:pk>")
    subject = make_subject(alice)
    for _ in range(3):  # two of them kept answers
        as_alice.get(f"/subjects/{subject.pk}")
    after = sample("requests_total", **labels), sample("request_seconds_count", route="/subjects/<id:pk>")
    assert (after[0] - before[0], after[1] - before[1]) == (3, 3)


@pytest.mark.everywhere
def test_ten_thousand_paths_make_no_new_series() -> None:
    """With the path as the label each of them is a series, and the process grows until it is ended."""
    journal = JournalMiddleware(unknown)
    for path in ("/nowhere", "/subjects/1"):
        journal(RequestFactory().get(path)), journal(RequestFactory().generic("BREW", path))
    before = series()
    for number in range(2_500):
        for path in (f"/{number}/wp-login.php?x={number}", f"/subjects/{number + 1}", f"/{'long' * 50}{number}"):
            journal(RequestFactory().get(path))
        journal(RequestFactory().generic(f"BREW{number}", "/nowhere"))
    assert series() == before


def unknown(request: Any) -> HttpResponse:
    request.id = REQUEST_ID
    return HttpResponse(status=404)


@pytest.mark.everywhere
def test_the_cache_tells_hits_and_misses(as_alice: Caller, alice: User) -> None:
    before = [sample("cache_reads_total", outcome=outcome) for outcome in ("miss", "hit")]
    for _ in range(3):
        as_alice.get("/subjects")
    after = [sample("cache_reads_total", outcome=outcome) for outcome in ("miss", "hit")]
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 2]


def test_an_outage_is_errors_and_an_open_breaker(as_alice: Caller, redis: Server) -> None:
    before = sample("cache_reads_total", outcome="error")
    redis.stop()
    as_alice.get("/subjects")
    assert sample("cache_reads_total", outcome="error") == before + 1
    assert sample("breaker_open") == 1
    redis.start()
    close_breakers()
    as_alice.get("/subjects"), as_alice.get("/subjects")
    assert sample("breaker_open") == 0


@pytest.mark.everywhere
def test_the_limiter_tells_whom_it_let_through(as_alice: Caller, settings: Any) -> None:
    settings.RATE_LIMIT_WRITE = "1/h"
    names = ("allowed", "refused")
    before = [sample("limiter_requests_total", tier="write", outcome=name) for name in names]
    for _ in range(3):
        as_alice.post("/subjects", {})
    after = [sample("limiter_requests_total", tier="write", outcome=name) for name in names]
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 2]


def test_the_pool_is_seen(as_alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics._Pool, "seen_at", 0.0)
    metrics.see_pool()
    used, idle = (sample("database_pool", state=state) for state in ("used", "idle"))
    assert used + idle >= 1
    assert sample("database_pool", state="waiting") == 0


def test_two_who_ask_at_once_both_clear_away_the_dead(tmp_path: Path, settings: Any) -> None:
    """Whoever is asked removes what dead workers have left; that another has just removed it is no 500."""
    settings.PROMETHEUS_MULTIPROC_DIR = str(tmp_path)
    for number in range(PROCESSES_AT_MOST + 1, PROCESSES_AT_MOST + 301):
        (tmp_path / f"gauge_livesum_{number}.db").write_bytes(bytes(mmap.PAGESIZE))
    at_once(*[registry] * 8)
    assert list(tmp_path.iterdir()) == []
