"""The sums of shares that every statistic is made of, each had by one statement; knows no HTTP."""

from collections import defaultdict
from collections.abc import Iterable
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
    """What shares come to, by these expressions; `share` is the path from a row to its share.

    Each sum has its `seconds` and says of how many sessions it is (`times`). A session that has several shares is
    never among others: its sums say which one it is (`parted`), so that whoever adds up further counts it once.
    With `hours`, they are by the `first` and `last` hour of the clock as well, as periods.hours() takes them.
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
    """Time that is added up by keys and in all, and the sessions that it is of, each counted once.

    No object is kept for a key: there are thousands of days, and making one for each costs more than adding up.
    """

    def __init__(self) -> None:
        self.seconds = defaultdict[Any, int](int)
        self._counts = defaultdict[Any, int](int)
        self._whole = 0
        self._parted = set[int]()
        self._parted_of = set[tuple[Any, int]]()

    def add(self, row: Row, parts: Iterable[tuple[Any, int]]) -> None:
        """A row, by the keys that have a part in it, each with its seconds."""
        times, parted = row.times, row.parted
        if parted:
            self._parted.add(parted)
        else:
            self._whole += times
        for key, seconds in parts:
            self.seconds[key] += seconds
            if not parted:
                self._counts[key] += times
            elif (key, parted) not in self._parted_of:
                self._parted_of.add((key, parted))
                self._counts[key] += 1

    def numbers(self, key: Any) -> dict[str, int]:
        """What there is of a key, if there is anything."""
        seconds = self.seconds.get(key, 0)
        return {"minutes": seconds // 60, "seconds": seconds, "session_count": self._counts.get(key, 0)}

    def totals(self) -> dict[str, int]:
        return length(sum(self.seconds.values())) | {"session_count": self._whole + len(self._parted)}


def length(seconds: int) -> dict[str, int]:
    """Whole minutes, rounded down, beside the exact seconds."""
    return {"minutes": seconds // 60, "seconds": seconds}
