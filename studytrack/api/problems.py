"""The shape of everything that goes wrong, RFC 9457, and the errors that DRF has no name for."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions

from studytrack.models import Conflict

MEDIA_TYPE = "application/problem+json"
COMPACT = {"separators": (",", ":"), "ensure_ascii": False}
RETRY_AFTER_SECONDS = 5
TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
"""RFC 9110's phrases where older Pythons have others."""
CODES = {
    400: "validation_error",
    401: "authentication_failed",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    412: "precondition_failed",
    413: "payload_too_large",
    415: "unsupported_media_type",
    429: "throttled",
    503: "unavailable",
}
DETAILS = {
    400: "The request is invalid.",
    403: "This is not permitted.",
    404: "There is nothing here.",
    405: "This method is not allowed here.",
    406: "This is not to be had in any of the forms that are accepted.",
    411: "Send the body whole, with a Content-Length.",
    412: "This has changed since you saw it. Read it again.",
    413: "The body is too large.",
    429: "Too many requests from this address. Try again later.",
    500: "Something went wrong here.",
    503: "The service cannot answer right now. Try again later.",
}


class PayloadTooLarge(exceptions.APIException):
    """413: the body is longer than is read."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "payload_too_large"
    default_detail = DETAILS[413]


class ConflictRefused(exceptions.APIException):
    """409: well formed, but what is there already does not allow it."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"
    default_detail = "This conflicts with another change. Try again."

    def __init__(self, conflict: Conflict | None = None) -> None:
        super().__init__(*((conflict.message, conflict.code) if conflict else ()))
        self.members = conflict.members if conflict else {}


class Unavailable(exceptions.APIException):
    """503: a server that is needed does not answer."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "unavailable"
    default_detail = DETAILS[503]
    wait = RETRY_AFTER_SECONDS


def problem(request: HttpRequest, status: int, *, code: str = "", detail: str = "", **members: Any) -> dict[str, Any]:
    """The members of one problem; what is not given follows from the status."""
    return {
        "type": "about:blank",
        "title": TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "code": code or CODES.get(status, "error"),
        "detail": detail or DETAILS.get(status, HTTPStatus(status).description or "Something went wrong."),
        **members,
        "request_id": getattr(request, "id", None),
    }


def problem_response(request: HttpRequest, status: int, **members: Any) -> HttpResponse:
    """A problem as a Django response, for what never reaches a DRF view."""
    return JsonResponse(
        problem(request, status, **members), status=status, content_type=MEDIA_TYPE, json_dumps_params=COMPACT
    )
