"""The cached answers of a user: which requests are answered from them, and how they are kept.

An answer is stored with the user's stamp as it was *before* the database was asked, and is good while that is still
the stamp. A change throws the stamp away; the next reader makes a new one, and everything stored
with an older stamp is void, however slow its reader was. A sign-in that was seen alive is kept the same way.
What changes by itself, by the clock alone, is not kept beyond that moment: whoever makes the answer says good_until().
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import set_response_etag

from studytrack.api import metrics, owed
from studytrack.api.forgetting import end_what_was_rolled_back
from studytrack.api.pagination import PER_PAGE_DEFAULT, whole_number
from studytrack.api.redis import CacheUnavailable
from studytrack.api.stamps import stamp_key
from studytrack.api.tokens import bearer

CACHED_PATH = re.compile(
    r"/(?P<plural>(?P<singular>subject|session)s)(?:/(?P<id>[1-9][0-9]{0,17}))?|/stats/(?P<statistic>summary(?:\.svg)?|today|streak|heatmap(?:\.svg)?|year/[1-9][0-9]{3})"
)
JSON, PICTURE = "application/json", "image/svg+xml"
WANTED_BY = {JSON: (None, "*/*", JSON, f"{JSON}, text/plain, */*"), PICTURE: (None, "*/*", PICTURE)}
LONGEST_QUERY_IN_KEY = 120

answers: Any = cache


def good_until(request: Any, instant: datetime) -> None:
    """Say of the answer that is being made that it changes by itself at this instant."""
    asked = getattr(request, "_request", request)  # REST framework wraps Django's, which the middleware has
    asked.good_until = min(instant, getattr(asked, "good_until", instant))


def seconds_to_keep(request: HttpRequest, now: datetime) -> int:
    """For how long the answer to a request may be kept."""
    left = (getattr(request, "good_until", datetime.max.replace(tzinfo=UTC)) - now).total_seconds()
    return min(settings.ANSWER_TTL_SECONDS, int(left))


@dataclass(slots=True)
class Question:
    """A read whose answer may be kept: whose, by which sign-in, under which key, and what it is written in."""

    user_id: int
    sign_in: UUID
    key: str
    media_type: str
    known: str | None
    """The ETag of what the client has."""
    ahead: Any = None

    @classmethod
    def of(cls, request: HttpRequest) -> "Question | None":
        """The question that a request asks, or None where the views must judge."""
        media_type = PICTURE if request.path_info.endswith(".svg") else JSON
        if request.method != "GET" or request.META.get("HTTP_ACCEPT") not in WANTED_BY[media_type]:
            return None
        path = CACHED_PATH.fullmatch(request.path_info)
        claims = bearer(request) if path else None
        if path is None or claims is None:
            return None
        try:
            key = f"user:{claims.user_id}:{_spelling(path, request)}"
        except ValueError:
            return None
        return cls(claims.user_id, claims.sign_in, key, media_type, request.META.get("HTTP_IF_NONE_MATCH"))

    @property
    def sign_in_key(self) -> str:
        return f"user:{self.user_id}:sign-in:{self.sign_in.hex}"

    @property
    def keys(self) -> tuple[str, str, str]:
        return stamp_key(self.user_id), self.sign_in_key, self.key

    def look_ahead(self) -> None:
        """Let what will be looked up be read when the request is counted, so that both are one round trip."""
        with suppress(CacheUnavailable):
            owed.trust.settle()
            self.ahead = answers.read_along(self.keys)

    def find(self) -> dict[str, str]:
        if self.ahead and self.ahead.found is not None:
            return self.ahead.found
        owed.trust.settle()
        found: dict[str, str] = answers.get_many(self.keys)
        return found

    def look_up(self) -> tuple[str | None, HttpResponse | None]:
        """The user's stamp to store an answer with, if it can be stored, and the kept answer if it is good."""
        try:
            found = self.find()
            stamp: str | None = found.get(stamp_key(self.user_id))
            if not answers.is_good(stamp):
                return answers.new_stamp(self.user_id), None
        except CacheUnavailable:
            return None, None
        kept_with, _, kept = found.get(self.key, "").partition("\n")
        if not kept or not kept_with == found.get(self.sign_in_key) == stamp:
            return stamp, None
        etag, _, body = kept.partition("\n")
        if self.known == etag:
            return stamp, HttpResponseNotModified(headers={"ETag": etag})
        return stamp, HttpResponse(body, content_type=self.media_type, headers={"ETag": etag})

    def keep(self, stamp: str, response: HttpResponse, seconds: int) -> None:
        """Store an answer that the database gave after `stamp` was read; each of the two is true without the other."""
        set_response_etag(response)
        kept = {self.key: f"{stamp}\n{response['ETag']}\n{response.content.decode()}", self.sign_in_key: stamp}
        with suppress(CacheUnavailable):
            answers.keep(self.user_id, stamp, kept, seconds)

    def withdraw(self, stamp: str) -> None:
        """Who asked is nobody any more, and leaves no trace: the stamp goes if it was made for this question."""
        with suppress(CacheUnavailable):
            answers.withdraw(self.user_id, stamp)


def look_ahead(request: Any) -> None:
    """Find out what a request asks of the cache; what was read is believed only if the request is let through."""
    request.question = Question.of(request)
    if request.question:
        request.question.look_ahead()


def _spelling(path: re.Match[str], request: HttpRequest) -> str:
    """The part of the key behind the user: one spelling for each answer; ValueError for what the view refuses."""
    if path["id"]:
        return f"{path['singular']}:{path['id']}"
    query = request.GET.dict()
    if path["statistic"]:
        return f"stats:{path['statistic']}{_in_one_order(query)}"
    page = whole_number(query.pop("page", "1"))
    per_page = whole_number(query.pop("per_page", str(PER_PAGE_DEFAULT)))
    return f"{path['plural']}:page:{page}:per_page:{per_page}{_in_one_order(query)}"


def _in_one_order(query: dict[str, str]) -> str:
    rest = urlencode(sorted(query.items()))
    if len(rest) > LONGEST_QUERY_IN_KEY:
        raise ValueError("too long to be worth keeping")
    return f":{rest}" if rest else ""


class CachedAnswersMiddleware:
    """Answers from the cache what the same user has been answered since the last change, and keeps what is new."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        if settings.WATCH_WHAT_IS_OWED:
            owed.watch()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        question: Question | None = getattr(request, "question", None)
        response = self.answer(request, question) if question else self.get_response(request)
        end_what_was_rolled_back()
        return response

    def answer(self, request: HttpRequest, question: Question) -> HttpResponseBase:
        stamp, kept = question.look_up()
        if kept is not None:
            metrics.CACHE_HIT.inc()
            return kept
        (metrics.CACHE_MISS if stamp else metrics.CACHE_ERROR).inc()
        response = self.get_response(request)
        if stamp is not None and response.status_code == 401:
            question.withdraw(stamp)
        seconds = seconds_to_keep(request, timezone.now())
        if stamp is not None and seconds > 0 and response.status_code == 200 and isinstance(response, HttpResponse):
            question.keep(stamp, response, seconds)
        return response
