"""A browser that is signed in, and a Redis that a test may stop."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from studytrack.api.owed import trust
from studytrack.api.redis import BreakerRedisCache
from studytrack.settings.base import REDIS_CACHE
from subjects.models import Subject
from tests.conftest import REQUEST_ID, Caller
from tests.logs import Log
from tests.servers import Server, private_redis

Returned = TypeVar("Returned")

CSRF_TOKEN = "csrf" * 8
NOWHERE = "redis://127.0.0.1:1/0"


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
    trust.settled_failures = BreakerRedisCache.breaker.failures  # or the next test's first reader would look


def close_breakers() -> None:
    """As when their seconds have passed."""
    BreakerRedisCache.breaker.open_until = 0.0


def raw() -> Any:
    """Redis, past the breaker."""
    return cache.client.get_client()  # type: ignore[attr-defined]


def kept_keys() -> set[str]:
    """The keys of answers, without stamps, lists of keys and sign-ins."""
    found = {key.decode() for key in raw().keys("user:*")}
    return {key for key in found if not key.endswith((":stamp", ":keys")) and ":sign-in:" not in key}


def name_of(caller: Caller, subject: Subject) -> str:
    return caller.get(f"/subjects/{subject.pk}").json()["name"]


def rename(subject: Subject, name: str) -> None:
    subject.name = name
    subject.save()


def is_kept(caller: Caller, address: str) -> bool:
    with CaptureQueriesContext(connection) as captured:
        assert caller.get(address).status_code == 200
    return len(captured) == 0


def surroundings(redis_url: str | None = None) -> dict[str, str]:
    """The environment of another process on this test's database, and on its Redis or another."""
    database = connection.settings_dict
    where = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return {
        "DATABASE_URL": f"postgresql://{database['USER']}:{database['PASSWORD']}@{where}",
        "REDIS_URL": redis_url or cache._server,  # type: ignore[attr-defined]
        "PYTEST_XDIST_WORKER": "",
    }


def elsewhere(code: str, redis_url: str | None = None) -> int:
    """The exit status of another process, which knows Subject and kill_me()."""
    known = (
        "import django, os, signal",
        "django.setup()",
        "from subjects.models import Subject",
        "kill_me = lambda *_: os.kill(os.getpid(), signal.SIGKILL)",
    )
    command = [sys.executable, "-c", "\n".join([*known, code])]
    return subprocess.run(command, env=os.environ | surroundings(redis_url), check=False).returncode


def renaming(subject: Subject) -> str:
    """Code for elsewhere."""
    return f"subject = Subject.objects.get(pk={subject.pk})\nsubject.name = 'Geometry'\nsubject.save()\n"


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
