"""python -m tests.bench [--quick]: what reads and writes cost, relative to doing nothing on the same server.

Needs DATABASE_URL and REDIS_URL of servers that may be filled; `make bench` brings private ones.
"""

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from studytrack.server import THREADS
from tests.bench.client import Student
from tests.bench.counting import Counter
from tests.bench.measures import CACHED_LIST, NOOP, QUICK, UNCACHED_LIST, Measure, measures
from tests.bench.wrk import requests_per_second
from tests.debian import ensure_debian_packages
from tests.serving import migrate, production, serving

FAR_OFF = "100000000/d"
RESULT = Path("build/bench.json")
NUMBERS_A_ROUND = 1_000_000


@dataclass(frozen=True)
class Row:
    """A line of the table: what was found, and what should be."""

    measure: str
    per_second: int | None
    value: float
    target: str
    verdict: str


def rates(asked: list[Measure], servers: Mapping[str, str], rounds: int, seconds: int) -> dict[str, list[float]]:
    """Requests per second of each measure, once a round, one after the other; the first round warms up."""
    found: dict[str, list[float]] = {each.load.name: [] for each in asked}
    for number in range(rounds + 1):
        for place, each in enumerate(asked):
            first = (number * len(asked) + place) * NUMBERS_A_ROUND
            if each.first:
                requests_per_second(servers[each.server], each.first, seconds, first)
            rate = requests_per_second(servers[each.server], each.load, seconds, first)
            if number:
                found[each.load.name].append(rate)
    return found


def ratios(asked: list[Measure], found: Mapping[str, list[float]]) -> list[Row]:
    """The median of each, relative to another's of the same rounds."""
    rows = []
    for each in asked:
        median = statistics.median(found[each.load.name])
        ratio = median / statistics.median(found[each.relative_to])
        target = "" if each.target is None else f">= {each.target} x {each.relative_to}"
        rows.append(Row(each.load.name, round(median), round(ratio, 3), target, verdict(each.target, ratio)))
    return rows


def verdict(target: float | None, ratio: float) -> str:
    return "" if target is None else "reached" if ratio >= target else "missed"


def counts(ask_cached: Callable[[], Any], ask_uncached: Callable[[], Any]) -> list[Row]:
    counter = Counter()
    hit, uncached = counter.for_each(ask_cached), counter.for_each(ask_uncached)
    return [
        at_most(2, f"{CACHED_LIST}: Redis round trips", hit["round_trips"]),
        at_most(0, f"{CACHED_LIST}: SQL statements", hit["statements"]),
        at_most(3, f"{UNCACHED_LIST}: SQL statements", uncached["statements"]),
    ]


def at_most(most: int, measure: str, value: float) -> Row:
    return Row(measure, None, value, f"<= {most}", "reached" if value <= most else "missed")


def machine() -> str:
    models = {
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
    }
    return f"{os.cpu_count()} x {', '.join(models) or platform.machine()}, Python {platform.python_version()}"


def show(rows: list[Row], threads: int) -> None:
    print(f"\n{machine()}; medians; one worker, {threads} threads")
    print(f"{'measure':<36}{'per second':>11}{'value':>8}  {'target':<24}verdict")
    for row in rows:
        print(f"{row.measure:<36}{row.per_second or '':>11}{row.value:>8}  {row.target:<24}{row.verdict}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--quick", action="store_true", help="the cached reads only, in under a minute")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=THREADS)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    if not ensure_debian_packages({"wrk": "wrk"}):
        sys.exit("tests.bench: install wrk")
    variables = production(RATE_LIMIT_AUTH=FAR_OFF, RATE_LIMIT_READ=FAR_OFF, RATE_LIMIT_WRITE=FAR_OFF)
    migrate(variables)
    with ExitStack() as stack:
        logs = Path(stack.enter_context(TemporaryDirectory()))

        def serve(name: str, **how: Any) -> str:
            environment = variables | how.pop("environment", {})
            return stack.enter_context(serving(environment, logs / name, threads=options.threads, **how))

        servers = {"app": serve("app")}
        reader, writer = Student(servers["app"], "reader"), Student(servers["app"], "writer")
        servers["noop"] = serve("noop", application="tests.bench.noop:application", ready=NOOP.path)
        forgetting = {"FORGOTTEN_USER": str(reader.id)}
        servers["forgetting"] = serve(
            "forgetting", application="tests.bench.forgetting:application", environment=forgetting
        )
        asked = [
            each for each in measures(reader, writer) if not options.quick or each.load.name in (NOOP.name, *QUICK)
        ]
        # First: what is asked while nothing is measured is not somebody else's, which is still on its way.
        counted = (
            []
            if options.quick
            else counts(
                *(
                    lambda server=server: reader.ask(f"{servers[server]}/sessions").close()
                    for server in ("app", "forgetting")
                )
            )
        )
        rows = ratios(asked, rates(asked, servers, options.rounds, options.seconds)) + counted
    show(rows, options.threads)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({"machine": machine(), "rows": [asdict(row) for row in rows]}, indent=1) + "\n")


if __name__ == "__main__":
    main()
