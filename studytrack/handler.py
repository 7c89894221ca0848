"""How a request comes in by WSGI: as the client has said it, and by the shortcut if it can be answered there."""

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import parse_header_parameters

from studytrack.api import shortcut
from studytrack.api.shortcut import Environ

StartResponse = Callable[..., Any]

INHERITED = dict(os.environ)


def take_out_what_is_inherited(environ: Environ) -> None:
    """Servers mix the process's own environment into each request."""
    for name, value in INHERITED.items():
        if environ.get(name) == value:
            del environ[name]


def by_shortcut(environ: Environ, start_response: StartResponse) -> list[bytes] | None:
    """The content of the answer, if there is one there."""
    answer = shortcut.answer(environ, time.time())
    if answer is None:
        return None
    start_response(answer.status, answer.headers)
    return [answer.content]  # granian sends a list at once, and anything else bit by bit


class Utf8(HttpRequest):
    """A request whose query and form are UTF-8, whatever charset the body is said to have."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        # Django would decode the query, too, by that charset, and "zlib" is one.
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class Utf8Request(Utf8, WSGIRequest):
    """Django's, so read."""


class Application(WSGIHandler):
    """Django's, behind the shortcut."""

    request_class = Utf8Request

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:  # type: ignore[override]
        take_out_what_is_inherited(environ)
        return by_shortcut(environ, start_response) or super().__call__(environ, start_response)

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        response = super().get_response(request)
        read_the_rest(request)
        shortcut.remember(request, response)
        return response


def read_the_rest(request: HttpRequest) -> None:
    """Read what is left of the body: else a server closes the connection while the client sends, and loses the answer.

    Only as much as most bodies may have is read. Who sends more gets 413, or sees the connection closed.
    """
    with suppress(OSError):
        request.read(settings.MAX_BODY_BYTES)
