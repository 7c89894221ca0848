"""What every answer carries: a request id, and how caches outside may treat it."""

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

A_CLIENTS_OWN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
ANSWERS_DEPEND_ON = ("Authorization", "Accept")
PICTURES, IN_PICTURES = "image/svg+xml", "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A picture opened by itself is a page: it may have its own style, and nothing that runs or is somewhere else."""


class HeadersMiddleware:
    """Gives the request an id, and the answer its headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.id = request_id(request.META)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        response.headers.setdefault("Cache-Control", "private, no-cache")
        if response.get("Content-Type") == PICTURES:
            response["Content-Security-Policy"] = IN_PICTURES
        response["Vary"] = ", ".join([*ANSWERS_DEPEND_ON, *_other_reasons(response.get("Vary", ""))])
        return response


def request_id(headers: Mapping[str, Any]) -> str:
    """The client's own id of this request if it is well formed, else a new one; headers are named as in WSGI."""
    own = headers.get("HTTP_X_REQUEST_ID", "")
    return own if A_CLIENTS_OWN_ID.fullmatch(own) else uuid.uuid4().hex


def _other_reasons(vary: str) -> list[str]:
    known = {name.lower() for name in ANSWERS_DEPEND_ON}
    return [name for part in vary.split(",") if (name := part.strip()) and name.lower() not in known]
