"""Doing things at the same time: in threads that each have a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, connections


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each of the calls returns, all of them begun at the same moment."""
    barrier = Barrier(len(calls))

    def begin(call: Callable[[], Any]) -> Any:
        barrier.wait(timeout=10)
        return alone(call)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


def alone(call: Callable[[], Any]) -> Any:
    """What the call returns; the connections of its thread are closed then."""
    try:
        return call()
    finally:
        connections.close_all()


def wait_until_somebody_waits(seconds: int = 1, connections: int = 1) -> None:
    """Until another connection, or so many, wait for a lock; so many seconds at most."""
    waiting = (
        "SELECT count(*) >= %s FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with connection.cursor() as cursor:
        for _ in range(100 * seconds):
            cursor.execute("SELECT pg_sleep(0.01), pg_stat_clear_snapshot()")  # else a transaction sees one picture
            cursor.execute(waiting, [connections])
            if cursor.fetchone()[0]:
                return
    raise AssertionError("Nobody waited.")
