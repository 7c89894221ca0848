"""StudyTrack under load for a long time: python -m tests.soak [--minutes 30] [--people 8] [--workers 2]

Migrates the database that DATABASE_URL names, serves as production does, and prints what the server holds. The exit
status is 1 when memory, files, threads or connections grow, or anything was answered as it should not be.
"""

import os
import signal
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

import psycopg
from redis import Redis

from tests.servers import STOP_SIGNALS, stop_once
from tests.serving import migrate, production, running
from tests.soak.load import Load, load
from tests.soak.samples import NAMES, Sample, Trend, sample, trends

FAR_OFF = "100000000/d"
LINES = 30
SAMPLES_OF_A_LINE = 4


@dataclass
class Soak:
    """What was held over time, and what was answered."""

    samples: list[Sample]
    load: Load

    @property
    def trends(self) -> list[Trend]:
        return trends(self.samples)

    @property
    def is_well(self) -> bool:
        return not self.load.mistakes and all(trend.is_flat for trend in self.trends)


def soak(environment: Mapping[str, str], *, seconds: float, warm_up: float, people: int, workers: int) -> Soak:
    """Serve under load for so long after the warm-up, in which caches fill and everybody arrives."""
    migrate(environment)
    pause = seconds / (LINES * SAMPLES_OF_A_LINE)
    samples: list[Sample] = []
    with (
        tempfile.TemporaryDirectory(prefix="studytrack-soak-") as folder,
        running(environment, Path(folder) / "log", "--workers", str(workers)) as server,
        psycopg.connect(environment["DATABASE_URL"], autocommit=True) as database,
        Redis.from_url(environment["REDIS_URL"]) as cache,
        load(server.address, people) as answered,
    ):
        time.sleep(warm_up)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            samples.append(sample(server, database, cache))
            if len(samples) % SAMPLES_OF_A_LINE == 1:
                show(warm_up + seconds - until + time.monotonic(), samples[-1], answered)
            time.sleep(pause)
    return Soak(samples, answered)


def show(second: float, held: Sample, answered: Load) -> None:
    cells = "".join(f"{value:>22.0f}" for value in astuple(held))
    print(f"{second:>7.0f}{answered.statuses.total():>10}{cells}", flush=True)


def judge(result: Soak) -> None:
    for trend in result.trends:
        verdict = "flat" if trend.is_flat else "GROWS"
        print(f"{trend.name:<24}{trend.first:>10.1f} → {trend.last:>8.1f}  {verdict}")
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(result.load.statuses.items()))
    print(f"answers: {statuses}; not as they should be: {len(result.load.mistakes)}")
    for mistake in result.load.mistakes[:5]:
        print(f"    {mistake}")


def asked(arguments: list[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m tests.soak", description="Serve under load for a long time.")
    parser.add_argument("--minutes", type=float, default=30, help="for how long (30)")
    parser.add_argument("--people", type=int, default=8, help="how many ask at the same time (8)")
    parser.add_argument("--workers", type=int, default=2, help="processes of the server (2)")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    for number in STOP_SIGNALS:
        signal.signal(number, stop_once)
    options = asked(arguments)
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if missing:
        print(f"tests.soak: set {' and '.join(missing)}, or run it by `make soak`.", file=sys.stderr)
        return os.EX_USAGE
    far_off = {f"RATE_LIMIT_{tier}": FAR_OFF for tier in ("AUTH", "READ", "WRITE")}
    seconds = options.minutes * 60
    print(f"{options.people} people for {options.minutes:g} minutes, {options.workers} workers")
    print(f"{'second':>7}{'answers':>10}" + "".join(f"{name:>22}" for name in NAMES))
    result = soak(
        production(**far_off), seconds=seconds, warm_up=seconds / 10, people=options.people, workers=options.workers
    )
    judge(result)
    return 0 if result.is_well else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
