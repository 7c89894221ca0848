"""Which study days qualify, and how many follow one another, by what the user wanted of each; knows no HTTP."""

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sessions.periods import DAYS_A_WEEK, ONE_DAY, study_date

MINUTE_SECONDS = 60


class Wish(NamedTuple):
    """What is wanted of a study day: this much, unless its ISO weekday is one of rest."""

    goal_seconds: int
    rest_weekdays: frozenset[int]

    @classmethod
    def of(cls, settings: Any) -> "Wish":
        return cls(settings.daily_goal_minutes * MINUTE_SECONDS, frozenset(settings.rest_weekdays))


class Wishes:
    """What a user has wanted: a change acts from its study day on, and the first wish is that of all days before."""

    def __init__(self, user: Any, today: date) -> None:
        self.today = today
        self.since: list[tuple[date, Wish]] = []
        for each in user.study_goals.order_by("since", "pk"):
            self.change(study_date(each.since, ZoneInfo(each.time_zone), each.day_start_hour), Wish.of(each))
        if not self.since or self.since[-1][1] != Wish.of(user):
            self.change(today, Wish.of(user))

    def change(self, day: date, wish: Wish) -> None:
        """From this day on, this is wanted; what was wanted of it before, and of later days, is forgotten."""
        while self.since and self.since[-1][0] >= day:
            self.since.pop()
        self.since.append((day, wish))

    def on(self, day: date) -> Wish:
        """The wish that was in force."""
        return self.since[max(0, bisect(self.since, day, key=itemgetter(0)) - 1)][1]

    def is_rest(self, day: date) -> bool:
        return day.isoweekday() in self.on(day).rest_weekdays

    def needed_seconds(self, day: date) -> int:
        """How much it takes for the day to qualify: the goal, or a minute if there is none; 0 on a day of rest."""
        wish = self.on(day)
        return 0 if day.isoweekday() in wish.rest_weekdays else wish.goal_seconds or MINUTE_SECONDS

    def qualified(self, seconds: Mapping[date, int]) -> list[date]:
        """The days on which so much was studied that they qualify, in their order; a day of rest never does."""
        return [day for day in sorted(seconds) if 0 < self.needed_seconds(day) <= seconds[day]]

    def unbroken(self, after: date, before: date) -> bool:
        """Whether no day between the two, both exclusive, breaks a streak: neither rest nor today does.

        Today is between the two for who has studied already where it was tomorrow.
        """
        day = after + ONE_DAY
        while day < before:
            if not self.is_rest(day) and day != self.today:
                return False
            day = self._next_change(day) if len(self.on(day).rest_weekdays) == DAYS_A_WEEK else day + ONE_DAY
        return True

    def _next_change(self, day: date) -> date:
        """The first day after this one on which another wish acts."""
        at = bisect(self.since, day, lo=1, key=itemgetter(0))
        return self.since[at][0] if at < len(self.since) else date.max


@dataclass
class Streak:
    """Days that qualify, one after the other, with nothing between them that breaks."""

    first: date
    last: date
    days: int = 1


def streaks(qualified: Iterable[date], wishes: Wishes) -> Iterator[Streak]:
    """The streaks, in their order."""
    streak = None
    for day in qualified:
        if streak and wishes.unbroken(streak.last, day):
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


def level(studied_seconds: int, measure_seconds: int) -> int:
    """0 for nothing, 1 for something, 2 and 3 from the thirds of the measure on, 4 from all of it on."""
    return min(4, 1 + 3 * studied_seconds // measure_seconds) if studied_seconds else 0
