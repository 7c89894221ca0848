"""Forgetting that Redis could not be told of: rows that outlive the process that owes it, and who pays them.

A row is written in the change's own transaction. Every process that serves looks for rows once a second, in a thread
of its own, so that no reader waits for it; and once more before it believes Redis again after an outage.
"""

import logging
import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Thread
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db import Error, connection

from studytrack.api.redis import CacheUnavailable

LOOK_SECONDS = 1.0
ROWS_A_LOOK = 1000

logger = logging.getLogger(__name__)
answers: Any = cache


def rows() -> Any:
    """All that is owed; the table is an app's that is not imported here."""
    return apps.get_model("accounts", "OwedForgetting")._default_manager.order_by("pk")


def owe(user_ids: Collection[int], writer: str) -> None:
    """Write down that these users' answers are to be forgotten, and which writer's mark is to be taken away."""
    rows().bulk_create([rows().model(user_id=user_id, writer=writer) for user_id in user_ids])


def pay() -> None:
    """Forget what is owed, by whomever; CacheUnavailable as long as that cannot be done."""
    while owed := list(rows()[:ROWS_A_LOOK]):
        for row in owed:
            answers.end_writing([row.user_id], row.writer)
        answers.erase([row.user_id for row in owed])
        rows().filter(pk__in=[row.pk for row in owed]).delete()


@contextmanager
def borrowed_connection() -> Iterator[None]:
    """Close a connection to the database that is opened in here; one that the thread had before stays open."""
    had_one = connection.connection is not None
    try:
        yield
    finally:
        if not had_one:
            connection.close()


class Trust:
    """Whether this process may believe what it finds in Redis."""

    def __init__(self) -> None:
        self.settled_failures, self.next_try = 0, 0.0

    def settle(self) -> None:
        """After an outage pay what is owed, before anything is believed; CacheUnavailable if that cannot be done.

        With the database away, too, the cache goes on answering: nothing can be written then.
        """
        failures = answers.failures
        if failures == self.settled_failures:
            return
        if answers.is_away:
            raise CacheUnavailable
        if time.monotonic() >= self.next_try:
            try:
                with borrowed_connection():
                    pay()
            except Error:
                self.next_try = time.monotonic() + LOOK_SECONDS
            else:
                self.settled_failures = failures
                return
        if not getattr(connection, "is_given_up", False):  # others may write, where only this look has failed
            raise CacheUnavailable


trust = Trust()


@lru_cache(maxsize=1)
def watch() -> None:
    """From now on look every second in this process, once, and in those it forks; begin by trusting nothing."""
    if answers.is_shared:
        begin_watching()
        os.register_at_fork(after_in_child=begin_watching)


def begin_watching() -> None:
    trust.settled_failures = -1
    Thread(target=look_for_ever, name="owed-forgetting", daemon=True).start()


def look_for_ever() -> None:
    while True:
        look()
        time.sleep(LOOK_SECONDS)


def look() -> None:
    """Pay what can be paid; Redis is tried even while requests go without it."""
    try:
        with borrowed_connection(), answers.insisting():
            pay()
    except (CacheUnavailable, Error):
        pass  # whatever is away, the next look is in a second
    except Exception:
        logger.exception("Looking for owed forgetting failed.")
