"""Which run of Redis has answered: one that has started again may have come back with old data.

Every new connection asks the server for its run, which is another after each start, and another server's is another.
A command may be repeated on a new connection; so what counts is who has answered, not whom one meant to ask.
"""

from threading import local
from typing import Any

from redis.connection import Connection, ConnectionPool

RUN_LENGTH = 16


class Answered(local):
    """By which run this thread was answered last."""

    run = ""


answered = Answered()


class RunConnectionPool(ConnectionPool):
    """Connections that know by which run they are answered."""

    def __init__(self, connection_class: type[Any] = Connection, **kwargs: Any) -> None:
        super().__init__(connection_class, redis_connect_func=ask_for_run, **kwargs)

    def release(self, connection: Any) -> None:
        answered.run = getattr(connection, "run", "")
        super().release(connection)


def ask_for_run(connection: Any) -> None:
    """Greet the server as usual, then ask; without an answer there is no connection."""
    connection.on_connect()
    connection.send_command("INFO", "server")
    info = bytes(connection.read_response()).decode()
    connection.run = info.partition("run_id:")[2][:RUN_LENGTH]
