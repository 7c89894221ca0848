"""StudyTrack as a real server, with a proxy before each server that it depends on."""

import http.client
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit

import psycopg
from redis import Redis

from studytrack.settings.base import REDIS_TIMEOUT_SECONDS
from tests.faults.proxy import Proxy
from tests.servers import Server, private_postgres, private_redis
from tests.serving import Running, migrate, running

CLIENT_SECONDS = 20
NO_ANSWER = 0
REDIS_PATIENCE = f"?socket_timeout={REDIS_TIMEOUT_SECONDS}&socket_connect_timeout={REDIS_TIMEOUT_SECONDS}"
READY_SECONDS = 10
TESTS = {"DJANGO_SETTINGS_MODULE": "studytrack.settings.test"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how long it took."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    seconds: float

    @property
    def body(self) -> Any:
        return json.loads(self.content) if self.content else None

    @property
    def is_unavailable(self) -> bool:
        """Whether it is a 503 as it should be."""
        return (
            self.status == 503
            and self.headers.get("content-type") == "application/problem+json"
            and self.headers.get("retry-after", "").isdigit()
            and self.body["code"] == "unavailable"
        )


@dataclass
class Caller:
    """Somebody who asks over one connection, which is kept open."""

    address: str
    token: str = ""
    _connection: http.client.HTTPConnection | None = None

    def hang_up(self) -> None:
        if self._connection:
            self._connection.close()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        connection = self._connection or http.client.HTTPConnection(
            urlsplit(self.address).netloc, timeout=CLIENT_SECONDS
        )
        self._connection = connection
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        began = time.monotonic()
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            return Answer(NO_ANSWER, {}, repr(error).encode(), time.monotonic() - began)
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, named, content, time.monotonic() - began)


@dataclass
class App:
    """The served application, the proxies it goes through, and the servers themselves."""

    server: Running
    postgres: Server
    redis: Server
    to_postgres: Proxy
    to_redis: Proxy

    callers: list[Caller] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.server.address

    @property
    def log(self) -> Path:
        return self.server.log

    def caller(self) -> Caller:
        self.callers.append(Caller(self.address))
        return self.callers[-1]

    def hang_up(self) -> None:
        """Whoever has called so far calls no more."""
        while self.callers:
            self.callers.pop().hang_up()

    def database(self) -> "psycopg.Connection[Any]":
        """A connection of an operator's own, past the proxy."""
        return psycopg.connect(self.postgres.url, autocommit=True)

    def rows(self, query: LiteralString) -> list[Any]:
        with self.database() as connection:
            return connection.execute(query).fetchall()

    def raw_redis(self) -> Any:
        """Redis, past the proxy."""
        return Redis.from_url(self.redis.url)

    def wait_until_well(self) -> float:
        """The seconds until readiness says that database and cache are well."""
        began, caller = time.monotonic(), self.caller()
        while time.monotonic() - began < READY_SECONDS:
            answer = caller.ask("GET", "/health/ready")
            if answer.status == 200 and answer.body == {"database": "ok", "cache": "ok"}:
                return time.monotonic() - began
            time.sleep(0.05)
        raise AssertionError(f"not well after {READY_SECONDS} seconds: {answer.content!r}")

    def warnings(self, server: str) -> int:
        """How often the log says that this server does not answer."""
        return self.log.read_text().count(f"{server} does not answer as it should")


@contextmanager
def faulty_app(
    *, workers: int = 1, options: str = "", settings: Mapping[str, str] = TESTS, **postgres_settings: str
) -> Iterator[App]:
    """With the tests' settings: cheap passwords, limits out of reach; all timeouts are production's.

    A commit waits for the log as in production: what has been acknowledged must survive a crash of the server.
    """
    durable = {"synchronous_commit": "on", **postgres_settings}
    with (
        tempfile.TemporaryDirectory(prefix="studytrack-faults-") as folder,
        private_postgres(**durable) as postgres,
        private_redis() as redis_server,
        Proxy(port_of(postgres)) as to_postgres,
        Proxy(port_of(redis_server)) as to_redis,
    ):
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
            **settings,
            "DATABASE_URL": through(to_postgres, postgres.url) + options,
            "REDIS_URL": through(to_redis, redis_server.url) + REDIS_PATIENCE,
        }
        migrate(environment)
        log = Path(folder) / "server.log"
        with running(environment, log, "--workers", str(workers)) as server:
            app = App(server, postgres, redis_server, to_postgres, to_redis)
            try:
                yield app
            finally:
                app.hang_up()


def port_of(server: Server) -> int:
    return urlsplit(server.url).port or 0


def through(proxy: Proxy, url: str) -> str:
    return url.replace(f":{urlsplit(url).port}/", f":{proxy.port}/")
