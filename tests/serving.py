"""StudyTrack as production serves it, on a free port of this machine, for those who measure it."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from studytrack.server import THREADS
from tests.servers import end, free_port

HOST = "127.0.0.1"
STUDYTRACK = "studytrack.wsgi:application"
SERVER = ("-m", "studytrack.server")
START_SECONDS = 30


def production(**settings: str) -> dict[str, str]:
    """The environment of a production server whose keys are made up, completed by these settings."""
    made_up = {
        "DJANGO_SETTINGS_MODULE": "studytrack.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "JWT_SIGNING_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": HOST,
        "HTTPS_ONLY": "false",
    }
    return {**os.environ, **made_up, **settings}


def migrate(environment: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    subprocess.run(command, env=dict(environment), check=True)


@dataclass
class Running:
    """A server as `make serve` starts it."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def workers(self) -> list[int]:
        """The process ids of those who answer."""
        return [
            int(child)
            for child in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]


@contextmanager
def serving(
    environment: Mapping[str, str],
    log: Path,
    *,
    application: str = STUDYTRACK,
    ready: str = "/health/ready",
    workers: int = 1,
    threads: int = THREADS,
) -> Iterator[str]:
    """The address of a server whose path `ready` answers, for as long as it is needed."""
    options = ("--workers", str(workers), "--threads", str(threads), application)
    with running(environment, log, *options, ready=ready) as server:
        yield server.address


@contextmanager
def running(
    environment: Mapping[str, str], log: Path, *options: str, ready: str = "/health/ready"
) -> Iterator[Running]:
    """A server with these options on a free port, once its path `ready` answers."""
    address = f"http://{HOST}:{(port := free_port())}"
    server = begin(environment, log, "--port", str(port), *options)
    try:
        wait_until_ready(address + ready, server, log)
        yield Running(address, server, log)
    finally:
        end(server, signal.SIGTERM, signal.SIGKILL)


def begin(
    environment: Mapping[str, str], log: Path, *options: str, python: tuple[str, ...] = SERVER
) -> subprocess.Popen[bytes]:
    """The process of a server that is not ready yet."""
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, *python, *options],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def wait_until_ready(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(address, timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"The server did not get ready:\n{log.read_text()[-2000:]}")
