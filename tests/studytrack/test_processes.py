"""Several processes of the real server: nobody who was told of a change reads what was before it (contract 1).

`make hunt` hunts for a minute. Each of the two hunts goes on for HUNT_SECONDS, and on a slow machine until enough was
read.
"""

import json
import os
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest

from accounts.models import User
from studytrack.api import tokens
from subjects.models import Subject
from tests.conftest import Caller
from tests.factories import make_subject, make_user
from tests.servers import Server, private_redis
from tests.serving import production, serving
from tests.studytrack.conftest import NOWHERE, elsewhere, hung, renaming, surroundings

HUNT_SECONDS = float(os.environ.get("HUNT_SECONDS", "2"))
IS_LONG = HUNT_SECONDS >= 30
READS_AT_LEAST = 25_000 if IS_LONG else 100
USERS = 50 if IS_LONG else 10
WRITES_A_SECOND = 20
STALE_SECONDS = 2.0
FAR_OFF = "100000000/d"
WORKERS = 2
SIGNING_KEY = secrets.token_urlsafe(64)


@pytest.fixture(autouse=True)
def believed_by_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Production does not take the key with which tests sign."""
    monkeypatch.setattr(tokens, "backend", tokens.TwoKeyBackend(SIGNING_KEY))


@pytest.fixture(scope="module")
def redis() -> Iterator[Server]:
    with private_redis() as server:
        yield server


@pytest.fixture(scope="module")
def address(django_db_setup: None, redis: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    limits = dict.fromkeys(("RATE_LIMIT_AUTH", "RATE_LIMIT_READ", "RATE_LIMIT_WRITE"), FAR_OFF)
    environment = production(JWT_SIGNING_KEY=SIGNING_KEY, **limits, **surroundings(redis.url))
    log: Path = tmp_path_factory.mktemp("server") / "log"
    with serving(environment, log, workers=WORKERS) as served:
        yield served


class Visitor:
    """Somebody with a connection of their own and a user's token."""

    def __init__(self, address: str, token: str) -> None:
        self.connection = HTTPConnection(urlsplit(address).netloc, timeout=20)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def close(self) -> None:
        self.connection.close()

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        self.connection.request(method, path, json.dumps(body) if body else None, self.headers)
        response = self.connection.getresponse()
        content = response.read()
        assert response.status == 200, content
        return json.loads(content)

    def goals(self, subject_id: int) -> dict[int, int]:
        """The goals as one subject shows its own, or the list those of all."""
        if random.random() < 0.5:
            return {subject_id: self.ask("GET", f"/subjects/{subject_id}")["total_hours_goal"]}
        subjects = self.ask("GET", "/subjects?per_page=100")["results"]
        return {subject["id"]: subject["total_hours_goal"] for subject in subjects}


class Hunt:
    """Writers who count up the goals of a user's subjects, and readers who know what the writers have been told."""

    def __init__(self, writers: int) -> None:
        self.over, self.stale, self.reads, self.writes = Event(), list[Any](), 0, 0
        self.longest_pause_seconds = 2 * writers / WRITES_A_SECOND

    def players(self, address: str, user: User, writers: int, readers: int) -> list[Callable[[], None]]:
        token = Caller(user).tokens["access"]
        told = {make_subject(user, f"Subject {number}").pk: 0 for number in range(writers)}
        rules = [partial(self.write, told=told, subject_id=pk) for pk in told]
        rules += [partial(self.read, told=told)] * readers
        return [partial(self.visit, address, token, rule) for rule in rules]

    def visit(self, address: str, token: str, rule: Callable[[Visitor], None]) -> None:
        with closing(Visitor(address, token)) as visitor:
            rule(visitor)

    def write(self, visitor: Visitor, told: dict[int, int], subject_id: int) -> None:
        while not self.over.is_set():
            goal = told[subject_id] + 1
            visitor.ask("PATCH", f"/subjects/{subject_id}", {"total_hours_goal": goal})
            told[subject_id] = goal
            self.writes += 1
            self.over.wait(random.random() * self.longest_pause_seconds)

    def read(self, visitor: Visitor, told: dict[int, int]) -> None:
        while not self.over.is_set():
            before = dict(told)
            seen = visitor.goals(random.choice(list(told)))
            self.stale += [(goal, before[pk]) for pk, goal in seen.items() if goal < before[pk]]
            self.reads += 1

    def play(self, players: list[Callable[[], None]]) -> None:
        with ThreadPoolExecutor(len(players)) as threads:
            playing = [threads.submit(player) for player in players]
            end = time.monotonic() + HUNT_SECONDS
            while time.monotonic() < end or (self.reads < READS_AT_LEAST and not any(each.done() for each in playing)):
                time.sleep(0.1)
            self.over.set()
        for each in playing:
            each.result()
        sys.stdout.write(f"\n{self.reads} reads, {self.writes} writes, {len(self.stale)} stale\n")


def test_a_hunt_for_old_answers_among_one_users(address: str, alice: User) -> None:
    """8 who write and 32 who read: the obvious ways of forgetting lose some here."""
    hunt = Hunt(writers=8)
    hunt.play(hunt.players(address, alice, 8, 32))
    assert (hunt.stale, hunt.writes >= 8) == ([], True)


def test_a_hunt_for_old_answers_among_those_of_many(address: str, db: None) -> None:
    """50 users (in the suite 10), 2 who write and 4 who read for each."""
    hunt = Hunt(writers=2 * USERS)
    players = [hunt.players(address, make_user(f"user{number}"), 2, 4) for number in range(USERS)]
    hunt.play([player for each in players for player in each])
    assert (hunt.stale, hunt.writes >= 2 * USERS) == ([], True)


class Onlooker:
    """Reads one subject again and again, a new connection each time, so that every worker is asked."""

    def __init__(self, address: str, user: User, subject: Subject) -> None:
        self.address, self.token, self.subject = address, Caller(user).tokens["access"], subject

    def name(self) -> str:
        return self.ask("GET")["name"]

    def rename(self, name: str) -> None:
        self.ask("PATCH", {"name": name})

    def ask(self, method: str, body: dict[str, Any] | None = None) -> Any:
        with closing(Visitor(self.address, self.token)) as visitor:
            return visitor.ask(method, f"/subjects/{self.subject.pk}", body)

    def names(self, seconds: float) -> Iterator[str]:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            yield self.name()


@pytest.fixture
def onlooker(address: str, alice: User) -> Onlooker:
    """Everybody has the answer, and has looked for what is owed."""
    onlooker = Onlooker(address, alice, make_subject(alice, "Algebra"))
    assert set(onlooker.names(0.5)) == {"Algebra"}
    return onlooker


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def test_a_writer_that_alone_cannot_reach_redis(onlooker: Onlooker) -> None:
    """Nobody of those who answer sees anything of it, and what it owes dies with it if it is not written down."""
    assert elsewhere(f"{renaming(onlooker.subject)}\nkill_me()", NOWHERE) == -9
    time.sleep(STALE_SECONDS)
    assert set(onlooker.names(0.5)) == {"Geometry"}


def test_redis_that_nobody_could_reach(onlooker: Onlooker, redis: Server) -> None:
    with hung(redis), at_most(1.0):
        onlooker.rename("Geometry")
    time.sleep(STALE_SECONDS)
    assert set(onlooker.names(0.5)) == {"Geometry"}
