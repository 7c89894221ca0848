"""Which errors are a server's that is away, and telling the log of them once a minute, however many suffer."""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from psycopg.errors import IdleInTransactionSessionTimeout, ReadOnlySqlTransaction

CANNOT_GO_ON = (ReadOnlySqlTransaction, IdleInTransactionSessionTimeout)
"""What psycopg does not count among the operational errors."""
TOLD_AGAIN_AFTER_SECONDS = 60.0

logger = logging.getLogger(__name__)


def is_outage(error: BaseException | None) -> bool:
    """Whether it is the database that cannot do it now, and nobody's mistake."""
    cause = error.__cause__ if error else None
    return isinstance(error, OperationalError | InterfaceError) or isinstance(cause, CANNOT_GO_ON)


class OnceAMinute(logging.Filter):
    """Lets a message through, whatever values stand in it, that it has not let through in the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.clock = clock
        self._told: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        now, message = self.clock(), str(record.msg)
        if now - self._told.get(message, float("-inf")) < TOLD_AGAIN_AFTER_SECONDS:
            return False
        self._told[message] = now
        return True


class NoOutage(logging.Filter):
    """Does not let through that a request was answered 503: that a server is away is told once for all of them."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", 500) != HTTPStatus.SERVICE_UNAVAILABLE


for each in (logger, logging.getLogger("psycopg.pool")):  # the pool tells of each attempt to connect
    each.addFilter(OnceAMinute())


def redis_failed(error: Exception) -> None:
    logger.warning("Redis does not answer as it should: %s", first_line(error))


def postgresql_failed(error: Exception) -> None:
    logger.warning("PostgreSQL does not answer as it should: %s", first_line(error))


def first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0]
