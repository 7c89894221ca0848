"""Time on study days, in all and by groups that add up exactly; knows no HTTP."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db.models import F, FilteredRelation, Q, TextChoices

from sessions.periods import ONE_DAY, hours, month_of, week_of
from sessions.sums import Row, Tallies, shares_on, sums
from subjects.models import Subject

DAYS_BY_DEFAULT = 30


class GroupBy(TextChoices):
    """By what a summary can be grouped."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SUBJECT = "subject"
    WEEKDAY = "weekday"
    HOUR = "hour"


class Span(NamedTuple):
    """Study days, from the first to the last of them."""

    first: date
    last: date

    @classmethod
    def up_to(cls, last: date, days: int = DAYS_BY_DEFAULT) -> "Span":
        """So many days; the last 30 if nothing else is asked for."""
        return cls(last - (days - 1) * ONE_DAY, last)

    def days(self) -> Iterator[date]:
        return (self.first + n * ONE_DAY for n in range((self.last - self.first).days + 1))


def summary(user: Any, span: Span, group_by: str, *, fill: bool = False) -> dict[str, Any]:
    """The time on the days of a span, in all and by groups; `fill` adds the groups in which there was none."""
    grouping = GROUPINGS[GroupBy(group_by)](user, span)
    return {"from": span.first, "to": span.last, "group_by": group_by} | grouping.summed_up(grouping.rows(), fill=fill)


def percent_of(seconds: int, total_seconds: int) -> float:
    """To two decimals, of nothing 0; in whole numbers, as round() would take a third of the time of a group."""
    return (20_000 * seconds + total_seconds) // (2 * total_seconds) / 100 if total_seconds else 0.0


class Grouping:
    """By study day: the keys are dates."""

    def __init__(self, user: Any, span: Span) -> None:
        self.user, self.span = user, span

    def rows(self) -> Iterable[Row]:
        """What the groups are added up from."""
        return sums(shares_on(self.user, self.span), day=F("date"))

    def parts(self, row: Row) -> Iterable[tuple[Any, int]]:
        """The groups that a row has a part in, each with its seconds."""
        return ((self.key(row.day), row.total),)

    def summed_up(self, rows: Iterable[Row], *, fill: bool = False) -> dict[str, Any]:
        """The totals and the groups of rows that were summed up by all that this grouping looks at."""
        tallies = Tallies(rows, self.parts)
        totals, keys = tallies.totals(), tallies.seconds.keys() | (self.keys() if fill else ())
        shown = [self.group(key, tallies, totals["seconds"]) for key in self.sorted(keys, tallies)]
        return {"totals": totals, "groups": shown}

    def key(self, day: date) -> Any:
        return day

    def period(self, key: Any) -> tuple[date, date]:
        return key, key

    def keys(self) -> Iterable[Any]:
        """All groups that there could be."""
        return map(self.key, self.span.days())

    def sorted(self, keys: Iterable[Any], tallies: Tallies) -> list[Any]:
        return sorted(keys)

    def group(self, key: Any, tallies: Tallies, total_seconds: int) -> dict[str, Any]:
        (first, last), seconds = self.period(key), tallies.seconds.get(key, 0)
        return {
            "key": self.shown(key),
            "period_start": first,
            "period_end": last,
            "minutes": seconds // 60,
            "seconds": seconds,
            "session_count": tallies.sessions.get(key, 0),
            "percent": percent_of(seconds, total_seconds),
        }

    def shown(self, key: Any) -> Any:
        return key.isoformat()


class ByWeek(Grouping):
    """By week: the keys are the first days of weeks."""

    def key(self, day: date) -> date:
        return week_of(day, self.user.week_start)

    def period(self, key: date) -> tuple[date, date]:
        return key, key + 6 * ONE_DAY


class ByMonth(Grouping):
    """By month: the keys are YYYY-MM."""

    def key(self, day: date) -> date:
        return day.replace(day=1)

    def period(self, key: date) -> tuple[date, date]:
        return month_of(key)

    def shown(self, key: date) -> str:
        return f"{key:%Y-%m}".rjust(7, "0")


class OverTheWholeSpan(Grouping):
    """By what comes again and again: each group is of all the days."""

    def period(self, key: Any) -> Span:
        return self.span

    def shown(self, key: Any) -> Any:
        return key


class ByWeekday(OverTheWholeSpan):
    """By ISO weekday: the keys are 1, which is Monday, to 7."""

    def key(self, day: date) -> int:
        return day.isoweekday()

    def keys(self) -> Iterator[int]:
        return iter(range(1, 8))


class ByHour(OverTheWholeSpan):
    """By the hour that the clock showed where it was studied: the keys are 0 to 23."""

    def rows(self) -> Iterable[Row]:
        return sums(shares_on(self.user, self.span), hours=True)

    def parts(self, row: Row) -> Iterable[tuple[int, int]]:
        return hours(row.first, row.last, row.total, row.late, row.times)

    def keys(self) -> Iterable[int]:
        return range(24)


class BySubject(OverTheWholeSpan):
    """By subject, the most studied first: the keys are ids, and a label says what it is called."""

    def __init__(self, user: Any, span: Span) -> None:
        super().__init__(user, span)
        self.names: dict[int, str] = {}

    def rows(self) -> Iterable[Row]:
        """Of all subjects, so that those in which there was no time are known by name too."""
        shares = FilteredRelation("day_shares", condition=Q(day_shares__date__range=self.span))
        subjects = Subject.objects.filter(owner=self.user).annotate(share=shares)
        for row in sums(subjects, "share__", named=F("pk"), label=F("name")):
            self.names[row.named] = row.label
            if row.times:
                yield row

    def parts(self, row: Row) -> Iterable[tuple[int, int]]:
        self.names[row.named] = row.label
        return ((row.named, row.total),)

    def keys(self) -> Iterable[int]:
        return self.names

    def sorted(self, keys: Iterable[int], tallies: Tallies) -> list[int]:
        return sorted(keys, key=lambda pk: (-tallies.seconds.get(pk, 0), pk))

    def group(self, key: int, tallies: Tallies, total_seconds: int) -> dict[str, Any]:
        return super().group(key, tallies, total_seconds) | {"label": self.names[key]}


GROUPINGS: dict[GroupBy, Callable[[Any, Span], Grouping]] = {
    GroupBy.DAY: Grouping,
    GroupBy.WEEK: ByWeek,
    GroupBy.MONTH: ByMonth,
    GroupBy.SUBJECT: BySubject,
    GroupBy.WEEKDAY: ByWeekday,
    GroupBy.HOUR: ByHour,
}
