"""python -m tests.bench.application_servers: granian, as we start it and as it comes, beside gunicorn.

Prints how much they answer in a second, and what they do when something goes wrong. Needs gunicorn, which nothing else
here does: pip install gunicorn. Needs DATABASE_URL and REDIS_URL of servers that may be filled; `python -m
tests.servers` brings private ones.
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.request import urlopen

from tests.bench.__main__ import FAR_OFF
from tests.bench.client import Student
from tests.bench.measures import NOOP
from tests.bench.wrk import Load, requests_per_second
from tests.servers import end, free_port
from tests.serving import HOST, STUDYTRACK, Running, migrate, production, wait_until_ready

NOOP_APPLICATION = "tests.bench.noop:application"
PATIENT = "tests.deploy.patient:application"
ROUNDS = 5
SECONDS = 3
LONGEST_SECONDS = 10.0
IDLE_CONNECTIONS = 1500

GRANIAN = (
    "-m granian --interface wsgi --http 1 --no-ws --access-log --host 127.0.0.1 --port {port} --workers {workers}"
)
GUNICORN = "-m gunicorn -k gthread --threads 4 --keep-alive 75 --access-logfile - -b 127.0.0.1:{port} -w {workers}"
SERVERS = {
    "studytrack.server": "-m studytrack.server --port {port} --workers {workers}",
    "granian by itself": GRANIAN,
    "gunicorn, gthread": GUNICORN,
}
COMPARED = ("studytrack.server", "gunicorn, gthread")


@contextmanager
def serving(server: str, application: str, ready: str, folder: Path, workers: int = 1) -> Iterator[Running]:
    port = free_port()
    command = [sys.executable, *SERVERS[server].format(port=port, workers=workers).split(), application]
    log = folder / f"{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    running = Running(f"http://{HOST}:{port}", process, log)
    try:
        wait_until_ready(running.address + ready, process, log)
        yield running
    finally:
        end(process, signal.SIGTERM, signal.SIGKILL)


def rates(folder: Path) -> Mapping[str, Mapping[str, list[float]]]:
    """Requests a second of each load and server, round by round in turn, after one that warms up."""
    measured: dict[str, dict[str, list[float]]] = {}
    with ExitStack() as stack:
        noops, apps = (
            {name: stack.enter_context(serving(name, *what, folder)).address for name in COMPARED}
            for what in ((NOOP_APPLICATION, NOOP.path), (STUDYTRACK, "/health/ready"))
        )
        signed_in = Student(apps[COMPARED[0]]).authorization
        cached = Load("cached list", "/sessions", headers=signed_in)
        uncached = Load("uncached list of 10", "/sessions?never=%d", headers=signed_in)
        asked = [
            (name, address, load)
            for load, addresses in ((NOOP, noops), (cached, apps), (uncached, apps))
            for name, address in addresses.items()
        ]
        for number in range(ROUNDS + 1):
            for place, (server, address, load) in enumerate(asked):
                # Both use the same cache: what one was asked the other would find there.
                first_number = (number * len(asked) + place) * 1_000_000
                rate = requests_per_second(address, load, SECONDS, first_number)
                if number:
                    measured.setdefault(load.name, {}).setdefault(server, []).append(rate)
    return measured


class Failing(NamedTuple):
    """What can go wrong, and how it is told what came of it."""

    name: str
    try_it: Callable[[Running], str]


def seconds_until(what: Callable[[], bool]) -> str:
    began = time.monotonic()
    while time.monotonic() - began < LONGEST_SECONDS:
        if what():
            return f"after {time.monotonic() - began:.1f} s"
        time.sleep(0.05)
    return "never"


def killed_worker(server: Running) -> str:
    before = server.workers
    os.kill(before[0], signal.SIGKILL)
    return seconds_until(lambda: server.process.poll() is None and bool(set(server.workers) - set(before)))


def asked_to_end(server: Running) -> str:
    with ThreadPoolExecutor(4) as people:
        asked = [people.submit(ask, server, 2) for _ in range(4)]
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        return f"{sum(each.result() for each in asked)} of 4"


def killed_main_process(server: Running) -> str:
    workers = server.workers
    server.process.kill()
    server.process.wait()
    gone = seconds_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    for worker in workers:
        if gone == "never":
            os.kill(worker, signal.SIGKILL)
    return gone


def many_idle(server: Running) -> str:
    where = server.address.removeprefix("http://").split(":")
    with ExitStack() as stack:
        for _ in range(IDLE_CONNECTIONS):
            stack.enter_context(socket.create_connection((where[0], int(where[1]))))
        return "answered" if ask(server, 0) else "not answered"


def ask(server: Running, seconds: float) -> bool:
    try:
        with urlopen(f"{server.address}/?{seconds}", timeout=LONGEST_SECONDS) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


FAILINGS = [
    Failing("a killed worker is replaced", killed_worker),
    Failing("finished after SIGTERM", asked_to_end),
    Failing("main process killed: workers end", killed_main_process),
    Failing(f"beside {IDLE_CONNECTIONS} idle connections", many_idle),
]


def main() -> None:
    far_off = {f"RATE_LIMIT_{tier}": FAR_OFF for tier in ("AUTH", "READ", "WRITE")}
    os.environ.update(production(**far_off))
    migrate(os.environ)
    with TemporaryDirectory() as folder:
        for load, measured in rates(Path(folder)).items():
            told = (f"{name}: {statistics.median(each):.0f} a second" for name, each in measured.items())
            print(f"{load:<36}{'; '.join(told)}", flush=True)
        for failing in FAILINGS:
            for name in SERVERS:
                with serving(name, PATIENT, "/", Path(folder), workers=2) as server:
                    print(f"{failing.name:<36}{name}: {failing.try_it(server)}", flush=True)


if __name__ == "__main__":
    main()
