"""The sums of shares that every statistic is made of, each had by one statement; knows no HTTP."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, F, QuerySet, Sum, When

from sessions.periods import HOUR_SECONDS
from sessions.shares import DayShare

Row = dict[str, Any]


def shares_on(user: Any, days: Any = None) -> QuerySet[DayShare]:
    """A user's shares on the days from the first to the last of a pair, or on all."""
    return DayShare.objects.filter(owner=user, **({"date__range": days} if days else {}))


def sums(rows: QuerySet[Any], share: str = "", *, hours: bool = False, **by: Any) -> Iterable[Row]:
    """What shares come to, by these expressions; `share` is the path from a row to its share.

    Each sum has its `seconds` and says of how many sessions it is (`times`). A session that has several shares is
    never among others: its sums say which one it is (`parted`), so that whoever adds up further counts it once.
    With `hours`, they are by the `first` and `last` hour of the clock as well, as periods.hours() takes them.
    """
    clock, seconds = F(f"{share}clock"), F(f"{share}seconds")
    parted = Case(When(**{f"{share}of__gt": 1}, then=F(f"{share}session_id")))
    totals: Row = {"times": Count(f"{share}seconds"), "total": Sum(seconds)}
    if hours:
        by |= {"first": clock / HOUR_SECONDS, "last": (clock + seconds - 1) / HOUR_SECONDS}
        totals["late"] = Sum(clock % HOUR_SECONDS)
    return rows.order_by().values(parted=parted, **by).annotate(**totals)


@dataclass
class Tally:
    """Time that is added up, and the sessions that it is of, each counted once."""

    seconds: int = 0
    whole: int = 0
    parted: set[int] = field(default_factory=set)

    def add(self, seconds: int, row: Row) -> None:
        self.seconds += seconds
        if row["parted"]:
            self.parted.add(row["parted"])
        else:
            self.whole += row["times"]

    def numbers(self) -> dict[str, int]:
        return length(self.seconds) | {"session_count": self.whole + len(self.parted)}


def length(seconds: int) -> dict[str, int]:
    """Whole minutes, rounded down, beside the exact seconds."""
    return {"minutes": seconds // 60, "seconds": seconds}
