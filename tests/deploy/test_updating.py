"""A new version takes over from the one before, behind the real nginx, while people write and read."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.deploy.test_nginx import call, require_nginx
from tests.deploy.test_nginx import serving as nginx_serving
from tests.servers import end
from tests.serving import begin

START_SECONDS = 60
PEOPLE = 8


class Site:
    """A socket on which versions follow each other, and nginx in front of it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack, self.socket = folder, stack, folder / "socket"
        self.port = stack.enter_context(nginx_serving(folder, f"unix:{self.socket}"))

    def serve(self) -> subprocess.Popen[bytes]:
        """One more version; returns when it has taken over."""
        before = self.socket.resolve()
        process = self.begin()
        deadline = time.monotonic() + START_SECONDS
        while self.socket.resolve() == before:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return process

    def begin(self, application: str = "tests.deploy.patient:application") -> subprocess.Popen[bytes]:
        process = begin(os.environ, self.folder / "log", "--socket", str(self.socket), application)
        self.stack.callback(end, process, signal.SIGTERM, signal.SIGKILL)
        return process


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    require_nginx()
    with ExitStack() as stack:
        yield Site(tmp_path, stack)


def test_nobody_notices_that_a_new_version_takes_over(site: Site) -> None:
    """Ended and started again, a server refuses whoever comes meanwhile. Even SIGHUP, which replaces one worker after
    the other, loses requests: a worker that stops hangs up on who has connected to it and not asked yet.
    """
    first = site.serve()
    answers: list[tuple[int, Any]] = []
    enough = Event()

    def ask_again_and_again(person: int) -> None:
        while not enough.is_set():
            status, _, body = call(site.port, *("POST", "{}") if person % 2 else ())
            answers.append((status, body))

    with ThreadPoolExecutor(PEOPLE) as people:
        asking = [people.submit(ask_again_and_again, person) for person in range(PEOPLE)]
        try:
            second = site.serve()
            assert first.wait(START_SECONDS) == 0
            third = site.serve()
            assert second.wait(START_SECONDS) == 0
            time.sleep(0.5)
        finally:
            enough.set()
        for each in asking:
            each.result()
    assert {status for status, _ in answers} == {200}
    assert len({body["worker"] for _, body in answers}) == 3 * 2
    assert third.poll() is None


def test_a_version_that_does_not_start_takes_nothing_over(site: Site) -> None:
    """Who stops the old one first is left with none."""
    good = site.serve()
    bad = site.begin("tests.deploy.absent:application")
    assert bad.wait(START_SECONDS) == 1
    assert call(site.port)[0] == 200
    assert good.poll() is None


def test_what_a_killed_version_has_left_is_in_nobodys_way(site: Site) -> None:
    killed = site.serve()
    killed.kill()
    killed.wait()
    deadline = time.monotonic() + START_SECONDS
    while call(site.port)[0] == 200:  # its workers finish first
        assert time.monotonic() < deadline
    left = site.socket.resolve()
    site.serve()
    assert call(site.port)[0] == 200
    time.sleep(2)
    assert not left.exists()
