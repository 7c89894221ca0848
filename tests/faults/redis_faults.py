"""Redis failing in all its ways while somebody takes the tour: no 5xx, right answers, in time."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from tests.faults.app import App
from tests.faults.proxy import DELAY, HANG, REFUSE, RESET_REPLY, Fault
from tests.faults.tour import Tour
from tests.faults.writes import Person

FIRST_SECONDS = 0.3
BACK_SECONDS = 5.0


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


@dataclass
class Times:
    """How long answers took, in seconds, by endpoint."""

    by_endpoint: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    mistakes: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def add(self, tour: Tour) -> "Times":
        self.mistakes += tour.mistakes
        for endpoint, answer in tour.answers:
            self.by_endpoint[endpoint].append(answer.seconds)
            self.statuses.append(answer.status)
        return self

    @property
    def all(self) -> list[float]:
        return [each for times in self.by_endpoint.values() for each in times]

    def above(self, healthy: "Times") -> list[float]:
        """By how much each answer took longer than twice its endpoint's healthy median."""
        medians = {endpoint: percentile(times, 0.5) for endpoint, times in healthy.by_endpoint.items()}
        return [each - 2 * medians[endpoint] for endpoint, times in self.by_endpoint.items() for each in times]


def configured(name: str, wrong: str, right: str) -> Callable[[App], AbstractContextManager[None]]:
    """Redis with another setting, and everybody connected anew."""

    @contextmanager
    def failing(app: App) -> Iterator[None]:
        with app.raw_redis() as raw:
            raw.config_set(name, wrong)
            app.to_redis.reset()
            try:
                yield
            finally:
                raw.config_set(name, right)

    return failing


@contextmanager
def read_only(app: App) -> Iterator[None]:
    """As a replica that has lost its primary."""
    with app.raw_redis() as raw:
        raw.replicaof("127.0.0.1", 1)
        try:
            yield
        finally:
            raw.replicaof("NO", "ONE")


def by_proxy(kind: str) -> Callable[[App], AbstractContextManager[object]]:
    return lambda app: app.to_redis.failing(Fault(kind))


FAULTS: dict[str, Callable[[App], AbstractContextManager[object]]] = {
    "refused": by_proxy(REFUSE),
    "hung": by_proxy(HANG),
    "reset mid-reply": by_proxy(RESET_REPLY),
    "slow by 200 ms": by_proxy(DELAY),
    "out of memory": configured("maxmemory", "1", "0"),
    "read-only": read_only,
    "wrong password": configured("requirepass", "another", ""),
}


@dataclass
class Seen:
    """What one fault came to."""

    open: Times
    firsts: list[float]
    back_seconds: float
    warnings: int


def fail(app: App, fault: str, *, tours: int, firsts: int) -> Seen:
    """Break Redis, take tours while the breaker is open, and mend it; then break it again for each first request."""
    app.wait_until_well()
    warned = app.warnings("Redis")
    with FAULTS[fault](app):
        app.caller().ask("GET", "/auth/session/login")
        times = Times()
        for _ in range(tours):
            times.add(Tour(app, app.caller()).take())
            app.hang_up()
    back = time.monotonic()
    app.wait_until_well()
    back_seconds = time.monotonic() - back
    return Seen(
        times, [first(app, fault, number) for number in range(firsts)], back_seconds, app.warnings("Redis") - warned
    )


def first(app: App, fault: str, number: int) -> float:
    """The seconds that the first request takes which meets the fault."""
    requests = [
        ("GET", "/subjects", None),
        ("POST", "/subjects", {"name": f"First {number}"}),
        ("POST", "/auth/logout-all", None),
    ]
    person = Person(app.caller())
    app.wait_until_well()
    with FAULTS[fault](app):
        answer = person.caller.ask(*requests[number % len(requests)])
        assert answer.status < 300, answer.content
    return answer.seconds


def healthy(app: App, tours: int) -> Times:
    times = Times()
    for _ in range(tours):
        times.add(Tour(app, app.caller()).take())
        app.hang_up()
    return times
