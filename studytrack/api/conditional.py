"""Conditional requests: the tag of what is shown, and changes only of what the client has seen.

Reading is Django's middleware: a strong ETag of each answer, and 304 where `If-None-Match` names it.
"""

from hashlib import md5
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.utils.http import parse_etags, quote_etag
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from studytrack.api.problems import DETAILS
from studytrack.api.renderers import JSONRenderer


class PreconditionFailed(APIException):
    """412: it is no longer what the client has seen."""

    status_code = 412
    default_code = "precondition_failed"
    default_detail = DETAILS[412]


class ConditionalReadMiddleware(ConditionalGetMiddleware):
    """Django's, for HEAD as well: it is GET without the body, which is taken away only later."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.method != "HEAD":
            return super().process_response(request, response)
        request.method = "GET"
        try:
            return super().process_response(request, response)
        finally:
            request.method = "HEAD"


def entity_tag(shown: Any) -> str:
    """The ETag that GET gives with this representation."""
    return quote_etag(md5(JSONRenderer().render(shown), usedforsecurity=False).hexdigest())


def refuse_if_changed(request: Request, serializer: Any) -> None:
    """Raise PreconditionFailed unless `If-Match`, where there is one, names what the serializer shows now.

    Call it under the lock of the write: what is compared is then what will be changed.
    """
    wanted = parse_etags(request.headers.get("If-Match", "*"))
    if "*" not in wanted and entity_tag(serializer.data) not in wanted:
        raise PreconditionFailed
