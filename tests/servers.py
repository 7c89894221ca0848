"""A private PostgreSQL and Redis for one command: python -m tests.servers COMMAND [ARG...]

The command finds them in DATABASE_URL and REDIS_URL. One that is set already is used as it is. POSTGRES_SETTINGS may
name settings for the private PostgreSQL: "shared_buffers=1GB work_mem=8MB".
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from tests.debian import ensure_debian_packages, find_program, missing_packages

POSTGRES_PACKAGES = {"initdb": "postgresql", "postgres": "postgresql", "pg_isready": "postgresql"}
REDIS_PACKAGES = {"redis-server": "redis-server", "redis-cli": "redis-server"}
START_SECONDS = 30
STOP_SECONDS = 10
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Lost data is no loss here, and waiting for the disk is most of the time that tests take.
POSTGRES_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_preload_libraries": "pg_stat_statements",
}


class ServerUnavailableError(Exception):
    """A server is not installed, or it did not start."""


@dataclass
class Server:
    """A server that can be stopped and started again at the same address, as an outage does."""

    url: str
    command: list[str]
    probe: list[str]
    folder: Path
    identity: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when the server answers."""
        log = self.folder / "log"
        with log.open("ab") as output:
            # A session of its own: Ctrl-C is for the command, which needs its servers until it has ended.
            self.process = subprocess.Popen(
                self.command, stdout=output, stderr=output, start_new_session=True, **self.surroundings
            )
        deadline = time.monotonic() + START_SECONDS
        while subprocess.run(self.probe, capture_output=True, check=False, **self.surroundings).returncode:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ServerUnavailableError(f"{self.command[0]} did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """At once: so SIGINT and not SIGTERM, on which PostgreSQL waits for its clients."""
        if self.process:
            end(self.process, signal.SIGINT, signal.SIGKILL)

    @property
    def surroundings(self) -> dict[str, Any]:
        environment = os.environ | {"LC_ALL": "C"}
        return {"cwd": self.folder, "env": environment, "stdin": subprocess.DEVNULL, **self.identity}


def end(process: subprocess.Popen[bytes], *signals: int) -> None:
    """Sends one signal after the other, with time between them, until the process has ended."""
    for number in signals:
        process.send_signal(number)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return


@contextmanager
def private_servers() -> Iterator[dict[str, str]]:
    """DATABASE_URL and REDIS_URL: the environment's own, and a private server for each that it lacks."""
    settings = dict(each.split("=", 1) for each in os.environ.get("POSTGRES_SETTINGS", "").split())
    private: dict[str, Callable[[], AbstractContextManager[Server]]] = {
        "DATABASE_URL": partial(private_postgres, **settings),
        "REDIS_URL": private_redis,
    }
    with ExitStack() as stack:
        yield {name: os.environ.get(name) or stack.enter_context(server()).url for name, server in private.items()}


@contextmanager
def private_postgres(**changed: str) -> Iterator[Server]:
    """An empty PostgreSQL cluster whose superuser is studytrack; settings as in its configuration file."""
    require(POSTGRES_PACKAGES)
    # PostgreSQL refuses to run as root.
    owner = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="studytrack-postgres-") as folder:
        if owner:
            shutil.chown(folder, **owner)
        port, data = free_port(), f"{folder}/data"
        settings = [f"--{name}={value}" for name, value in (POSTGRES_SETTINGS | changed).items()]
        server = Server(
            url=f"postgresql://studytrack@127.0.0.1:{port}/postgres",
            command=[program("postgres"), "-D", data, f"--port={port}", *settings],
            probe=[program("pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={port}"],
            folder=Path(folder),
            identity=owner and owner | {"extra_groups": []},
        )
        create_cluster(data, server)
        yield from running(server)


@contextmanager
def private_redis(*options: str) -> Iterator[Server]:
    """An empty Redis that writes nothing to disk; options as on its command line."""
    require(REDIS_PACKAGES)
    with tempfile.TemporaryDirectory(prefix="studytrack-redis-") as folder:
        port = str(free_port())
        memory_only = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--port", port]
        yield from running(
            Server(
                url=f"redis://127.0.0.1:{port}/0",
                command=[program("redis-server"), *memory_only, *options],
                probe=[program("redis-cli"), "-e", "-p", port, "ping"],
                folder=Path(folder),
            )
        )


def running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


def create_cluster(data: str, server: Server) -> None:
    options = ["--no-sync", "--auth=trust", "--username=studytrack", "--encoding=UTF8", "--locale=C.UTF-8"]
    command = [program("initdb"), "-D", data, *options]
    created = subprocess.run(command, capture_output=True, text=True, check=False, **server.surroundings)
    if created.returncode:
        raise ServerUnavailableError(f"initdb failed:\n{created.stderr[-2000:]}")


def require(packages: Mapping[str, str]) -> None:
    if not ensure_debian_packages(packages):
        names = " ".join(missing_packages(packages))
        raise ServerUnavailableError(f"install {names} (that is its name in Debian), or set its address")


def program(name: str) -> str:
    return find_program(name) or name


def free_port() -> int:
    """Below the ports that systems give to outgoing connections: a client that tries again and again to
    reach a stopped server would otherwise in time be given that server's port, and block it.
    """
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as candidate:
            if candidate.connect_ex(("127.0.0.1", port)):
                return port


def run(command: list[str], environment: Mapping[str, str]) -> int:
    """The command's exit status, as a shell would give it."""
    process = subprocess.Popen(command, env=environment)
    try:
        status = process.wait()
    except KeyboardInterrupt:
        # The terminal has told the command too; a second signal would disturb its cleaning up.
        end(process, 0, signal.SIGTERM, signal.SIGKILL)
        raise
    except SystemExit:
        end(process, signal.SIGTERM, signal.SIGKILL)
        raise
    return status if status >= 0 else 128 - status


def stop_once(number: int, _frame: FrameType | None) -> None:
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)


def main(command: list[str]) -> int:
    if not command:
        print(__doc__, file=sys.stderr)
        return os.EX_USAGE
    for number in STOP_SIGNALS:
        signal.signal(number, stop_once)
    try:
        with private_servers() as environment:
            return run(command, os.environ | environment)
    except (ServerUnavailableError, FileNotFoundError) as problem:
        print(f"tests.servers: {problem}", file=sys.stderr)
        return os.EX_UNAVAILABLE if isinstance(problem, ServerUnavailableError) else 127
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
