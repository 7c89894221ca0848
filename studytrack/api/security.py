"""What an operator wants to know of who tried to get in: each event logged, and counted."""

import logging
from enum import StrEnum
from typing import Any

from django.utils.crypto import salted_hmac

from studytrack.api.clients import client_address
from studytrack.api.logs import asked
from studytrack.api.metrics import SECURITY
from studytrack.models import folded

logger = logging.getLogger("studytrack.security")
PSEUDONYM_DIGITS = 16


class Event(StrEnum):
    """One word for each."""

    SIGN_IN = "sign-in"
    SIGN_IN_FAILED = "sign-in-failed"
    ADMIN_SIGN_IN = "admin-sign-in"
    ADMIN_SIGN_IN_FAILED = "admin-sign-in-failed"
    ACCESS_REFUSED = "access-refused"
    REFRESH_REUSED = "refresh-reused"
    LIMIT_REACHED = "limit-reached"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - a word
    ACCOUNT_DELETED = "account-deleted"


COUNTED = {event: SECURITY.labels(event) for event in Event}


def note(event: Event, **members: Any) -> None:
    """Log and count an event, with the request in which it happened."""
    COUNTED[event].inc()
    request = asked.get()
    address = client_address(request) if request is not None else None
    logger.info(event, extra={**members, "address": address})


def pseudonym(name: object) -> str:
    """What stands for a name in the log, always the same: people type their password where the name belongs."""
    return salted_hmac("studytrack.security", folded(str(name))).hexdigest()[:PSEUDONYM_DIGITS]
