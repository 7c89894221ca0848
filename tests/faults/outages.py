"""PostgreSQL restarted while people write and read: who was answered what, and what is there afterwards."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from tests.faults.app import NO_ANSWER, Answer, App
from tests.faults.writes import UNKNOWN, Person
from tests.servers import end

LONGEST_SECONDS = 5.0
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT


@dataclass
class Watch:
    """What everybody was answered."""

    answers: list[tuple[str, float, Answer]] = field(default_factory=list)
    """What was asked, when it was answered, and the answer."""
    acknowledged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def note(self, asked: str, answer: Answer) -> None:
        self.answers.append((asked, time.monotonic(), answer))

    def of(self, asked: str, since: float = 0, until: float = float("inf")) -> list[Answer]:
        return [answer for name, at, answer in self.answers if name == asked and since <= at <= until]

    @property
    def statuses(self) -> Counter[int]:
        return Counter(answer.status for _, _, answer in self.answers)

    @property
    def mistakes(self) -> list[str]:
        """Answers that are neither right nor a 503 as it should be; readiness has members of its own."""
        odd = [
            (asked, each)
            for asked, _, each in self.answers
            if each.status not in (200, 201) and not each.is_unavailable
        ]
        return [f"{asked}: {each.status} {each.content[:200]!r}" for asked, each in odd]

    @property
    def slowest(self) -> float:
        return max(answer.seconds for _, _, answer in self.answers)

    def first_success(self, since: float) -> float:
        """Seconds from a moment to the first write that was acknowledged after it."""
        return (
            min(at for asked, at, each in self.answers if asked == "write" and each.status == 201 and at > since)
            - since
        )


@contextmanager
def load(app: App, *, writers: int = 4, readers: int = 2) -> Iterator[Watch]:
    """People who write and read without a pause, until the block is left."""
    watch, enough = Watch(), Event()
    people = [Person(app.caller()) for _ in range(writers + readers)]
    for person in people:
        person.caller.ask("GET", "/subjects")

    def again_and_again(act: Callable[[Person, int], Any], person: Person) -> None:
        for number in range(1_000_000):
            if enough.is_set():
                return
            act(person, number)
            time.sleep(0.01)

    def write(person: Person, number: int) -> None:
        name = f"{person.name} {number}"
        answer = person.caller.ask("POST", "/subjects", {"name": name})
        watch.note("write", answer)
        is_unknown = answer.status == NO_ANSWER or (answer.status == 503 and UNKNOWN in answer.body["detail"])
        outcome = watch.acknowledged if answer.status == 201 else watch.unknown if is_unknown else watch.refused
        outcome.append(name)

    def read(person: Person, number: int) -> None:
        watch.note("cached read", person.caller.ask("GET", "/subjects"))
        watch.note("read", person.caller.ask("GET", f"/subjects?search={number}"))
        watch.note("live", person.caller.ask("GET", "/health/live"))
        watch.note("ready", person.caller.ask("GET", "/health/ready"))

    acts = [(write, person) for person in people[:writers]] + [(read, person) for person in people[writers:]]
    with ThreadPoolExecutor(len(acts)) as threads:
        working = [threads.submit(again_and_again, *each) for each in acts]
        try:
            yield watch
        finally:
            enough.set()
        for each in working:
            each.result()


@dataclass(frozen=True, slots=True)
class Restart:
    """One restart: when the server was away, what was seen, and what is in the database afterwards."""

    watch: Watch
    stopped: float
    started: float
    missing: set[str]
    doubled: set[str]
    happened_anyway: set[str]


def restart(app: App, how: signal.Signals, *, before: float = 1, away: float = 1, after: float = 3) -> Restart:
    """Stop PostgreSQL under load and start it again; seconds."""
    with load(app) as watch:
        time.sleep(before)
        stopped = time.monotonic()
        assert app.postgres.process
        end(app.postgres.process, how, signal.SIGKILL)
        time.sleep(away)
        app.postgres.start()
        started = time.monotonic()
        time.sleep(after)
    there = Counter(name for (name,) in app.rows("SELECT name FROM subjects_subject WHERE name LIKE 'writer%'"))
    return Restart(
        watch,
        stopped,
        started,
        missing=set(watch.acknowledged) - there.keys(),
        doubled={name for name, times in there.items() if times > 1},
        happened_anyway=set(watch.refused) & there.keys(),
    )
