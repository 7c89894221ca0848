"""StudyTrack as production serves it, on a free port of this machine, for those who measure it."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.servers import end, free_port

HOST = "127.0.0.1"
STUDYTRACK = "studytrack.wsgi:application"
START_SECONDS = 30
THREADS = 4
# What `make serve` gives its server.
OPTIONS = (
    "--interface wsgi --http 1 --no-ws --backlog 2048 --backpressure 2048 "
    "--respawn-failed-workers --workers-kill-timeout 30 --log-config deploy/granian-log.json"
)


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
    address = f"http://{HOST}:{(port := free_port())}"
    where = ["--host", HOST, "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads)]
    command = [sys.executable, "-m", "granian", *OPTIONS.split(), *where, application]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_until_ready(address + ready, server, log)
        yield address
    finally:
        end(server, signal.SIGTERM, signal.SIGKILL)


def wait_until_ready(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(address, timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"The server did not get ready:\n{log.read_text()[-2000:]}")
