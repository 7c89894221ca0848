"""Idempotency keys: a request that creates may be sent again, and is then answered as it was the first time.

The key, what was created and the answer are one transaction: a worker that dies leaves all of it or nothing. The user
keeps the answers: they are rows of an app that is not imported here.
"""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files import File
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from studytrack.api.problems import ConflictRefused
from studytrack.api.renderers import JSONRenderer
from studytrack.models import Conflict

KEY_MAX_LENGTH = 255
KEY = re.compile(rf"[ -~]{{1,{KEY_MAX_LENGTH}}}")


class KeyReused(APIException):
    """422: a key stands for one request, and this is another."""

    status_code = 422
    default_code = "error"
    default_detail = "This key has been used for another request. Take a new one."


def idempotent(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Let a view's method that creates be repeated with an `Idempotency-Key`. It stands above `@in_turn`.

    Only what succeeds is kept: a refusal is raised, and so takes the transaction with it.
    """

    @wraps(handler)
    def answering_once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = key_of(request)
        if key is None:
            return handler(view, request, *args, **kwargs)
        fingerprint, now = fingerprint_of(request), timezone.now()
        user: Any = request.user
        with transaction.atomic():
            refuse_while_running(user.pk, key)
            first = user.first_answer(key, now)
            if first is not None:
                return again(first, fingerprint)
            response = handler(view, request, *args, **kwargs)
            user.keep_first_answer(key, now, fingerprint=fingerprint, **kept(response))
            return response

    answering_once.takes_idempotency_key = True  # type: ignore[attr-defined]
    return answering_once


def key_of(request: Request) -> str | None:
    """The request's key, if it has one."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not KEY.fullmatch(key):
        raise ValidationError({"Idempotency-Key": [f"A key is 1 to {KEY_MAX_LENGTH} printable ASCII characters."]})
    return key


def fingerprint_of(request: Request) -> str:
    """What makes two requests the same: their method, their path, and what their bodies say, however it is spelled."""
    said = [request.method, request.path, request.data]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=_told).encode()).hexdigest()


def _told(value: Any) -> str:
    """What is no JSON in a fingerprint: of a file what is in it, whatever its name."""
    if not isinstance(value, File):
        return str(value)
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return digest.hexdigest()


def refuse_while_running(user_id: int, key: str) -> None:
    """Raise a conflict while another request has this key; from here to the end of the transaction this one has it.

    SQLite needs no such lock: there this transaction has only begun because no other is running.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{user_id} {key}"])
            (is_ours,) = cursor.fetchone()
        if not is_ours:
            raise ConflictRefused(Conflict("The first request with this key is still running.", "conflict"))


def kept(response: Response) -> dict[str, Any]:
    """What is kept of an answer, as columns."""
    body = JSONRenderer().render(response.data).decode()
    return {"status": response.status_code, "location": response.get("Location", ""), "body": body}


def again(first: Any, fingerprint: str) -> Response:
    """The first answer to the same request; raises KeyReused for another."""
    if first.fingerprint != fingerprint:
        raise KeyReused
    headers = {"Idempotent-Replayed": "true"} | ({"Location": first.location} if first.location else {})
    return Response(json.loads(first.body), first.status, headers=headers)
