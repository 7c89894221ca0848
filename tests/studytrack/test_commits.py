"""What PostgreSQL is asked about a transaction whose connection died during COMMIT."""

import signal
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from studytrack.postgresql.commits import Transaction
from tests.servers import Server, end, private_postgres


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Its log goes to disk at a commit only, and not by itself in between."""
    with private_postgres(wal_writer_delay="10s", synchronous_commit="on") as postgres:
        with connected(postgres) as connection:
            connection.execute("CREATE TABLE written (id int)")
        yield postgres


def connected(server: Server) -> "psycopg.Connection[Any]":
    return psycopg.connect(server.url, autocommit=True)


def begun(server: Server) -> tuple["psycopg.Connection[Any]", Transaction]:
    """A connection that has written, and what was noted of its transaction."""
    connection = connected(server)
    connection.execute("BEGIN")
    connection.execute("INSERT INTO written VALUES (1)")
    transaction = Transaction.on(connection)
    assert transaction
    return connection, transaction


def crash(server: Server) -> None:
    assert server.process
    end(server.process, signal.SIGQUIT, signal.SIGKILL)
    server.start()


def test_what_has_written_nothing_needs_no_asking(server: Server) -> None:
    with connected(server) as connection, connection.transaction():
        connection.execute("SELECT FROM written")
        assert Transaction.on(connection) is None


@pytest.mark.parametrize(("ending", "committed"), [("COMMIT", True), ("ROLLBACK", False)])
def test_what_has_ended(server: Server, ending: str, committed: bool) -> None:
    connection, transaction = begun(server)
    with connection, connected(server) as other:
        connection.execute(ending.encode())
        assert transaction.was_committed(other) is committed


def test_a_checkpoint_in_between_changes_nothing(server: Server) -> None:
    connection, transaction = begun(server)
    with connection, connected(server) as other:
        connection.execute("COMMIT")
        other.execute("CHECKPOINT")
        assert transaction.was_committed(other) is True


def test_a_session_that_goes_on_is_ended(server: Server) -> None:
    """Behind a dead network it would wait for its COMMIT, in progress for ever."""
    connection, transaction = begun(server)
    with connected(server) as other:
        answers = [answer for _ in range(100) if (answer := transaction.was_committed(other)) is not None]
        assert set(answers) == {False}
    with pytest.raises(psycopg.OperationalError):
        connection.execute("COMMIT")
    connection.close()


def test_a_crash_forgets_it(server: Server) -> None:
    connection, transaction = begun(server)
    crash(server)
    connection.close()
    with connected(server) as other:
        assert transaction.was_committed(other) is False


def test_somebody_elses_commit_under_its_id_is_not_taken_for_its_own(server: Server) -> None:
    """After a crash PostgreSQL gives an id again whose log was not on disk: its status is the other one's."""
    connection, transaction = begun(server)
    crash(server)
    connection.close()
    with connected(server) as other:
        given = None
        while given != transaction.id:
            with other.transaction():
                other.execute("INSERT INTO written VALUES (2)")
                (given,) = other.execute("SELECT pg_current_xact_id()::text").fetchone() or (None,)
        assert other.execute("SELECT pg_xact_status(%s::xid8)", [transaction.id]).fetchone() == ("committed",)
        assert transaction.was_committed(other) is False
