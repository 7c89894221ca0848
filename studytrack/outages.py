"""Telling the log that a server does not answer: once a minute, however many requests find out."""

import logging
import time
from collections.abc import Callable
from threading import Lock

TOLD_AGAIN_AFTER_SECONDS = 60.0

logger = logging.getLogger(__name__)


class Outage:
    """What this process has told of one server."""

    def __init__(self, server: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.server, self.clock = server, clock
        self._silent_until = float("-inf")
        self._lock = Lock()

    def tell(self, error: Exception) -> None:
        """Warn, unless it was done less than a minute ago."""
        with self._lock:
            now = self.clock()
            if now < self._silent_until:
                return
            self._silent_until = now + TOLD_AGAIN_AFTER_SECONDS
        logger.warning("%s does not answer as it should: %s: %s", self.server, type(error).__name__, error)
