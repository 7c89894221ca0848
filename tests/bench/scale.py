"""python -m tests.bench.scale [--sizes N...] [--requests N]: what requests cost that no cache answers, as data grow.

Needs DATABASE_URL of a PostgreSQL where databases may be made, and REDIS_URL; `make bench-scale` brings private ones.
"""

import argparse
import json
import os
import platform
import re
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from urllib.parse import urlsplit

import django
import psycopg

from tests.bench.scale_data import Population
from tests.bench.scale_picture import picture
from tests.bench.scale_requests import DEEP, DELETE, REQUESTS, Place, Visit
from tests.serving import migrate, production, serving

SIZES = (10_000, 1_000_000, 10_000_000)
LARGE = 100_000
FAR_OFF = "100000000/d"
ORDINARY_GROWTH_MAX = 1.3
LARGE_FIRST_PAGE_MAX = 2.0
LARGE_MILLISECONDS_MAX = 40
WARM_UP = 20
LARGE_DELETIONS = 10
"""A subject of the large user has ten thousand sessions, and these are put back each time."""
RESULT, PICTURE = Path("build/bench-scale.json"), Path("docs/growth.svg")


@dataclass
class Figure:
    """What one request of one kind of user cost, in milliseconds, where there were so many sessions."""

    sessions: int
    user: str
    request: str
    median: float
    p99: float
    times: int


def of_size(sessions: int) -> Population:
    large = LARGE if sessions >= 10 * LARGE else 0
    return Population(sessions, large, datetime.now(UTC).date() - timedelta(days=2))


@contextmanager
def place(variables: dict[str, str], number: int, sessions: int, logs: Path) -> Iterator[Place]:
    """A new database of this size, with a server and a Redis database of its own."""
    name, base = f"scale_{sessions}", variables["DATABASE_URL"]
    with psycopg.connect(base, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
    own = variables | {
        "DATABASE_URL": urlsplit(base)._replace(path=f"/{name}").geturl(),
        "REDIS_URL": urlsplit(variables["REDIS_URL"])._replace(path=f"/{number}").geturl(),
    }
    migrate(own)
    with psycopg.connect(own["DATABASE_URL"], autocommit=True) as database:
        population, began = of_size(sessions), monotonic()
        population.fill(database.cursor())
        print(f"{sessions:,} sessions of {population.users:,} users made in {monotonic() - began:.0f} s", flush=True)
        with serving(own, logs / name, threads=1) as address:
            yield Place(address, database, population)


@dataclass
class Lane:
    """Users of one kind at one place, of whom one after the other asks."""

    place: Place
    kind: str
    first: int
    users: int = 1

    def visit(self, number: int, requests: int) -> Visit:
        """By users from all over the place, so that none comes back sooner than must be."""
        return Visit(self.place, self.first + number * max(1, self.users // requests) % self.users, number)

    def most(self, request: str, requests: int) -> int:
        """How often something is asked."""
        if self.kind == "large":
            return LARGE_DELETIONS if request == DELETE else requests
        return 0 if request == DEEP else requests

    def figure(self, request: str, times: list[float]) -> Figure:
        counted = times[WARM_UP:] or times
        median, p99 = statistics.median(counted), statistics.quantiles(counted, n=100, method="inclusive")[98]
        return Figure(
            self.place.population.sessions, self.kind, request, round(median, 2), round(p99, 2), len(counted)
        )


def lanes_of(place: Place) -> list[Lane]:
    ordinary, large = Lane(place, "ordinary", 1, place.population.ordinary), place.population.large_user
    return [ordinary, Lane(place, "large", large)] if large else [ordinary]


def measure(places: list[Place], requests: int) -> list[Figure]:
    """Every request, by turns in all lanes: what disturbs the machine disturbs all alike."""
    figures, lanes, numbers = [], [lane for place in places for lane in lanes_of(place)], range(WARM_UP + requests)
    for request, ask in REQUESTS.items():
        taken: list[list[float]] = [[] for _ in lanes]
        for number in numbers:
            for lane, times in zip(lanes, taken, strict=True):
                if number < lane.most(request, len(numbers)):
                    times.append(ask(lane.visit(number, len(numbers))))
        figures += [lane.figure(request, times) for lane, times in zip(lanes, taken, strict=True) if times]
    return figures


@dataclass
class Verdict:
    """A measured value, and the most that it may be."""

    measure: str
    value: float
    target: float

    @property
    def text(self) -> str:
        return "reached" if self.value <= self.target else "missed"


def verdicts(figures: list[Figure]) -> list[Verdict]:
    """What is promised: ordinary users notice nothing of the others, and the large user little of being large."""
    sizes = sorted({each.sessions for each in figures})
    by = {(each.sessions, each.user, each.request): each for each in figures}
    found = []
    for request in (each for each in REQUESTS if each != DEEP):
        least, most = by[sizes[0], "ordinary", request], by[sizes[-1], "ordinary", request]
        name, grown = f"{request}, {most.sessions:,} against {least.sessions:,}", ORDINARY_GROWTH_MAX
        found.append(Verdict(f"{name}: median", round(most.median / least.median, 2), grown))
        found.append(Verdict(f"{name}: p99", round(most.p99 / least.p99, 2), grown))
    for size in sizes:
        if large := by.get((size, "large", "first page")):
            name, of_others = f"large user among {size:,}", by[size, "ordinary", "first page"]
            found += [
                Verdict(
                    f"{name}: first page against an ordinary one's",
                    round(large.median / of_others.median, 2),
                    LARGE_FIRST_PAGE_MAX,
                ),
                Verdict(f"{name}: {DEEP}, ms", by[size, "large", DEEP].median, LARGE_MILLISECONDS_MAX),
                Verdict(
                    f"{name}: totals, ms", by[size, "large", "subjects with totals"].median, LARGE_MILLISECONDS_MAX
                ),
            ]
    return found


def machine() -> str:
    """What everything ran on."""
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    processor = found[1] if found else platform.processor()
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}"


def show(figures: list[Figure], judged: list[Verdict]) -> None:
    print(f"\n{machine()}; milliseconds, one worker")
    print(f"{'request':<24}{'user':<10}{'sessions':>12}{'median':>9}{'p99':>9}{'times':>7}")
    for each in figures:
        print(f"{each.request:<24}{each.user:<10}{each.sessions:>12,}{each.median:>9}{each.p99:>9}{each.times:>7}")
    print(f"\n{'measure':<66}{'value':>8}{'target':>8}  verdict")
    for verdict in judged:
        print(f"{verdict.measure:<66}{verdict.value:>8}{verdict.target:>8}  {verdict.text}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--requests", type=int, default=300)
    options = parser.parse_args()
    if min(options.sizes) < Population.each:
        sys.exit(f"A size is {Population.each} sessions at least.")
    variables = production(RATE_LIMIT_AUTH=FAR_OFF, RATE_LIMIT_READ=FAR_OFF, RATE_LIMIT_WRITE=FAR_OFF)
    os.environ.update(variables)
    django.setup()
    with ExitStack() as stack:
        logs = Path(stack.enter_context(TemporaryDirectory()))
        places = [stack.enter_context(place(variables, *each, logs)) for each in enumerate(options.sizes)]
        figures = measure(places, options.requests)
    judged = verdicts(figures)
    show(figures, judged)
    RESULT.parent.mkdir(exist_ok=True)
    measured = {"machine": machine(), "figures": [asdict(each) for each in figures]}
    judgement = [asdict(each) | {"verdict": each.text} for each in judged]
    RESULT.write_text(json.dumps(measured | {"verdicts": judgement}, indent=1) + "\n")
    PICTURE.write_text(picture([each for each in figures if each.user == "ordinary"]))


if __name__ == "__main__":
    main()
