"""One line in the log for each request, and its numbers for Prometheus."""

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject

from studytrack.api.clients import client_address
from studytrack.api.logs import asked, line
from studytrack.api.metrics import answered, method_of
from studytrack.api.routes import route_of
from studytrack.api.security import Event, note

logger = logging.getLogger("studytrack.requests")


class JournalMiddleware:
    """Stands before all others, so that nothing is answered without a line.

    What a client says is in there only as far as it is one of few things, or a number: the route and not the path,
    the address as it is counted. The time is until the answer begins; a streamed one goes on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = perf_counter()
        before = asked.set(request)
        try:
            response = self.get_response(request)
            self.write(request, response.status_code, perf_counter() - began)
        finally:
            asked.reset(before)
        return response

    def write(self, request: Any, status: int, seconds: float) -> None:
        route, user_id = route_of(request), user_id_of(request, status)
        if status == 403 or (status == 401 and "HTTP_AUTHORIZATION" in request.META):
            note(Event.ACCESS_REFUSED, route=route, status=status)
        tell(request.id, method_of(request), route, status, seconds, user_id, client_address(request))


def tell(  # noqa: PLR0913, PLR0917 - the members of the line, in its order
    request_id: str, method: str, route: str, status: int, seconds: float, user_id: int | None, address: str
) -> None:
    """Count an answer, and write its line."""
    numbers = answered(method, route, status)
    numbers.requests.inc()
    numbers.durations.observe(seconds)
    members = {
        "id": request_id,
        "method": method,
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 2),
        "user": user_id,
        "address": address,
    }
    logger.info(line(logger.name, "request", **members))


def user_id_of(request: Any, status: int) -> int | None:
    """Who asked, as far as that is known already: the database is not asked for it.

    Where nobody has looked at the user, and the answer is no error, it was a kept answer, for the token's user.
    """
    if (user := getattr(request, "user", None)) is None:
        claims = getattr(request, "claims", None) if status < 400 else None
        return claims and claims.user_id
    if isinstance(user, SimpleLazyObject):
        user = getattr(request, "_cached_user", None)
    return getattr(user, "pk", None)
