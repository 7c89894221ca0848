"""A connection that does not wait for ever, and how long a process that answers requests lets it wait."""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.errors import _WaitTimeout

CHECK_SECONDS = 1.0
BELIEVED_SECONDS = 1.0
ANSWER_SECONDS = 12.0


class PunctualConnection(psycopg.Connection[Any]):
    """Given up, and closed, when the server takes longer than `patience_seconds` to answer; None is for ever.

    PostgreSQL's own timeouts do not end the waiting for a server that is hung, or gone without a word.
    """

    patience_seconds: ClassVar[float | None] = None
    _hurry: float | None = None
    _heard_at = 0.0

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        answer = self._wait_with_patience(gen, interval)
        self._heard_at = time.monotonic()
        return answer

    def _wait_with_patience(self, gen: Any, interval: float) -> Any:
        patience = self.patience_seconds if self._hurry is None else self._hurry
        try:
            return super().wait(gen, interval, patience)
        except _WaitTimeout:
            self.close()
            raise psycopg.OperationalError(f"the server did not answer within {patience} seconds") from None

    @contextmanager
    def in_a_hurry(self, seconds: float) -> Iterator[None]:
        """Wait so long at most for each answer in here."""
        self._hurry = seconds
        try:
            yield
        finally:
            self._hurry = None

    def answers(self) -> bool:
        """Whether the server is still there; asked before each use, because servers restart.

        A server that has something to say though nothing was asked says goodbye. One that answered a moment ago is
        believed without being asked.
        """
        if self._has_something_to_say():
            return False
        if time.monotonic() - self._heard_at < BELIEVED_SECONDS:
            return True
        try:
            with self.in_a_hurry(CHECK_SECONDS):
                self.execute("")
        except psycopg.Error:
            return False
        return True

    def _has_something_to_say(self) -> bool:
        waiting = select.poll()
        waiting.register(self.fileno(), select.POLLIN)
        return bool(waiting.poll(0))


def answer_requests() -> None:
    """From now on this process answers requests: no statement may take long, as a command's or a migration's may."""
    PunctualConnection.patience_seconds = ANSWER_SECONDS
    if connection.vendor == "postgresql":
        options = connection.settings_dict["OPTIONS"]
        timeouts = " ".join(f"-c {name}={value}" for name, value in settings.REQUEST_TIMEOUTS.items())
        options["options"] = f"{timeouts} {options.get('options', '')}".strip()
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
