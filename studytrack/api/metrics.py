"""What is counted and timed; every label has few values, whatever is asked."""

import time
from functools import cache
from typing import Any, NamedTuple

from django.core.signals import request_finished
from django.db import connection
from django.dispatch import receiver
from django.http import HttpRequest
from prometheus_client import Counter, Gauge, Histogram

METHODS = frozenset(("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"))
BUCKETS_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
POOL_SEEN_EVERY_SECONDS = 1.0

REQUESTS = Counter("studytrack_requests", "Requests answered.", ["method", "route", "status"])
DURATIONS = Histogram("studytrack_request_seconds", "How long answers took.", ["route"], buckets=BUCKETS_SECONDS)
CACHE = Counter("studytrack_cache_reads", "Looks into the cache for an answer.", ["outcome"])
LIMITER = Counter("studytrack_limiter_requests", "Requests counted against a limit.", ["tier", "outcome"])
BREAKER = Gauge("studytrack_breaker_open", "Workers that do without Redis.", multiprocess_mode="livesum")
POOL = Gauge(
    "studytrack_database_pool", "Connections of the pools, and who waits.", ["state"], multiprocess_mode="livesum"
)
SECURITY = Counter("studytrack_security_events", "What the log `studytrack.security` tells of.", ["event"])

CACHE_HIT, CACHE_MISS, CACHE_ERROR = (CACHE.labels(outcome) for outcome in ("hit", "miss", "error"))


class Answered(NamedTuple):
    """What is counted of the answers of one kind; looked up once, as that costs more than counting."""

    requests: Counter
    durations: Histogram


@cache  # as bounded as the labels are
def answered(method: str, route: str, status: int) -> Answered:
    return Answered(REQUESTS.labels(method, route, status), DURATIONS.labels(route))


@cache
def limiter(tier: str, outcome: str) -> Counter:
    return LIMITER.labels(tier, outcome)


def method_of(request: HttpRequest) -> str:
    """The method, if it is one: anybody can make up others."""
    return request.method if request.method in METHODS else "other"


class _Pool:
    """When the pool of this process was last seen."""

    seen_at = 0.0


@receiver(request_finished)
def see_pool(**_: Any) -> None:
    """Note the state of this process's pool, once a second at most, when a request has given its connection back."""
    if (now := time.monotonic()) - _Pool.seen_at < POOL_SEEN_EVERY_SECONDS:
        return
    _Pool.seen_at = now
    pool = getattr(connection, "pool", None)
    if pool is not None:
        stats = pool.get_stats()
        size, idle = stats["pool_size"], stats["pool_available"]
        for state, number in {"used": size - idle, "idle": idle, "waiting": stats["requests_waiting"]}.items():
            POOL.labels(state).set(number)
