"""Two worker processes as `make serve` starts them: each tells the numbers of both, the log is lines of JSON."""

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.bench.client import Student
from tests.logs import secrets_in
from tests.servers import private_postgres, private_redis
from tests.serving import migrate, production, serving

KEY = "what-prometheus-shows-and-nobody-knows"
REQUESTS = 40
RESPAWN_SECONDS = 15


class Workers(NamedTuple):
    """A server of two workers, and where it writes."""

    address: str
    log: Path
    folder: Path

    def ask(self, path: str, key: str = KEY) -> str:
        # Each on a connection of its own, so that both workers get some.
        request = Request(self.address + path, headers={"Authorization": f"Bearer {key}"})
        with urlopen(request, timeout=10) as answer:
            return answer.read().decode()

    def sample(self, name: str) -> float:
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.ask("/metrics"), re.MULTILINE)
        return float(found[1]) if found else 0

    @property
    def process_ids(self) -> set[int]:
        """Of all workers that have ever counted."""
        return {int(file.stem.rpartition("_")[2]) for file in self.folder.glob("counter_*.db")}


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    folder, log = tmp_path_factory.mktemp("metrics"), tmp_path_factory.mktemp("log") / "log"
    with private_postgres() as postgres, private_redis() as redis:
        environment = production(DATABASE_URL=postgres.url, REDIS_URL=redis.url, METRICS_KEY=KEY)
        migrate(environment)
        with serving(environment | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}, log, workers=2) as address:
            yield Workers(address, log, folder)


def test_each_worker_tells_of_both(workers: Workers) -> None:
    """Without a directory that they share, a scrape tells of the worker that happens to answer, each time another."""
    live = 'studytrack_requests_total{method="GET",route="/health/live",status="200"}'
    before = workers.sample(live)
    for _ in range(REQUESTS):
        workers.ask("/health/live")
    assert len(workers.process_ids) == 2
    assert {workers.sample(live) for _ in range(8)} == {before + REQUESTS}
    assert workers.sample('studytrack_request_seconds_count{route="/health/live"}') >= REQUESTS


def test_what_a_worker_counted_outlives_it_and_what_it_held_does_not(workers: Workers) -> None:
    live = 'studytrack_requests_total{method="GET",route="/health/live",status="200"}'
    for _ in range(REQUESTS):
        workers.ask("/health/ready")
    before, known = workers.sample(live), workers.process_ids
    killed = max(known)
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + RESPAWN_SECONDS
    while workers.process_ids == known and time.monotonic() < deadline:
        time.sleep(0.2)
        with suppress(OSError):  # the killed worker may still have been given a connection
            workers.ask("/health/ready")
    assert workers.sample(live) == before
    assert not list(workers.folder.glob(f"gauge_live*_{killed}.db"))


def test_the_log_is_json_and_holds_no_secret(workers: Workers) -> None:
    student = Student(workers.address)
    with pytest.raises(HTTPError):
        workers.ask("/subjects", "a.b.c")
    text = workers.log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]  # the server's own, too
    routes = {line["route"] for line in lines if line["logger"] == "studytrack.requests"}
    assert {"/auth/register", "/auth/login", "/subjects", "/sessions"} <= routes
    assert {"sign-in", "access-refused"} <= {line["message"] for line in lines}
    assert secrets_in(text) == []
    assert student.token not in text
    assert KEY not in text
