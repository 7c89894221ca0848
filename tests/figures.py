"""What tests have counted, `record_property("requests sent", 12)`, in sums at the end of the run."""

from collections import Counter
from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    sums: Counter[str] = Counter()
    for report in (each for reports in terminalreporter.stats.values() for each in reports):
        if getattr(report, "when", "") == "teardown":  # each report of a test has them all
            for name, figure in report.user_properties:
                sums[name] += figure
    if sums:
        terminalreporter.section("figures")
    for name, figure in sums.items():
        terminalreporter.line(f"{name}: {figure:,}")
