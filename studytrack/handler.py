"""How a request comes in by WSGI: as the client has said it, and by the shortcut if it can be answered there."""

import os
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import parse_header_parameters

from studytrack.api import shortcut

INHERITED = frozenset(os.environ.items())


def said(environ: dict[str, Any]) -> dict[str, Any]:
    """An environment without the process's own, which servers mix into each request."""
    return dict(environ.items() - INHERITED)


class Utf8Request(WSGIRequest):
    """A request with a query that is UTF-8."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        # Django would decode the query by the charset that the body is said to have, "zlib" too.
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class Application(WSGIHandler):
    """Django's, behind the shortcut."""

    request_class = Utf8Request

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:  # type: ignore[override]
        environ = said(environ)
        answer = shortcut.answer(environ, time.time())
        if answer is None:
            return super().__call__(environ, start_response)
        start_response(answer.status, answer.headers)
        return (answer.content,)

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        response = super().get_response(request)
        shortcut.remember(request, response)
        return response
