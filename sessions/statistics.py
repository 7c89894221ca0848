"""What was studied: today, in a row, day by day, and in a year; read-only sums, and no HTTP."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Sum

from sessions.models import StudySession
from sessions.periods import ONE_DAY, day_begins, study_date
from sessions.streaks import Wishes, level, longest, streaks
from sessions.summaries import ByHour, BySubject, ByWeekday, Span
from sessions.sums import Row, Tallies, length, shares_on, sums

TOP_SUBJECTS = 5


def today_of(user: Any, now: datetime) -> date:
    """The study day that it is for a user."""
    return study_date(now, ZoneInfo(user.time_zone), user.day_start_hour)


def bounds(user: Any, day: date) -> tuple[datetime, datetime]:
    """The instants at which a user's study day begins and ends."""
    zone, hour = ZoneInfo(user.time_zone), user.day_start_hour
    return day_begins(day, zone, hour), day_begins(day + ONE_DAY, zone, hour)


def today(user: Any, now: datetime) -> dict[str, Any]:
    """How far a user has come on this study day, without the session that runs, and that session beside it."""
    day = today_of(user, now)
    starts_at, ends_at = bounds(user, day)
    studied = shares_on(user, (day, day)).aggregate(total=Sum("seconds", default=0))["total"]
    return {
        "study_date": day,
        "starts_at": starts_at,
        "ends_at": ends_at,
        **length(studied),
        "goal_minutes": user.daily_goal_minutes,
        "remaining_minutes": max(0, user.daily_goal_minutes - length(studied)["minutes"]),
        "running": StudySession.objects.filter(owner=user).running().select_related("subject").first(),
    }


def by_day(rows: Iterable[Row]) -> Tallies:
    """What there was on each of the days."""
    return Tallies(rows, lambda row: ((row.day, row.total),))


def seconds_by_day(user: Any) -> dict[date, int]:
    """How much was studied on the days of all time, and no more than that: there may be very many."""
    return dict(shares_on(user).order_by().values_list("date").annotate(Sum("seconds")))


def streak(user: Any, now: datetime) -> dict[str, Any]:
    """How many days in a row a user has qualified, now and at best; today does not break it while it lasts."""
    today, studied = today_of(user, now), seconds_by_day(user)
    wishes = Wishes(user, today)
    qualified = wishes.qualified(studied)
    found = list(streaks(qualified, wishes))
    best = longest(found)
    current = found[-1] if found and wishes.unbroken(found[-1].last, today) else None
    return {
        "current": current.days if current else 0,
        "longest": best.days if best else 0,
        "started_on": current.first if current else None,
        "last_qualified_on": qualified[-1] if qualified else None,
        "today": {
            "date": today,
            "qualified": today in qualified,
            **length(studied.get(today, 0)),
            "needed_minutes": length(wishes.needed_seconds(today))["minutes"],
        },
    }


def heatmap(user: Any, span: Span, now: datetime) -> dict[str, Any]:
    """Every day of a span, with a level by its goal, or where there was none by the fullest day of the span."""
    studied, wishes = by_day(sums(shares_on(user, span), day=F("date"))), Wishes(user, today_of(user, now))
    fullest = max(studied.seconds.values(), default=0)
    days = []
    for day in span.days():
        total, measure = studied.numbers(day), wishes.on(day).goal_seconds or fullest
        seen = {"level": level(total["seconds"], measure), "excused": wishes.is_rest(day)}
        days.append({"date": day, **total, **seen})
    return {"from": span.first, "to": span.last, "days": days}


def year(user: Any, number: int, now: datetime) -> dict[str, Any]:
    """A year of study days, looked back at."""
    span = Span(date(number, 1, 1), date(number, 12, 31))
    shares = shares_on(user, span)
    rows = [*sums(shares, day=F("date"), named=F("subject_id"), label=F("subject__name"), hours=True)]
    by_hour, by_weekday = (
        ByHour(user, span).summed_up(rows, fill=True),
        ByWeekday(user, span).summed_up(rows, fill=True),
    )
    studied, wishes = by_day(rows), Wishes(user, today_of(user, now))
    best_day = max(sorted(studied.seconds), key=studied.seconds.__getitem__, default=None)
    best_streak = longest(streaks(wishes.qualified(studied.seconds), wishes))
    sessions = StudySession.objects.filter(owner=user, study_date__range=span, duration__isnull=False)
    return {
        "year": number,
        "from": span.first,
        "to": span.last,
        "totals": by_hour["totals"],
        "active_days": len(studied.seconds),
        "best_day": {"date": best_day, **studied.numbers(best_day)} if best_day else None,
        "longest_session": sessions.select_related("subject").order_by("-duration", "start_time").first(),
        "longest_streak": best_streak
        and {"days": best_streak.days, "started_on": best_streak.first, "ended_on": best_streak.last},
        "top_subjects": BySubject(user, span).summed_up(rows)["groups"][:TOP_SUBJECTS],
        "by_weekday": by_weekday["groups"],
        "by_hour": by_hour["groups"],
    }
