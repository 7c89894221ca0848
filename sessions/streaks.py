"""Which study days qualify, and how many follow one another, by what the user wanted of each; knows no HTTP."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sessions.periods import NO_TIME, ONE_DAY, study_date

ONE_MINUTE = timedelta(minutes=1)


class Wish(NamedTuple):
    """What is wanted of a study day: this much, unless its ISO weekday is one of rest."""

    goal: timedelta
    rest_weekdays: frozenset[int]

    @classmethod
    def of(cls, settings: Any) -> "Wish":
        return cls(settings.daily_goal_minutes * ONE_MINUTE, frozenset(settings.rest_weekdays))


class Wishes:
    """What a user has wanted: a change acts from its study day on, and the first wish is that of all days before."""

    def __init__(self, user: Any, today: date) -> None:
        self.since: list[tuple[date, Wish]] = []
        for each in user.study_goals.order_by("since", "pk"):
            self._change(study_date(each.since, ZoneInfo(each.time_zone), each.day_start_hour), Wish.of(each))
        if not self.since or self.since[-1][1] != Wish.of(user):
            self._change(today, Wish.of(user))

    def _change(self, day: date, wish: Wish) -> None:
        self.since = [*takewhile(lambda earlier: earlier[0] < day, self.since), (day, wish)]

    def on(self, day: date) -> Wish:
        """The wish that was in force."""
        in_force = [wish for since, wish in self.since if since <= day]
        return in_force[-1] if in_force else self.since[0][1]

    def is_rest(self, day: date) -> bool:
        return day.isoweekday() in self.on(day).rest_weekdays

    def needed(self, day: date) -> timedelta:
        """How much it takes for the day to qualify: the goal, or a minute if there is none."""
        return NO_TIME if self.is_rest(day) else self.on(day).goal or ONE_MINUTE

    def qualified(self, studied: Mapping[date, timedelta]) -> list[date]:
        """The days that qualify, in their order; a day of rest never does."""
        return [day for day in sorted(studied) if not self.is_rest(day) and studied[day] >= self.needed(day)]

    def only_rest(self, after: date, before: date) -> bool:
        """Whether all days between the two, both exclusive, are of rest."""
        between = (after + n * ONE_DAY for n in range(1, (before - after).days))
        return all(self.is_rest(day) for day in between)


@dataclass
class Streak:
    """Days that qualify, one after the other, with nothing but rest between them."""

    first: date
    last: date
    days: int = 1


def streaks(qualified: Iterable[date], wishes: Wishes) -> Iterator[Streak]:
    """The streaks, in their order."""
    streak = None
    for day in qualified:
        if streak and wishes.only_rest(streak.last, day):
            streak.last, streak.days = day, streak.days + 1
        else:
            if streak:
                yield streak
            streak = Streak(day, day)
    if streak:
        yield streak


def longest(found: Iterable[Streak]) -> Streak | None:
    """The longest, of several the first."""
    return max(found, key=lambda streak: streak.days, default=None)


def level(studied: timedelta, measure: timedelta) -> int:
    """0 for nothing, 1 for something, 2 and 3 from the thirds of the measure on, 4 from all of it on."""
    return min(4, 1 + int(3 * studied / measure)) if studied else 0
