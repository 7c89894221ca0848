"""Which run of Redis has answered: one that has started again may have come back with old data.

Every new connection asks the server for its run, which is another after each start, and another server's is another.
A command may be repeated on a new connection; so what counts is who has answered, not whom one meant to ask.
"""

import os
from threading import local
from typing import Any

from redis.connection import Connection, ConnectionPool
from redis.exceptions import ConnectionError  # noqa: A004 - which is no OSError

RUN_LENGTH = 16


class Answered(local):
    """By which run this thread was answered last."""

    run = ""


answered = Answered()


class RunConnectionPool(ConnectionPool):
    """Connections that know by which run they are answered."""

    def __init__(self, connection_class: type[Any] = Connection, **kwargs: Any) -> None:
        super().__init__(connection_class, redis_connect_func=ask_for_run, **kwargs)
        self.own = local()

    def exchange(self, *commands: tuple[Any, ...]) -> list[Any]:
        """What commands return that are sent together: one round trip, on a connection that this thread keeps.

        It is what redis-py's pipelines do, without taking a connection out of the pool, and for a quarter of the time.
        Where the server has hung up, as one that restarts does, they are sent once more: what StudyTrack sends may be
        repeated, at worst something is counted twice. To look each time whether the server is still there would cost
        a sixth of all that a hit costs.
        """
        connection = self.own_connection()
        had_been_used = connection.is_connected
        try:
            return self._exchange(connection, commands)
        except ConnectionError:
            if not had_been_used:
                raise
            return self._exchange(connection, commands)

    def _exchange(self, connection: Any, commands: tuple[tuple[Any, ...], ...]) -> list[Any]:
        try:
            connection.send_packed_command(connection.pack_commands(commands), check_health=False)
            returned = [connection.read_response() for _ in commands]
        except BaseException:
            connection.disconnect()  # or the next to ask would be given what is still to come
            raise
        answered.run = connection.run
        return returned

    def own_connection(self) -> Any:
        """This thread's connection, which need not be open."""
        connection = getattr(self.own, "connection", None)
        if connection is None or connection.pid != os.getpid():
            # Not one of the pool's, which would count it for ever: it goes with its thread.
            connection = self.own.connection = self.connection_class(**self.connection_kwargs)
        return connection

    def release(self, connection: Any) -> None:
        answered.run = getattr(connection, "run", "")
        super().release(connection)


def ask_for_run(connection: Any) -> None:
    """Greet the server as usual, then ask; without an answer there is no connection."""
    connection.on_connect()
    connection.send_command("INFO", "server")
    info = bytes(connection.read_response()).decode()
    connection.run = info.partition("run_id:")[2][:RUN_LENGTH]
