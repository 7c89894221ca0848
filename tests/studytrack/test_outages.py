"""The log tells of an outage once a minute, and not once a request."""

import logging
from collections.abc import Iterator

import pytest
from django.db import InternalError, OperationalError
from psycopg.errors import InFailedSqlTransaction, ReadOnlySqlTransaction

from studytrack.api.redis import Breaker, CacheUnavailable
from studytrack.outages import OnceAMinute, is_outage, postgresql_failed

pytestmark = pytest.mark.everywhere


@pytest.fixture(autouse=True)
def nothing_told_yet() -> Iterator[None]:
    logger = logging.getLogger("studytrack.outages")
    once = [each for each in logger.filters if isinstance(each, OnceAMinute)]
    for each in once:
        each._told.clear()
    yield
    for each in once:
        each._told.clear()


def record(message: str, *values: object) -> logging.LogRecord:
    return logging.LogRecord("a", logging.WARNING, __file__, 1, message, values, None)


def test_a_message_comes_once_a_minute_whatever_its_values() -> None:
    seconds = iter([0.0, 1.0, 2.0, 59.9, 60.0])
    once = OnceAMinute(lambda: next(seconds))
    assert once.filter(record("Redis: %s", "refused"))
    assert not once.filter(record("Redis: %s", "timed out"))
    assert once.filter(record("PostgreSQL: %s", "refused"))
    assert not once.filter(record("Redis: %s", "refused"))
    assert once.filter(record("Redis: %s", "refused"))


def test_a_breaker_that_opens_again_and_again_warns_once(caplog: pytest.LogCaptureFixture) -> None:
    """A warning for each failure is one every few seconds, from each process."""

    def refuse() -> None:
        raise ConnectionRefusedError("refused")

    for _ in range(5):
        with pytest.raises(CacheUnavailable):
            Breaker(seconds=0).write(refuse)
    assert [each.getMessage() for each in caplog.records] == [
        "Redis does not answer as it should: ConnectionRefusedError: refused"
    ]


def test_a_warning_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    postgresql_failed(OperationalError("the connection is lost\nfor a reason\nand another"))
    assert caplog.messages == ["PostgreSQL does not answer as it should: OperationalError: the connection is lost"]


def caused_by(cause: Exception) -> Exception:
    error = InternalError()
    error.__cause__ = cause
    return error


def test_what_the_code_did_wrong_is_no_outage() -> None:
    """A read-only database is an internal error to psycopg, as a broken transaction is."""
    assert is_outage(caused_by(ReadOnlySqlTransaction()))
    assert not is_outage(caused_by(InFailedSqlTransaction()))
    assert not is_outage(ValueError())
    assert not is_outage(None)
