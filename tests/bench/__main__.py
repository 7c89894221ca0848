"""python -m tests.bench [--quick]: what reads and writes cost, relative to doing nothing on the same server.

Needs DATABASE_URL and REDIS_URL of servers that may be filled; `make bench` brings private ones.
"""

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.client import Student
from tests.bench.wrk import Load, requests_per_second
from tests.debian import ensure_debian_packages
from tests.serving import migrate, production, serving

NOOP = Load("no-op view", "/noop")
NOOP_APPLICATION = "tests.bench.noop:application"
FAR_OFF = "100000000/d"
TARGETS = {"cached list": 0.55, "cached object": 0.55, "uncached list of 10": 0.12, "POST /sessions": 0.07}
QUICK = ("cached list", "cached object")
RESULT = Path("build/bench.json")


def loads(student: Student) -> list[Load]:
    """What is measured, in the order of the table."""
    signed_in = {"Authorization": f"Bearer {student.token}"}
    one_second = json.dumps({"subject_id": student.subject_id, "start_time": "%s", "end_time": "%e"})
    return [
        Load("cached list", "/sessions", headers=signed_in),
        Load("cached object", f"/sessions/{student.session_id}", headers=signed_in),
        # A parameter that nobody knows is part of an answer's key: each of these is asked for the first time.
        Load("uncached list of 10", "/sessions?never=%d", headers=signed_in),
        Load("POST /sessions", "/sessions", "POST", signed_in | {"Content-Type": "application/json"}, one_second),
    ]


def measure(app: str, noop: str, asked: list[Load], rounds: int, seconds: int) -> dict[str, list[float]]:
    """Requests per second of each load, once a round, the no-op view's among them."""
    rates: dict[str, list[float]] = {load.name: [] for load in [NOOP, *asked]}
    for number in range(rounds + 1):
        for load in [NOOP, *asked]:
            rate = requests_per_second(noop if load is NOOP else app, load, seconds, number * 1_000_000)
            if number:  # the first round warms up
                rates[load.name].append(rate)
    return rates


def table(rates: Mapping[str, list[float]]) -> list[dict[str, object]]:
    noop = statistics.median(rates[NOOP.name])
    rows = []
    for name, each in rates.items():
        ratio, target = statistics.median(each) / noop, TARGETS.get(name)
        verdict = "" if target is None else "reached" if ratio >= target else "missed"
        rate = round(statistics.median(each))
        rows.append(
            {"measure": name, "per_second": rate, "ratio": round(ratio, 3), "target": target, "verdict": verdict}
        )
    return rows


def show(rows: list[dict[str, object]]) -> None:
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; medians, one worker")
    print(f"{'measure':<22}{'per second':>12}{'ratio':>8}{'target':>8}  verdict")
    for row in rows:
        target = row["target"] or ""
        print(f"{row['measure']:<22}{row['per_second']:>12}{row['ratio']:>8}{target:>8}  {row['verdict']}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--quick", action="store_true", help="the cached reads only, in under a minute")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    options = parser.parse_args()
    if not ensure_debian_packages({"wrk": "wrk"}):
        sys.exit("tests.bench: install wrk")
    variables = production(RATE_LIMIT_AUTH=FAR_OFF, RATE_LIMIT_READ=FAR_OFF, RATE_LIMIT_WRITE=FAR_OFF)
    migrate(variables)
    with ExitStack() as stack:
        logs = Path(stack.enter_context(TemporaryDirectory()))
        app = stack.enter_context(serving(variables, logs / "studytrack", threads=1))
        noop = stack.enter_context(
            serving(variables, logs / "noop", application=NOOP_APPLICATION, ready=NOOP.path, threads=1)
        )
        asked = [load for load in loads(Student(app)) if not options.quick or load.name in QUICK]
        rows = table(measure(app, noop, asked, options.rounds, options.seconds))
    show(rows)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
