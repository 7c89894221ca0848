"""The connection pool as production has it, on a PostgreSQL that restarts (contract 8, DATABASE_URL)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import Any

import dj_database_url
import pytest
from django.conf import settings
from django.db import OperationalError, connections
from django.db.utils import ConnectionHandler

from tests.servers import Server, private_postgres

pytestmark = [
    pytest.mark.usefixtures("db"),
    pytest.mark.skipif(not settings.ON_POSTGRESQL, reason="SQLite has neither servers nor pools"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with private_postgres() as postgres:
        yield postgres


@contextmanager
def connected(server: Server, alias: str, **changed: Any) -> Iterator[Any]:
    """A connection of the product's settings, but to this server; the alias is new, because pools go by it."""
    ours = {name: settings.DATABASES["default"][name] for name in ("ENGINE", "OPTIONS")}
    described = {"default": {}, alias: {**dj_database_url.parse(server.url), **ours, **changed}}
    connections.settings[alias] = ConnectionHandler(described).settings[alias]
    connection: Any = connections[alias]
    try:
        yield connection
    finally:
        connection.close()
        connection.close_pool()
        del connections[alias], connections.settings[alias]


def ask(connection: Any) -> Any:
    """What a request does: it takes a connection out of the pool, is answered, and gives it back."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone()
    finally:
        connection.close()


def test_the_first_request_after_a_restart_is_answered(server: Server) -> None:
    with connected(server, "checked") as connection:
        ask(connection)
        server.stop()
        server.start()
        assert ask(connection) == (1,)


def test_by_djangos_own_connections_it_would_not_be(server: Server) -> None:
    with connected(server, "unchecked", ENGINE="django.db.backends.postgresql") as connection:
        ask(connection)
        server.stop()
        server.start()
        with pytest.raises(OperationalError):
            ask(connection)


def test_looking_whether_the_server_is_there_asks_it_nothing(server: Server) -> None:
    """Django's CONN_HEALTH_CHECKS sends a query each time that a connection is taken out of the pool."""
    with connected(server, "asked") as connection:
        ask(connection)
        connection.ensure_connection()
        with TemporaryFile() as sent:
            connection.connection.pgconn.trace(sent.fileno())
            connection.close()
            ask(connection)
            connection.ensure_connection()
            connection.connection.pgconn.untrace()
            sent.seek(0)
            assert sent.read().count(b"ReadyForQuery") == 1


def test_times_are_read_as_django_reads_them(server: Server) -> None:
    with connected(server, "times") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT TIMESTAMPTZ '2026-10-25 02:30:00.000001+02'")
        assert cursor.fetchone() == (datetime(2026, 10, 25, 0, 30, 0, 1, UTC),)
        connection.close()


def test_a_server_that_is_away_is_an_operational_error(server: Server) -> None:
    with connected(server, "away") as connection:
        server.stop()
        with pytest.raises(OperationalError):
            ask(connection)
        server.start()
        assert ask(connection) == (1,)
