"""The three tiers AUTH, READ and WRITE, counted per client and minute before anything about a request is believed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django_ratelimit.core import EXPIRATION_FUDGE, get_usage

from studytrack.api.caching import ask, counted_ahead
from studytrack.api.clients import client_address
from studytrack.api.metrics import limiter
from studytrack.api.problems import problem_response
from studytrack.api.redis import Counted
from studytrack.api.security import Event, note
from studytrack.api.tokens import bearer

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
UNCOUNTED = ("/health/live", "/health/ready", "/metrics")
OPEN_AUTH_ROUTES = ("register", "login", "session-login", "admin:login")
AUTH_ROUTES = (*OPEN_AUTH_ROUTES, "password")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Tier:
    """A named limit; the rate itself is a setting."""

    name: str
    setting: str

    @property
    def rate(self) -> str:
        return str(getattr(settings, self.setting))


AUTH = Tier("auth", "RATE_LIMIT_AUTH")
READ = Tier("read", "RATE_LIMIT_READ")
WRITE = Tier("write", "RATE_LIMIT_WRITE")


@dataclass(frozen=True, slots=True)
class Window:
    """The span of time in which a client's requests of one tier are counted together."""

    tier: str
    key: str
    limit: int
    seconds: int
    ends_at: int

    def count(self) -> Counted:
        """One request more, counted as django-ratelimit does."""
        return Counted(self.key, counters().count(self.key, self.seconds + EXPIRATION_FUDGE))

    def seconds_left(self, now: float) -> int:
        return max(1, self.ends_at - int(now) + 1)

    def headers(self, count: int, now: float) -> dict[str, str]:
        """The tier's policy, and what is left of it, as draft-ietf-httpapi-ratelimit-headers writes them."""
        return {
            "RateLimit-Policy": f'"{self.tier}";q={self.limit};w={self.seconds}',
            "RateLimit": f'"{self.tier}";r={max(0, self.limit - count)};t={self.seconds_left(now)}',
        }


def counters() -> Any:
    """Where django-ratelimit counts, for this thread."""
    return caches[settings.RATELIMIT_USE_CACHE]


@cache
def _paths(*names: str) -> frozenset[str]:
    return frozenset(map(reverse, names))


def tier_of(request: HttpRequest) -> Tier:
    """The tier a request counts in."""
    if request.method in SAFE_METHODS:
        return READ
    return AUTH if request.method == "POST" and request.path_info in _paths(*AUTH_ROUTES) else WRITE


def client_key(_group: str, request: HttpRequest) -> str:
    """What is counted: the address, or under `user_or_ip` the user of a token that can be believed.

    Where signing in is tried a token counts for nothing, or each account of a guesser's own would be new attempts.
    """
    per_user = settings.RATE_LIMIT_KEY == "user_or_ip" and request.path_info not in _paths(*OPEN_AUTH_ROUTES)
    claims = bearer(request) if per_user else None
    return f"user:{claims.user_id}" if claims else client_address(request)


class RateLimitMiddleware:
    """Counts a request in its tier and refuses it with 429 when the tier's limit is reached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info in UNCOUNTED:
            return self.get_response(request)
        ask(request)
        tier, now = tier_of(request), time.time()
        counters().ahead = counted_ahead(request)
        usage = get_usage(request, group=tier.name, key=client_key, rate=tier.rate, increment=True)
        seconds, ends_at = SECONDS[tier.rate[-1]], int(now) + usage["time_left"]
        window = Window(tier.name, counters().counted.key, usage["limit"], seconds, ends_at)
        request.window = window  # type: ignore[attr-defined]
        limiter(tier.name, "refused" if usage["should_limit"] else "allowed").inc()
        if usage["should_limit"]:
            if usage["count"] == usage["limit"] + 1:  # told once a window, however many come
                note(Event.LIMIT_REACHED, tier=tier.name)
            response: HttpResponseBase = problem_response(request, 429)
            response["Retry-After"] = str(window.seconds_left(now))
        else:
            response = self.get_response(request)
        for name, value in window.headers(usage["count"], now).items():
            response[name] = value
        return response
