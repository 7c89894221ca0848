"""The cached answers of a user: which requests are answered from them, and how they are kept.

An answer is stored with the user's stamp as it was *before* the database was asked, and is good while that is still
the stamp. A change throws the stamp away; the next reader makes a new one, and everything stored
with an older stamp is void, however slow its reader was. A sign-in that was seen alive is kept the same way.
What changes by itself, by the clock alone, is not kept beyond that moment: whoever makes the answer says good_until().
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeGuard

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import set_response_etag

from studytrack.api import metrics, owed
from studytrack.api.forgetting import end_what_was_rolled_back
from studytrack.api.places import Place, place_of
from studytrack.api.redis import CacheUnavailable, Counted
from studytrack.api.stamps import stamp_key
from studytrack.api.tokens import Claims, bearer

LOOKED_UP = "studytrack.question"
"""Under this name a WSGI environment has the question whose answer has been looked for already."""

NOT_COUNTED = Counted("", 0)

answers: Any = cache


def good_until(request: Any, instant: datetime) -> None:
    """Say of the answer that is being made that it changes by itself at this instant."""
    asked = getattr(request, "_request", request)  # REST framework wraps Django's, which the middleware has
    asked.good_until = min(instant, getattr(asked, "good_until", instant))


def seconds_to_keep(request: HttpRequest, now: datetime) -> int:
    """For how long the answer to a request may be kept."""
    left = (getattr(request, "good_until", datetime.max.replace(tzinfo=UTC)) - now).total_seconds()
    return min(settings.ANSWER_TTL_SECONDS, int(left))


class Kept(NamedTuple):
    """A kept answer that is good."""

    etag: str
    body: str


@dataclass(slots=True)
class Question:
    """A read whose answer may be kept: whose, by which sign-in, and where."""

    claims: Claims
    place: Place
    ahead: Any = None
    counted: Counted = NOT_COUNTED
    is_answered: bool = False

    @classmethod
    def of(cls, request: HttpRequest) -> "Question | None":
        """The question that a request asks, or None where the views must judge."""
        place = place_of(request.META)
        claims = bearer(request) if place else None
        return cls(claims, place) if place and claims else None

    @property
    def user_id(self) -> int:
        return self.claims.user_id

    @property
    def key(self) -> str:
        return f"user:{self.user_id}:{self.place.name}"

    @property
    def sign_in_key(self) -> str:
        return f"user:{self.user_id}:sign-in:{self.claims.sign_in.hex}"

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

    def look_up(self) -> tuple[str | None, Kept | None]:
        """The user's stamp to store an answer with, if it can be stored, and the kept answer if it is good."""
        try:
            found = self.find()
            stamp: str | None = found.get(stamp_key(self.user_id))
            if not answers.is_good(stamp):
                return answers.new_stamp(self.user_id), None
        except CacheUnavailable:
            return None, None
        return stamp, self.kept_in(found)

    def kept_in(self, found: dict[str, str]) -> Kept | None:
        """The answer among what was found, if everything else that was found says that it is good."""
        stamp = found.get(stamp_key(self.user_id))
        kept_with, _, kept = found.get(self.key, "").partition("\n")
        if not kept or not answers.is_good(stamp) or not kept_with == found.get(self.sign_in_key) == stamp:
            return None
        etag, _, body = kept.partition("\n")
        return Kept(etag, body)

    def shown(self, kept: Kept) -> HttpResponse:
        self.is_answered = True
        return HttpResponse(kept.body, content_type=self.place.media_type, headers={"ETag": kept.etag})

    def is_answered_by(self, response: HttpResponseBase) -> TypeGuard[HttpResponse]:
        """Whether this is what is kept in its place, and not a refusal or another picture of it."""
        is_what_was_asked = response.get("Content-Type") == self.place.media_type
        return response.status_code == 200 and is_what_was_asked and isinstance(response, HttpResponse)

    def keep(self, stamp: str, response: HttpResponse, seconds: int) -> None:
        """Store an answer that was made after `stamp` was read, and beside it that the sign-in was alive by then."""
        set_response_etag(response)
        kept = {self.key: f"{stamp}\n{response['ETag']}\n{response.content.decode()}", self.sign_in_key: stamp}
        with suppress(CacheUnavailable):
            answers.keep(self.user_id, stamp, kept, seconds)

    def withdraw(self, stamp: str) -> None:
        """Take back a stamp made for a question that was nobody's: a deleted account leaves no trace."""
        with suppress(CacheUnavailable):
            answers.withdraw(self.user_id, stamp)


def ask(request: Any) -> None:
    """Find out whether a kept answer may answer a request, before the limits are: what was read is used only after."""
    request.question = handed_on = request.META.pop(LOOKED_UP, None)
    if handed_on:
        request.claims = handed_on.claims
    else:
        request.question = Question.of(request)
    if request.question and request.question.ahead is None:
        request.question.look_ahead()


def counted_ahead(request: Any) -> Counted:
    """What the limiter need not count any more of this request."""
    return request.question.counted if request.question else NOT_COUNTED


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
            return question.shown(kept)
        (metrics.CACHE_MISS if stamp else metrics.CACHE_ERROR).inc()
        response = self.get_response(request)
        if stamp is not None and response.status_code == 401:
            question.withdraw(stamp)
        seconds = seconds_to_keep(request, timezone.now())
        if stamp is not None and seconds > 0 and question.is_answered_by(response):
            question.keep(stamp, response, seconds)
        return response
