"""The connection pool as production has it, on a PostgreSQL that restarts (contract 8, DATABASE_URL)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from tempfile import TemporaryFile
from threading import Timer
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
def connected(server: Server, alias: str) -> Iterator[Any]:
    """A connection of the product's settings, but to this server; the alias is new, because pools go by it."""
    ours = {name: settings.DATABASES["default"][name] for name in ("ENGINE", "OPTIONS")}
    described = {"default": {}, alias: {**dj_database_url.parse(server.url), **ours}}
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
    """A pool that is not asked about its connections gives out dead ones."""
    with connected(server, "checked") as connection:
        ask(connection)
        server.stop()
        server.start()
        assert ask(connection) == (1,)


def test_though_more_than_one_connection_has_died(server: Server) -> None:
    """The pool gives out one dead connection after the other, and waits a second in between."""
    with connected(server, "several") as connection:
        ask(connection)
        connection.pool.resize(5)
        connection.pool.wait()
        server.stop()
        server.start()
        assert [ask(connection) for _ in range(3)] == [(1,)] * 3


def test_one_that_was_heard_a_moment_ago_is_asked_nothing(server: Server) -> None:
    """A check by a query sends one each time that a connection is taken out of the pool."""
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


def test_a_server_that_is_away_is_an_operational_error_at_once(server: Server) -> None:
    """Each would wait for the pool as long as for one whose connections are in use."""
    with connected(server, "away") as connection:
        ask(connection)
        server.stop()
        began = time.monotonic()
        for _ in range(10):
            with pytest.raises(OperationalError):
                ask(connection)
        assert (time.monotonic() - began < 2, connection.is_given_up) == (True, True)
        server.start()
        assert eventually(connection) == (1,)
        assert not connection.is_given_up


def eventually(connection: Any, seconds: float = 2) -> Any:
    """What is answered as soon as anything is."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ask(connection)
        except OperationalError:
            if time.monotonic() > deadline:
                raise


def test_where_all_are_in_use_the_first_that_comes_back_is_waited_for(server: Server) -> None:
    """To give up at once would refuse whoever comes a moment too early."""
    with connected(server, "busy") as connection:
        ask(connection)
        connection.pool.resize(0, 1)
        taken = connection.pool.getconn()
        Timer(0.6, connection.pool.putconn, [taken]).start()
        began = time.monotonic()
        assert ask(connection) == (1,)
        assert time.monotonic() - began > 0.5
