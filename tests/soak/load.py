"""People who use everything again and again, without leaving more behind than they found."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Event

from tests.faults.app import Caller
from tests.faults.writes import Person

PAUSE_SECONDS = 0.02
ROUNDS_OF_A_CONNECTION = 10
ROUNDS_OF_A_TOKEN = 1000  # some minutes, of the half hour that it is good for


@dataclass
class Load:
    """What was asked and how it was answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)

    def ask(self, person: Person, status: int, method: str, path: str, body: object = None) -> int:
        """Ask for what should be answered so; the id of what was created, if it was."""
        answer = person.caller.ask(method, path, body)
        self.statuses[answer.status] += 1
        if answer.status != status:
            self.mistakes.append(f"{method} {path}: {answer.status} {answer.content[:200]!r}")
        time.sleep(PAUSE_SECONDS)
        return answer.body["id"] if answer.status == 201 else 0

    def round(self, person: Person, number: int) -> None:
        self.ask(person, 200, "GET", "/subjects")
        self.ask(person, 200, "GET", f"/sessions?per_page=5&never={number}")
        self.ask(person, 200, "GET", f"/subjects/{person.subject}")
        self.ask(person, 200, "PATCH", f"/sessions/{person.session}", {"notes": f"Rings, {number}"})
        made = self.ask(person, 201, "POST", "/subjects", {"name": f"Botany {number}"})
        self.ask(person, 204, "DELETE", f"/subjects/{made}")
        self.ask(person, 200, "GET", "/stats/summary")
        self.ask(person, 200, "GET", "/sessions/export?format=csv")
        self.ask(person, 400, "POST", "/subjects", {"name": ""})
        self.ask(person, 404, "GET", f"/nowhere/{number}")
        if number % ROUNDS_OF_A_CONNECTION == 0:
            person.caller.hang_up()
        if number % ROUNDS_OF_A_TOKEN == 0:
            person.renew()


@contextmanager
def load(address: str, people: int) -> Iterator[Load]:
    """So many people at it until the block is left."""
    seen, enough = Load(), Event()
    callers = [Caller(address) for _ in range(people)]

    def study(caller: Caller) -> None:
        person = Person(caller)
        for number in count(1):
            if enough.is_set():
                return
            seen.round(person, number)

    with ThreadPoolExecutor(people) as threads:
        studying = [threads.submit(study, caller) for caller in callers]
        try:
            yield seen
        finally:
            enough.set()
        for each in studying:
            each.result()
    for caller in callers:
        caller.hang_up()
