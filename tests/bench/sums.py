"""How long statistics of a hundred thousand sessions take: python -m tests.bench.sums [SESSIONS]

Each over all days that there are, as its function makes it: the statements, and adding up what they find. Needs
DATABASE_URL of a server that may be filled; `make bench-sums` brings one.
"""

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import django

SESSIONS = 100_000
SUBJECTS = 20
FIRST = datetime(1998, 1, 1, tzinfo=UTC)
APART, LONG = timedelta(minutes=140), timedelta(minutes=50)
A_STATEMENT = 5_000
ROUNDS = 9
MOST_MILLISECONDS = 60


def studied(count: int) -> Any:
    """A user with so many sessions: ten a day, some over midnight, in turn of twenty subjects."""
    from accounts.models import User
    from sessions.models import StudySession
    from subjects.models import Subject

    user = User.objects.create_user("student", "student@example.org", None, time_zone="Europe/Berlin")
    subjects = Subject.objects.bulk_create(Subject(owner=user, name=f"Subject {n}") for n in range(SUBJECTS))
    for first in range(0, count, A_STATEMENT):
        StudySession.objects.bulk_create(
            StudySession(
                subject=subjects[number % SUBJECTS],
                start_time=FIRST + number * APART,
                end_time=FIRST + number * APART + LONG,
            )
            for number in range(first, min(count, first + A_STATEMENT))
        )
    return user


def asked(user: Any, count: int) -> dict[str, Callable[[], object]]:
    """Every statistic, over all the days."""
    from sessions import statistics as made
    from sessions.summaries import GroupBy, Span, summary

    now = FIRST + count * APART
    span = Span(date(1998, 1, 1), now.date())
    summaries = {f"summary by {by}": partial(summary, user, span, by) for by in GroupBy.values}
    return summaries | {
        "today": partial(made.today, user, now),
        "streak": partial(made.streak, user, now),
        "heatmap of a year": partial(made.heatmap, user, Span.up_to(now.date(), 365), now),
        "year": partial(made.year, user, 2010, now),
    }


def milliseconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studytrack.settings.test")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    count = int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS
    call_command("migrate", verbosity=0)
    user = studied(count)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    gc.freeze()  # as a worker of the server does
    print(f"{count} sessions; medians of {ROUNDS}, in milliseconds; at most {MOST_MILLISECONDS}")
    for name, ask in asked(user, count).items():
        median = statistics.median(milliseconds(ask) for _ in range(ROUNDS))
        print(f"{name:<20}{median:>8.1f}  {'reached' if median <= MOST_MILLISECONDS else 'missed'}")


if __name__ == "__main__":
    main()
