"""The figures of a load test as a table, and what went wrong below it."""

from typing import Any

COLUMNS = ("requests", "failures", "median ms", "p95 ms", "p99 ms", "per second")


def print_report(environment: Any, **_: Any) -> None:
    """For Locust's event `quitting`. Locust's exit status is 1 after a failure; and so it is if nothing was asked."""
    print("\n".join(table(environment.stats)))
    for error in environment.stats.errors.values():
        print(f"{error.occurrences} x {error.method} {error.name}: {error.error}")
    for exception in environment.runner.exceptions.values():
        print(f"{exception['count']} x {exception['traceback']}")
    if not environment.stats.total.num_requests:
        print("Nothing was asked.")
        environment.process_exit_code = 1


def table(stats: Any) -> list[str]:
    """A line for each endpoint, and one for all."""
    entries = sorted(stats.entries.values(), key=lambda entry: (entry.name, entry.method))
    return [row("", COLUMNS), *(row(f"{e.method or '':7}{e.name}", figures(e)) for e in [*entries, stats.total])]


def row(title: str, cells: tuple[str, ...]) -> str:
    return f"{title:32}" + "".join(f"{cell:>11}" for cell in cells)


def figures(entry: Any) -> tuple[str, ...]:
    percentiles = (f"{entry.get_response_time_percentile(share):.0f}" for share in (0.5, 0.95, 0.99))
    return str(entry.num_requests), str(entry.num_failures), *percentiles, f"{entry.total_rps:.1f}"
