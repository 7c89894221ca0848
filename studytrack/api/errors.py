"""How everything that is raised, by DRF, Django, the database or a model, becomes a problem."""

import sys
from collections.abc import Callable
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as RuleBroken
from django.db import IntegrityError
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import csrf as django_csrf
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import ErrorResponse
from rest_framework import exceptions

from studytrack.api.problems import (
    DETAILS,
    MEDIA_TYPE,
    RETRY_AFTER_SECONDS,
    ConflictRefused,
    PayloadTooLarge,
    Unavailable,
    problem,
    problem_response,
)
from studytrack.models import Conflict
from studytrack.outages import is_outage, postgresql_failed
from studytrack.postgresql.commits import OutcomeUnknown


def broken_rules(error: RuleBroken, names: dict[str, str] | None = None) -> exceptions.APIException:
    """A model's broken rules as a request's error: Conflict is 409, the rest 400 under the API's field names."""
    if isinstance(error, Conflict):
        return ConflictRefused(error)
    fields = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for entry in (entry for entries in fields.values() for entry in entries):
        if isinstance(entry, Conflict):
            return ConflictRefused(entry)
    return exceptions.ValidationError(
        {_api_name(name, names or {}): _details(errors) for name, errors in fields.items()}
    )


def _api_name(name: str, names: dict[str, str]) -> str:
    return "non_field_errors" if name == NON_FIELD_ERRORS else names.get(name, name)


def _details(errors: list[RuleBroken]) -> list[exceptions.ErrorDetail]:
    return [exceptions.ErrorDetail(error.messages[0], error.code or "invalid") for error in errors]


UNKNOWN_OUTCOME = (
    "Whether this was done is not known. Look before you send it again, or send it with the same Idempotency-Key."
)


def told_of(outage: BaseException | None) -> str:
    """What a 503 says of the error behind it."""
    return UNKNOWN_OUTCOME if isinstance(outage, OutcomeUnknown) else DETAILS[503]


class ProblemHandler(ExceptionHandler):
    """Names what Django, the database and the models raise, as DRF names its own."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        match exc:
            case RuleBroken():
                return broken_rules(exc)
            case RequestDataTooBig():
                return PayloadTooLarge()
            case SuspiciousOperation():  # a form of a thousand fields, say
                return exceptions.ParseError()
            case _ if is_outage(exc):
                return Unavailable(told_of(exc))
            case IntegrityError():  # what the database only sees at the commit
                return ConflictRefused()
        return super().convert_known_exceptions(exc)

    def report_exception(self, exc: exceptions.APIException, response: Any) -> None:
        """A server that is away is told of once a minute: a traceback for each request would fill the disk."""
        if is_outage(self.exc):
            postgresql_failed(self.exc)
        elif not isinstance(exc, Unavailable):
            super().report_exception(exc, response)


PLAIN = (404, 405, 406, 500)
"""Statuses whose detail is always the one in DETAILS: Django's views and DRF's have different texts for them."""


class ProblemFormatter(ExceptionFormatter):
    """The members of a problem, from whatever DRF raised."""

    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        request: Any = self.context["request"]
        status = int(self.exc.status_code)
        first = error_response.errors[0]
        if isinstance(self.exc, exceptions.ValidationError):
            errors = [
                {
                    "field": None if e.attr == "non_field_errors" else e.attr,
                    "code": e.code,
                    "detail": e.detail,
                }
                for e in error_response.errors
            ]
            return problem(request, status, errors=errors)
        members = getattr(self.exc, "members", {})
        detail = "" if status in PLAIN else first.detail
        return problem(request, status, code=_code(self.exc, first.code), detail=detail, **members)


def _code(exc: exceptions.APIException, code: str) -> str:
    return code if isinstance(exc, exceptions.NotAuthenticated | exceptions.ParseError | ConflictRefused) else ""


class ProblemMiddleware:
    """Turns the bare errors of Django and its middleware into problems."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code < 400 or response.get("Content-Type") == MEDIA_TYPE or is_page(request, response):
            return response
        plain = problem_response(request, response.status_code)
        for name, value in response.items():
            if name not in ("Content-Type", "Content-Length"):
                plain[name] = value
        return plain


def is_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether an error is a page with something on it for somebody who asked for pages."""
    return (
        wants_page(request) and bool(getattr(response, "content", b"")) and "html" in response.get("Content-Type", "")
    )


def wants_page(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return problem_response(request, status, code="" if status == 413 else "error")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path_info.startswith("/admin/") and wants_page(request):
        return render(request, "admin/404.html", status=404)
    return problem_response(request, 404)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(request, 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 where the database is away, as in the API's views; else 500."""
    error = sys.exception()
    if not is_outage(error):
        return problem_response(request, 500)
    response = problem_response(request, 503, detail=told_of(error))
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if wants_page(request):
        return django_csrf.csrf_failure(request, reason)
    return problem_response(request, 403, detail="The CSRF token is missing or wrong.")
