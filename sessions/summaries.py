"""Time on study days, summed up by groups that add up exactly, in one statement each; knows no HTTP."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import FilteredRelation, Q, TextChoices

from sessions.models import StudySession
from sessions.periods import NO_TIME, ONE_DAY, day_begins, hours, month_of, week_of
from sessions.shares import DayShare
from subjects.models import Subject

ONE_MINUTE, ONE_SECOND = timedelta(minutes=1), timedelta(seconds=1)
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


class Part(NamedTuple):
    """Some time of one session, and the group that it belongs to."""

    key: Any
    session_id: int
    duration: timedelta


@dataclass
class Tally:
    """Time that is added up, and the sessions that it is of, each counted once."""

    duration: timedelta = NO_TIME
    sessions: set[int] = field(default_factory=set)

    def add(self, part: Part) -> None:
        self.duration += part.duration
        self.sessions.add(part.session_id)

    def numbers(self) -> dict[str, int]:
        return length(self.duration) | {"session_count": len(self.sessions)}


def length(duration: timedelta) -> dict[str, int]:
    """Whole minutes, rounded down, beside the exact seconds."""
    return {"minutes": duration // ONE_MINUTE, "seconds": duration // ONE_SECOND}


def summary(user: Any, span: Span, group_by: str, *, fill: bool = False) -> dict[str, Any]:
    """The time on the days of a span, in all and by groups; `fill` adds the groups in which there was none."""
    grouping = GROUPINGS[GroupBy(group_by)](user, span)
    total, groups = Tally(), defaultdict[Any, Tally](Tally)
    for key in grouping.keys() if fill else ():
        groups[key]
    for part in grouping.parts():
        if part.session_id:
            total.add(part)
            groups[part.key].add(part)
        elif fill:
            groups[part.key]
    return {
        "from": span.first,
        "to": span.last,
        "group_by": group_by,
        "totals": total.numbers(),
        "groups": [grouping.group(key, groups[key], total) for key in grouping.sorted(groups)],
    }


class Grouping:
    """By study day: the keys are dates."""

    def __init__(self, user: Any, span: Span) -> None:
        self.user, self.span = user, span

    def key(self, day: date) -> Any:
        return day

    def period(self, key: Any) -> Span:
        return Span(key, key)

    def keys(self) -> Iterator[Any]:
        return map(self.key, self.span.days())

    def parts(self) -> Iterator[Part]:
        shares = DayShare.objects.filter(owner=self.user, date__range=self.span)
        for day, session_id, duration in shares.values_list("date", "session_id", "duration"):
            yield Part(self.key(day), session_id, duration)

    def sorted(self, groups: dict[Any, Tally]) -> list[Any]:
        return sorted(groups)

    def group(self, key: Any, tally: Tally, total: Tally) -> dict[str, Any]:
        period = self.period(key)
        percent = round(100 * (tally.duration / total.duration), 2) if total.duration else 0.0
        named = {"key": self.shown(key), "period_start": period.first, "period_end": period.last}
        return {**named, **tally.numbers(), "percent": percent}

    def shown(self, key: Any) -> Any:
        return f"{key}"


class ByWeek(Grouping):
    """By week: the keys are the first days of weeks."""

    def key(self, day: date) -> date:
        return week_of(day, self.user.week_start)

    def period(self, key: date) -> Span:
        return Span(key, key + 6 * ONE_DAY)


class ByMonth(Grouping):
    """By month: the keys are YYYY-MM."""

    def key(self, day: date) -> date:
        return day.replace(day=1)

    def period(self, key: date) -> Span:
        return Span(*month_of(key))

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

    def keys(self) -> Iterator[int]:
        return iter(range(24))

    def parts(self) -> Iterator[Part]:
        touching = DayShare.objects.filter(owner=self.user, date__range=self.span).values("session")
        columns = ("pk", "start_time", "end_time", "time_zone", "day_start_hour")
        sessions = StudySession.objects.filter(pk__in=touching).order_by().values_list(*columns)
        for pk, start, end, zone_name, day_start_hour in sessions:
            zone = ZoneInfo(zone_name)
            first = day_begins(self.span.first, zone, day_start_hour)
            after = day_begins(self.span.last + ONE_DAY, zone, day_start_hour)
            for hour, duration in hours(max(start, first), min(end, after), zone):
                yield Part(hour, pk, duration)


class BySubject(OverTheWholeSpan):
    """By subject, the most studied first: the keys are ids, and a label says what it is called."""

    def __init__(self, user: Any, span: Span) -> None:
        super().__init__(user, span)
        self.names: dict[int, str] = {}

    def keys(self) -> Iterator[int]:
        return iter(())  # every subject is among the parts, if only with no time

    def parts(self) -> Iterator[Part]:
        shares = FilteredRelation("day_shares", condition=Q(day_shares__date__range=self.span))
        subjects = Subject.objects.filter(owner=self.user).order_by().annotate(share=shares)
        columns = ("pk", "name", "share__session_id", "share__duration")
        for pk, name, session_id, duration in subjects.values_list(*columns):
            self.names[pk] = name
            yield Part(pk, session_id, duration)

    def sorted(self, groups: dict[int, Tally]) -> list[int]:
        return sorted(groups, key=lambda pk: (-groups[pk].duration, pk))

    def group(self, key: int, tally: Tally, total: Tally) -> dict[str, Any]:
        return super().group(key, tally, total) | {"label": self.names[key]}


GROUPINGS: dict[GroupBy, Callable[[Any, Span], Grouping]] = {
    GroupBy.DAY: Grouping,
    GroupBy.WEEK: ByWeek,
    GroupBy.MONTH: ByMonth,
    GroupBy.SUBJECT: BySubject,
    GroupBy.WEEKDAY: ByWeekday,
    GroupBy.HOUR: ByHour,
}
