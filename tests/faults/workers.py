"""Workers killed by SIGKILL while people write: what was acknowledged is there, and nothing is there twice."""

import os
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.faults.app import NO_ANSWER, App
from tests.faults.writes import Person

WRITERS = 4
STARTED = "Started worker"
START_SECONDS = 60
RETRY_SECONDS = 0.1


@dataclass
class Kills:
    """What the writers saw, and what is in the database afterwards."""

    with_keys: bool
    acknowledged: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    broken = replayed = killed = 0
    there: Counter[str] = field(default_factory=Counter)

    @property
    def missing(self) -> set[str]:
        return set(self.acknowledged) - self.there.keys()

    @property
    def doubled(self) -> set[str]:
        return {name for name, times in self.there.items() if times > 1}

    def write(self, person: Person, name: str) -> None:
        """As a client does: with a key it asks again until it is answered, without one it dares not to."""
        headers = {"Idempotency-Key": name} if self.with_keys else {}
        while True:
            answer = person.caller.ask("POST", "/subjects", {"name": name}, **headers)
            if answer.status == NO_ANSWER:
                self.broken += 1
                if not self.with_keys and not answer.content.startswith(b"ConnectionRefused"):
                    self.unknown.append(name)
                    return
                time.sleep(RETRY_SECONDS)
                continue
            if answer.status == 409:  # the first request with this key is still under way
                time.sleep(RETRY_SECONDS)
                continue
            self.replayed += "idempotent-replayed" in answer.headers
            if answer.status == 201:
                self.acknowledged.append(name)
            else:
                self.mistakes.append(f"{name}: {answer.status} {answer.content[:200]!r}")
            return


def kill_workers(app: App, *, writes: int, kills: int, with_keys: bool) -> Kills:
    """Kill the oldest worker every so many writes, as soon as the one that replaced the last is there."""
    seen, started = Kills(with_keys), app.log.read_text().count(STARTED)
    people = [Person(app.caller()) for _ in range(WRITERS)]
    names = [f"{'keyed' if with_keys else 'plain'} {number}" for number in range(writes)]
    with ThreadPoolExecutor(WRITERS) as threads:
        working = [threads.submit(write_all, seen, person, names[at::WRITERS]) for at, person in enumerate(people)]
        for number in range(1, kills + 1):
            wait_until_written(seen, writes * number // (kills + 1))
            # One that has just come is spared: granian takes two deaths of it within seconds for its own mistake.
            os.kill(app.server.workers[0], signal.SIGKILL)
            seen.killed += 1
            wait_until_started(app, started + seen.killed)
        for each in working:
            each.result()
    rows = app.rows("SELECT name FROM subjects_subject WHERE name LIKE 'keyed %' OR name LIKE 'plain %'")
    seen.there = Counter(name for (name,) in rows if name in set(names))
    return seen


def write_all(seen: Kills, person: Person, names: list[str]) -> None:
    for name in names:
        seen.write(person, name)


def wait_until_written(seen: Kills, count: int) -> None:
    while len(seen.acknowledged) + len(seen.unknown) + len(seen.mistakes) < count:
        time.sleep(0.005)


def wait_until_started(app: App, count: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while app.log.read_text().count(STARTED) < count:
        assert time.monotonic() < deadline
        time.sleep(0.05)
