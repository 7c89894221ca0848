"""Django's PostgreSQL backend, which looks whether a connection is alive without asking, and reads times in C."""

import select
from datetime import UTC
from typing import Any

from django.db.backends.postgresql import base
from psycopg.types.datetime import TimestamptzLoader


def has_ended(connection: Any) -> bool:
    """Whether the server has said something to a connection that asked nothing: what it says then is goodbye.

    The usual check is a query, which finds out the same, and waits for its answer.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection out of the pool that the server has not ended."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        while self.pool and has_ended(connection):
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = super().create_cursor(name)
        if self.timezone is UTC:  # and so is the connection: Django's loader would see to it again, in Python
            cursor.adapters.register_loader(base.TIMESTAMPTZ_OID, TimestamptzLoader)
        return cursor
