"""How long an import takes: python -m tests.bench.imports [LINES]

The seconds on the clock, which other work on the machine lengthens, and those in which processors worked for it.
"""

import gc
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django

LINES = 100_000
ZONE = ZoneInfo("Asia/Tokyo")  # where no time occurs twice
FIRST = datetime(2016, 1, 1, tzinfo=UTC)
APART, LONG = timedelta(minutes=40), timedelta(minutes=35)
LONGEST_SECONDS = 20


def report(lines: int) -> bytes:
    """A report of Toggl Track: a session every forty minutes, of seven projects."""
    text = ["Project,Description,Start date,Start time,End date,End time,Duration"]
    for number in range(lines):
        start = (FIRST + number * APART).astimezone(ZONE)
        end = (start.astimezone(UTC) + LONG).astimezone(ZONE)
        times = f"{start:%Y-%m-%d,%H:%M:%S},{end:%Y-%m-%d,%H:%M:%S},0:35:00"
        text.append(f"Subject {number % 7},Chapter {number} and its exercises,{times}")
    return "\n".join(text).encode()


def database_seconds() -> float:
    """The seconds in which a processor worked for our connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    user, system = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def measured(user: Any, data: bytes) -> tuple[float, float, float]:
    """On the clock, in Python, in the database."""
    from sessions.imports import formats
    from sessions.imports.rows import Told
    from sessions.imports.writing import bring_in

    before = time.perf_counter(), time.process_time(), database_seconds()
    told = Told(ZONE, datetime.now(UTC))
    came_of_it = bring_in(user, formats.read(data, "toggl", told), told)
    after = time.perf_counter(), time.process_time(), database_seconds()
    print(f"{came_of_it.created:>9} created {came_of_it.duplicates:>9} duplicates", end="")
    return after[0] - before[0], after[1] - before[1], after[2] - before[2]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studytrack.settings.test")
    django.setup()
    from django.core.management import call_command

    from tests.factories import make_user

    call_command("migrate", verbosity=0)
    gc.freeze()  # as a worker of the server does
    user = make_user("alice", time_zone=ZONE.key)
    data = report(int(sys.argv[1]) if len(sys.argv) > 1 else LINES)
    for _ in ("new", "again"):
        clock, python, database = measured(user, data)
        worked = python + database
        verdict = "reached" if worked <= LONGEST_SECONDS else "missed"
        print(f"{clock:>8.1f} s, of work {python:.1f} s in Python, {database:.1f} s in PostgreSQL: {verdict}")


if __name__ == "__main__":
    main()
