"""A browser that is signed in, and a Redis that a test may stop."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import User
from studytrack.api.redis import BreakerRedisCache
from studytrack.settings.base import REDIS_CACHE
from tests.conftest import REQUEST_ID
from tests.logs import Log
from tests.servers import Server, private_redis

Returned = TypeVar("Returned")

CSRF_TOKEN = "csrf" * 8


class Browser(APIClient):
    """A client with a session of Django's and its CSRF cookie, which says its own request id."""

    def __init__(self, user: User) -> None:
        super().__init__(enforce_csrf_checks=True, HTTP_X_REQUEST_ID=REQUEST_ID)
        self.force_login(user)
        self.cookies["csrftoken"] = CSRF_TOKEN

    def send(self, body: Any, content_type: str, *, path: str = "/subjects", token: bool = True) -> Any:
        headers = {"X-CSRFToken": CSRF_TOKEN} if token else {}
        return self.generic("POST", path, body, content_type, headers=headers)


@pytest.fixture
def browser(alice: User) -> Browser:
    return Browser(alice)


@pytest.fixture
def redis(settings: Any) -> Iterator[Server]:
    """The cache is a Redis of the test's own, and nobody has seen it dead yet."""
    with private_redis() as server:
        settings.CACHES = settings.CACHES | {"default": REDIS_CACHE | {"LOCATION": server.url}}
        close_breakers()
        yield server
    close_breakers()


def close_breakers() -> None:
    """As when their seconds have passed."""
    BreakerRedisCache.breaker.open_until = BreakerRedisCache.deletions.open_until = 0.0


def in_thread(action: Callable[[], Returned]) -> Returned:
    """What an action returns, done meanwhile by somebody else, with a database connection of their own."""

    def act() -> Returned:
        try:
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(act).result()


@contextmanager
def meanwhile(table: str, action: Callable[[], Any]) -> Iterator[None]:
    """The first time that this thread has read from the table, and not yet used it, the action is done by another."""
    waiting = [action]

    def reading(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if waiting and f'FROM "{table}"' in sql:
            in_thread(waiting.pop())
        return result

    with connection.execute_wrapper(reading):
        yield
    assert not waiting


@contextmanager
def hung(server: Server) -> Iterator[None]:
    """The server takes connections and says nothing."""
    assert server.process
    server.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.process.send_signal(signal.SIGCONT)


@pytest.fixture
def log() -> Iterator[Log]:
    """What is logged while the test runs."""
    with Log() as log:
        yield log
