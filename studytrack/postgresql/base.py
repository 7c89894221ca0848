"""The backend: how a connection is got, and how a transaction is committed."""

import time
from datetime import UTC
from typing import Any, ClassVar

import psycopg
from django.db import Error
from django.db.backends.postgresql import base as django_postgresql
from psycopg.pq import TransactionStatus
from psycopg.types.datetime import TimestamptzLoader

from studytrack.outages import postgresql_failed
from studytrack.postgresql.commits import OutcomeUnknown, Transaction

WAIT_SECONDS = 2.0
GLANCE_SECONDS = 0.02
LOOK_UP_SECONDS = 3.0
LOOK_UP_PAUSE_SECONDS = 0.05


class DatabaseWrapper(django_postgresql.DatabaseWrapper):
    """As Django's; with a pool it knows when the server is away."""

    errors_before: ClassVar[dict[str, int]] = {}
    """How often connecting had failed when it last succeeded; by alias, as Django keeps its pools."""

    @property
    def is_given_up(self) -> bool:
        """Whether nobody waits for the database, because connecting fails."""
        return self.pool is not None and self.pool.timeout == GLANCE_SECONDS

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that was alive a moment ago; where all are in use, the first that comes back.

        While connecting fails nobody waits. The pool tries again whenever it is asked, and what it gets is the next
        request's.
        """
        if self.pool is None:
            return super().get_new_connection(conn_params)
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                connection = self._living_connection(conn_params)
            except psycopg.OperationalError as error:
                self._give_up_if_connecting_fails(error)
                if self.is_given_up or time.monotonic() > deadline:
                    raise
            else:
                self.pool.timeout, self.errors_before[self.alias] = self._patience, self._connection_errors
                return connection

    @property
    def _patience(self) -> float:
        return float(self.settings_dict["OPTIONS"]["pool"]["timeout"])

    @property
    def _connection_errors(self) -> int:
        return int(self.pool.get_stats().get("connections_errors", 0))

    def _give_up_if_connecting_fails(self, error: Exception) -> None:
        if self._connection_errors != self.errors_before.get(self.alias, 0):
            self.pool.timeout = GLANCE_SECONDS
            postgresql_failed(error)

    def _living_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        if connection.answers():
            return connection
        self.pool.putconn(connection)
        self.pool.drain()  # one that has died is seldom alone
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = super().create_cursor(name)
        if self.timezone is UTC:  # and so is the connection: Django's loader would see to it again, in Python
            cursor.adapters.register_loader(django_postgresql.TIMESTAMPTZ_OID, TimestamptzLoader)
        return cursor

    def _commit(self) -> None:
        if self.pool is None or self.connection is None:
            return super()._commit()  # type: ignore[misc]
        with self.wrap_database_errors:
            begun = self.connection.info.transaction_status == TransactionStatus.INTRANS
            transaction = Transaction.on(self.connection) if begun else None
        try:
            super()._commit()  # type: ignore[misc]
        except Error:
            if not self.connection.closed:
                raise
            self._let_go()
            if transaction is None or not self._was_committed(transaction):
                raise

    def _let_go(self) -> None:
        """Part with a dead connection. Django takes it as closed in a transaction, and needs none to roll back."""
        self.pool.putconn(self.connection)
        self.connection, self.closed_in_transaction = None, True

    def _was_committed(self, transaction: Transaction) -> bool:
        """Asked on another connection, with which this one goes on if so; raises OutcomeUnknown if nobody answers."""
        deadline = time.monotonic() + LOOK_UP_SECONDS
        while time.monotonic() < deadline:
            try:
                committed = self._ask(transaction)
            except psycopg.OperationalError:
                committed = None
            if committed is not None:
                return committed
            time.sleep(LOOK_UP_PAUSE_SECONDS)
        raise OutcomeUnknown("The connection died during COMMIT, and nobody could be asked about it.")

    def _ask(self, transaction: Transaction) -> bool | None:
        connection = self.get_new_connection(self.get_connection_params())
        committed = None
        try:
            connection.autocommit = True
            with connection.in_a_hurry(LOOK_UP_SECONDS):
                committed = transaction.was_committed(connection)
        finally:
            if committed:
                self.connection, self.closed_in_transaction = connection, False
            else:
                self.pool.putconn(connection)
        return committed
