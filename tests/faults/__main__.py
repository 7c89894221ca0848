"""StudyTrack on servers that fail: python -m tests.faults [--tours 10] [--restarts 5]

Every fault of Redis against every endpoint, every write cut off from each server at each of its steps, PostgreSQL
restarted under load. Servers are private ones. The exit status is 1 when anything was not as it should be.
"""

import signal
import sys
from argparse import ArgumentParser, Namespace

from tests.faults.app import App, faulty_app
from tests.faults.outages import FAST, IMMEDIATE, LONGEST_SECONDS, restart
from tests.faults.proxy import Proxy
from tests.faults.redis_faults import BACK_SECONDS, FAULTS, FIRST_SECONDS, fail, healthy, percentile
from tests.faults.workers import kill_workers
from tests.faults.writes import WRITES, cut
from tests.servers import STOP_SIGNALS, stop_once

OPEN_EXTRA_SECONDS = 0.05
FIRSTS = 6


class Table:
    """Rows of cells, each with whether it is as it should be; printed as they come, and remembered if one is not."""

    def __init__(self) -> None:
        self.is_well, self.requests = True, 0

    def title(self, *cells: str) -> None:
        print(f"\n{cells[0]:36}" + "".join(f"{cell:>15}" for cell in cells[1:]), flush=True)

    def row(self, name: str, *cells: tuple[str, bool]) -> None:
        self.is_well &= all(good for _, good in cells)
        print(f"{name:36}" + "".join(f"{cell if good else cell + ' !':>15}" for cell, good in cells), flush=True)

    def mistakes(self, mistakes: list[str]) -> None:
        for each in mistakes[:5]:
            print(f"    {each}", flush=True)


def redis_faults(app: App, table: Table, tours: int) -> None:
    """Every fault × every endpoint."""
    healthy(app, 1)
    well = healthy(app, tours)
    table.title("Redis", "requests", "5xx", "wrong", "p99 ms", "first ms", "back s", "warnings")
    table.row(
        "healthy", (str(len(well.all)), True), *counted(well.statuses, well.mistakes), milliseconds(well.all, None)
    )
    limit = 2 * percentile(well.all, 0.99) + OPEN_EXTRA_SECONDS
    for fault in FAULTS:
        seen = fail(app, fault, tours=tours, firsts=FIRSTS)
        table.requests += len(seen.open.all) + FIRSTS
        table.row(
            fault,
            (str(len(seen.open.all)), True),
            *counted(seen.open.statuses, seen.open.mistakes),
            milliseconds(seen.open.all, limit),
            (f"{max(seen.firsts) * 1000:.0f}", max(seen.firsts) <= FIRST_SECONDS),
            (f"{seen.back_seconds:.1f}", seen.back_seconds <= BACK_SECONDS),
            (str(seen.warnings), seen.warnings <= 1),
        )
        table.mistakes(seen.open.mistakes)


def counted(statuses: list[int], mistakes: list[str]) -> list[tuple[str, bool]]:
    failed = sum(status >= 500 for status in statuses)
    return [(str(failed), failed == 0), (str(len(mistakes)), not mistakes)]


def milliseconds(times: list[float], limit: float | None) -> tuple[str, bool]:
    """The 99th percentile."""
    value = percentile(times, 0.99)
    return f"{value * 1000:.0f}", limit is None or value <= limit


def cut_writes(app: App, table: Table, server: str, proxy: Proxy) -> None:
    """Every write × every step × before and after it."""
    table.title(f"Writes cut off from {server}", "steps", "cuts", "503", "untrue")
    for name, write in WRITES.items():
        found = cut(app, proxy, write, well_between=server == "Redis")
        table.requests += found.sent
        cells = [(str(each), True) for each in (found.steps, found.sent, found.unavailable)]
        table.row(name, *cells, (str(len(found.lies)), not found.lies))
        table.mistakes(found.lies)
        app.hang_up()


def restarts(app: App, table: Table, count: int) -> None:
    """PostgreSQL, restarted in both ways while people write."""
    table.title(
        *("PostgreSQL restarted", "requests", "503", "other", "slowest s", "first 201 s"),
        *("acknowledged", "lost", "doubled", "untrue 503", "unknown"),
    )
    for number in range(count):
        for name, how in {"fast": FAST, "immediate": IMMEDIATE}.items():
            app.wait_until_well()
            seen = restart(app, how)
            watch, first = seen.watch, seen.watch.first_success(seen.started)
            table.requests += len(watch.answers)
            table.row(
                f"{name}, {number + 1}",
                (str(len(watch.answers)), True),
                (str(watch.statuses[503]), True),
                (str(len(watch.mistakes)), not watch.mistakes),
                (f"{watch.slowest:.1f}", watch.slowest < LONGEST_SECONDS),
                (f"{first:.1f}", first < LONGEST_SECONDS),
                (str(len(watch.acknowledged)), True),
                *((str(len(names)), not names) for names in (seen.missing, seen.doubled, seen.happened_anyway)),
                (str(len(watch.unknown)), True),
            )
            table.mistakes(watch.mistakes)
            app.hang_up()


def killed_workers(app: App, table: Table, writes: int, kills: int) -> None:
    """Workers, killed one after the other while people write, with keys of idempotency and without."""
    table.title(
        *("Workers killed", "kills", "writes", "acknowledged", "broken off"),
        *("replayed", "unknown", "lost", "doubled", "other"),
    )
    for name, with_keys in {"with a key, asked again": True, "without a key": False}.items():
        seen = kill_workers(app, writes=writes, kills=kills, with_keys=with_keys)
        table.requests += writes + seen.broken
        told = (seen.killed, writes, len(seen.acknowledged), seen.broken, seen.replayed, len(seen.unknown))
        wrong = (len(seen.missing), len(seen.doubled), len(seen.mistakes))
        table.row(name, *((str(each), True) for each in told), *((str(each), each == 0) for each in wrong))
        table.mistakes(seen.mistakes)
        app.hang_up()


def asked(arguments: list[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m tests.faults", description="Break the servers that StudyTrack needs.")
    parser.add_argument("--tours", type=int, default=10, help="how often each fault of Redis meets all endpoints (10)")
    parser.add_argument("--restarts", type=int, default=5, help="how often PostgreSQL is restarted in each way (5)")
    parser.add_argument("--writes", type=int, default=1000, help="how much is written while workers are killed (1000)")
    parser.add_argument("--kills", type=int, default=20, help="how many workers are killed meanwhile (20)")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    for number in STOP_SIGNALS:
        signal.signal(number, stop_once)
    options, table = asked(arguments), Table()
    with faulty_app() as app:
        redis_faults(app, table, options.tours)
        cut_writes(app, table, "PostgreSQL", app.to_postgres)
        cut_writes(app, table, "Redis", app.to_redis)
        restarts(app, table, options.restarts)
    with faulty_app(workers=2) as app:
        killed_workers(app, table, options.writes, options.kills)
    print(f"\n{table.requests} requests were sent into faults. " + ("All was well." if table.is_well else "See the !"))
    return 0 if table.is_well else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
