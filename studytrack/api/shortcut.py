"""The shortcut to a kept answer, past Django's handler and the middlewares.

What the middlewares do with a read depends on how it is asked: its headers, its address, its token. Once a read has
gone through all of them and was answered from the cache, the headers they added are remembered, until the window of
the rate limit ends. Who then asks in exactly the same manner is only counted and looked up, whatever is read.
"""

from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple

from django.http.response import HttpResponseBase

from studytrack.api import metrics
from studytrack.api.caching import LOOKED_UP, Kept, Question
from studytrack.api.clients import client_address
from studytrack.api.headers import request_id
from studytrack.api.journal import tell
from studytrack.api.places import Place, place_of
from studytrack.api.ratelimits import Window
from studytrack.api.redis import CacheUnavailable
from studytrack.api.routes import route_to
from studytrack.api.tokens import Claims

Environ = dict[str, Any]
Headers = tuple[tuple[str, str], ...]

WHAT_IS_ASKED = frozenset(("PATH_INFO", "QUERY_STRING", "HTTP_IF_NONE_MATCH", "HTTP_X_REQUEST_ID"))
ON_CONDITION = "HTTP_IF_"
"""How the other conditional headers begin: with one of them the middlewares judge each answer anew."""
MADE_ANEW = frozenset(("content-length", "etag", "ratelimit", "ratelimit-policy", "x-request-id"))
MANNERS_REMEMBERED = 1024
LONGEST_MANNER = 4096


class Look(NamedTuple):
    """The status and the headers that the middlewares give an answer, without those that are made anew each time."""

    code: int
    status: str
    headers: Headers


@dataclass(frozen=True, slots=True)
class Manner:
    """A way of asking that was let through: by whom, where that is counted, and the looks of its answers."""

    claims: Claims
    address: str
    window: Window
    looks: dict[tuple[int, str], Look]
    """By status and media type."""

    def is_over(self, now: float) -> bool:
        return now >= self.claims.expires_at or int(now) > self.window.ends_at

    def look_of(self, kept: Kept, place: Place, known: str | None) -> Look | None:
        """How an answer looks to a client that has the version `known`; None if that needs a closer look."""
        if known and known != kept.etag:
            return None
        return self.looks.get((304 if known else 200, place.media_type))


class Answer(NamedTuple):
    """What WSGI wants."""

    status: str
    headers: list[tuple[str, str]]
    content: bytes


manners: dict[frozenset[tuple[str, str]], Manner] = {}


def manner_of(environ: Environ) -> frozenset[tuple[str, str]]:
    """Everything that a request says, except for what it asks."""
    return frozenset([each for each in environ.items() if type(each[1]) is str and each[0] not in WHAT_IS_ASKED])


def answer(environ: Environ, now: float) -> Answer | None:
    """The kept answer to a request, or None where Django has to answer; what was counted and read is handed to it."""
    began, place = perf_counter(), place_of(environ)
    manner = manners.get(manner_of(environ)) if place else None
    if place is None or manner is None or manner.is_over(now):
        return None
    question = environ[LOOKED_UP] = Question(manner.claims, place)
    kept = count_and_find(question, manner.window)
    look = manner.look_of(kept, place, environ.get("HTTP_IF_NONE_MATCH")) if kept else None
    if kept is None or look is None:
        return None
    identity = request_id(environ)
    own = {"X-Request-ID": identity, **manner.window.headers(question.counted.number, now)}
    answered = dressed(kept, look, own)
    metrics.CACHE_HIT.inc()
    metrics.limiter(manner.window.tier, "allowed").inc()
    route, seconds = route_to(environ["PATH_INFO"]), perf_counter() - began
    tell(identity, "GET", route, look.code, seconds, manner.claims.user_id, manner.address)
    return answered


def count_and_find(question: Question, window: Window) -> Kept | None:
    """In one round trip; None, too, for what is over the limit."""
    question.look_ahead()
    question.counted = window.count()
    if question.counted.number > window.limit:
        return None
    try:
        return question.kept_in(question.find())
    except CacheUnavailable:
        return None


def dressed(kept: Kept, look: Look, own: dict[str, str]) -> Answer:
    headers = [*look.headers, ("ETag", kept.etag), *own.items()]
    if look.code == 304:
        return Answer(look.status, headers, b"")
    content = kept.body.encode()
    return Answer(look.status, [*headers, ("Content-Length", str(len(content)))], content)


def remember(request: Any, response: HttpResponseBase) -> None:
    """Note the manner of a request, if it was let through and answered from the cache."""
    question: Question | None = getattr(request, "question", None)
    if question is None or not question.is_answered or response.cookies:
        return
    manner = manner_of(request.META)
    if not is_worth_it(manner):
        return
    if len(manners) >= MANNERS_REMEMBERED:
        manners.clear()  # whoever comes again is soon known again
    headers = tuple((name, value) for name, value in response.items() if name.lower() not in MADE_ANEW)
    look = Look(response.status_code, f"{response.status_code} {response.reason_phrase}", headers)
    before = manners.get(manner)
    looks = {**(before.looks if before else {}), (look.code, question.place.media_type): look}
    manners[manner] = Manner(question.claims, client_address(request), request.window, looks)


def is_worth_it(manner: frozenset[tuple[str, str]]) -> bool:
    """Whether the next request in this manner would be treated the same, and the manner is not too long to keep."""
    length = sum(len(name) + len(value) for name, value in manner)
    return length <= LONGEST_MANNER and not any(name.startswith(ON_CONDITION) for name, _ in manner)
