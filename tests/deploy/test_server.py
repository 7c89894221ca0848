"""The application server of production, run as it is: what it does when something goes wrong."""

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.servers import end, free_port, private_postgres, private_redis
from tests.serving import HOST, SERVER, Running, begin, migrate, production, running, wait_until_ready

PATIENT = "tests.deploy.patient:application"
PROJECT = Path(__file__).resolve().parents[2]
SOON_SECONDS = 20


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with running(os.environ, tmp_path / "log", "--workers", "2", PATIENT, ready="/") as server:
        yield server


def ask(server: Running, seconds: float = 0) -> Any:
    with urlopen(f"{server.address}/?{seconds}", timeout=SOON_SECONDS) as answer:
        return json.load(answer)


def wait_for(what: Callable[[], Any]) -> None:
    deadline = time.monotonic() + SOON_SECONDS
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def lives(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_a_worker_works_on_as_many_requests_as_it_has_threads(tmp_path: Path) -> None:
    """By itself granian takes hundreds at once; all but 16 of them then wait for a connection to the database."""
    with (
        running(os.environ, tmp_path / "log", "--workers", "1", PATIENT, ready="/") as server,
        ThreadPoolExecutor(24) as people,
    ):
        answers = list(people.map(lambda _: ask(server, 0.1), range(24)))
    assert max(answer["most_at_once"] for answer in answers) == 4


def test_idle_connections_keep_nobody_out(tmp_path: Path) -> None:
    """An idle connection counts as a request to granian; and many systems allow a process 1,024 files, or fewer."""
    few_files = 128
    most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (few_files, most[1]))
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running(os.environ, tmp_path / "log", "--workers", "1", PATIENT, ready="/"))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, most)
        where = server.address.removeprefix("http://").split(":")
        for _ in range(3 * few_files):
            stack.enter_context(socket.create_connection((where[0], int(where[1])), timeout=SOON_SECONDS))
        assert ask(server)["worker"] in server.workers


def test_a_killed_worker_is_replaced(server: Running) -> None:
    """By itself granian ends, with all workers, when one is killed."""
    killed, other = server.workers
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: len(set(server.workers) - {killed, other}) == 1)
    wait_for(lambda: ask(server)["worker"] not in (killed, other))
    assert server.process.poll() is None


def test_what_is_in_flight_is_finished_before_the_server_ends(server: Running) -> None:
    with ThreadPoolExecutor(8) as people:
        asked = [people.submit(ask, server, 2) for _ in range(8)]
        time.sleep(1)
        server.process.send_signal(signal.SIGTERM)
        assert [answer.result()["worker"] > 0 for answer in asked] == [True] * 8
    assert server.process.wait(SOON_SECONDS) == 0


def test_what_never_finishes_does_not_keep_the_server_from_ending(tmp_path: Path) -> None:
    """By itself granian waits for ever."""
    impatient = "import sys, studytrack.server as server; server.FINISH_SECONDS = 1; server.main(sys.argv[1:])"
    port = str(free_port())
    process = begin(os.environ, tmp_path / "log", "--port", port, PATIENT, python=("-c", impatient))
    try:
        wait_until_ready(f"http://{HOST}:{port}/", process, tmp_path / "log")
        with socket.create_connection((HOST, int(port))) as client:
            client.sendall(b"GET /?60 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            assert process.wait(SOON_SECONDS) == 0
    finally:
        end(process, signal.SIGTERM, signal.SIGKILL)


def test_no_worker_outlives_the_main_process(server: Running) -> None:
    """By itself a worker of granian serves on, and holds the port; but what it is asked already it finishes."""
    workers = server.workers
    with ThreadPoolExecutor(4) as people:
        asked = [people.submit(ask, server, 2) for _ in range(4)]
        time.sleep(1)
        server.process.kill()
        assert [answer.result()["worker"] in workers for answer in asked] == [True] * 4
    wait_for(lambda: not any(map(lives, workers)))
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((HOST, int(server.address.rpartition(":")[2])))


def test_an_error_report_shows_no_secret(tmp_path: Path) -> None:
    """What granian does is to copy the environment of its process into every request."""
    hidden = {"SECRET_KEY": "s" * 50, "SOMETHING_PRIVATE": "what nobody should see"}
    environment = os.environ | hidden | {"DJANGO_SETTINGS_MODULE": "studytrack.settings.test"}
    with (
        running(environment, tmp_path / "log", "tests.deploy.bare:application", ready="/") as server,
        urlopen(f"{server.address}/subjects?page=2") as answer,
    ):
        shown = json.load(answer)
    assert shown["QUERY_STRING"] == "page=2"
    assert not {"PATH", *hidden} & shown.keys()
    assert not {*hidden.values()} & {*shown.values()}


def test_workers_count_where_the_file_beside_the_code_says(tmp_path: Path) -> None:
    """The main process does not read it, and what that chooses for its workers would win over the file."""
    house, counted, port = tmp_path / "house", tmp_path / "counted", str(free_port())
    counted.mkdir()
    for room in ("studytrack", "deploy"):
        shutil.copytree(PROJECT / room, house / room)
    (house / ".env").write_text(f"PROMETHEUS_MULTIPROC_DIR={counted}\n")
    of_the_house = {"PYTHONPATH": f"{house}:{PROJECT}", "DJANGO_SETTINGS_MODULE": "studytrack.settings.test"}
    options = ("--port", port, "--workers", "1", "tests.deploy.bare:application")
    process = begin(os.environ | of_the_house, tmp_path / "log", *options, python=("-P", *SERVER))
    try:
        wait_until_ready(f"http://{HOST}:{port}/", process, tmp_path / "log")
    finally:
        end(process, signal.SIGTERM, signal.SIGKILL)
    assert {file.name.partition("_")[0] for file in counted.iterdir()} >= {"counter", "gauge"}


def test_a_port_that_is_taken_is_not_shared(server: Running) -> None:
    """By itself granian would listen there as well, and get some of the requests."""
    port = server.address.rpartition(":")[2]
    command = ["make", "-o", ".venv/.production-installed", "serve", f"PORT={port}"]
    environment = production(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", REDIS_URL="redis://127.0.0.1:1")
    refused = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert f"Nothing can listen on 127.0.0.1:{port}: is it in use?" in refused.stderr


def test_make_serve_serves_production_from_the_environment(tmp_path: Path) -> None:
    with private_postgres() as postgres, private_redis() as redis:
        environment = production(DATABASE_URL=postgres.url, REDIS_URL=redis.url)
        migrate(environment)
        port, log = str(free_port()), tmp_path / "log"
        command = ["make", "-o", ".venv/.production-installed", "serve", f"PORT={port}", "WORKERS=1"]
        with log.open("wb") as output:
            make = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=output, stderr=output)
        try:
            wait_until_ready(f"http://{HOST}:{port}/health/ready", make, log)
            with urlopen(f"http://{HOST}:{port}/health/ready") as answer:
                assert json.load(answer) == {"database": "ok", "cache": "ok"}
        finally:
            end(make, signal.SIGTERM, signal.SIGKILL)
    assert '"route":"/health/ready"' in log.read_text()
