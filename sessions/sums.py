"""The sums of shares that every statistic is made of, each had by one statement; knows no HTTP."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Case, Count, F, IntegerField, QuerySet, Sum, When

from sessions.periods import HOUR_SECONDS
from sessions.shares import DayShare

Row = Any
"""A named tuple: thousands of dictionaries would take as long as the statement."""


class Number(IntegerField):
    """A whole number as it comes: Django would make an int of each, and both databases give ints."""

    def get_internal_type(self) -> str:
        return "Number"


def shares_on(user: Any, days: Any = None) -> QuerySet[DayShare]:
    """A user's shares on the days from the first to the last of a pair, or on all."""
    return DayShare.objects.filter(owner=user, **({"date__range": days} if days else {}))


def sums(rows: QuerySet[Any], share: str = "", *, hours: bool = False, **by: Any) -> Iterable[Row]:
    """What shares come to, grouped by these expressions; `share` is the path from a row to its share.

    Each sum has its seconds (`total`) and how many shares it is of (`times`). Sessions with one share are summed up
    together. A session with several has sums of its own, with its id (`parted`): who adds up further counts it once.
    With `hours`, the sums are also by the `first` and `last` hour of the clock, as periods.hours() takes them.
    """
    clock, seconds, number = F(f"{share}clock"), F(f"{share}seconds"), Number()
    parted = Case(When(**{f"{share}of__gt": 1}, then=F(f"{share}session_id")), output_field=number)
    totals: dict[str, Any] = {
        "times": Count(f"{share}seconds", output_field=number),
        "total": Sum(seconds, output_field=number),
    }
    if hours:
        by |= {"first": clock / HOUR_SECONDS, "last": (clock + seconds - 1) / HOUR_SECONDS}
        totals["late"] = Sum(clock % HOUR_SECONDS, output_field=number)
    grouped = rows.order_by().values(parted=parted, **by).annotate(**totals)
    return grouped.values_list("parted", *by, *totals, named=True)


class Tallies:
    """The time of rows, added up by keys and in all, and the sessions that it is of, each counted once.

    `parts` says which keys have a part in a row, each with its seconds. No object is kept for a key: there are
    thousands of days, and making one for each costs more than adding up.
    """

    def __init__(self, rows: Iterable[Row], parts: Callable[[Row], Iterable[tuple[Any, int]]]) -> None:
        self.seconds = seconds_of = defaultdict[Any, int](int)
        self.sessions = sessions_of = defaultdict[Any, int](int)
        whole, parted_of = 0, set[tuple[Any, int]]()
        for row in rows:
            times, parted = row.times, row.parted
            if not parted:
                whole += times
            for key, seconds in parts(row):
                seconds_of[key] += seconds
                if not parted:
                    sessions_of[key] += times
                elif (key, parted) not in parted_of:
                    parted_of.add((key, parted))
                    sessions_of[key] += 1
        self.all_sessions = whole + len({parted for _, parted in parted_of})

    def numbers(self, key: Any) -> dict[str, int]:
        """What there is of a key, if there is anything."""
        return length(self.seconds.get(key, 0)) | {"session_count": self.sessions.get(key, 0)}

    def totals(self) -> dict[str, int]:
        return length(sum(self.seconds.values())) | {"session_count": self.all_sessions}


def length(seconds: int) -> dict[str, int]:
    """Whole minutes, rounded down, beside the exact seconds."""
    return {"minutes": seconds // 60, "seconds": seconds}
