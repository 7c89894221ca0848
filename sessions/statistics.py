"""What was studied: today, in a row, day by day, and in a year; read-only sums, and no HTTP."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum

from sessions.models import StudySession
from sessions.periods import NO_TIME, ONE_DAY, day_begins, study_date
from sessions.shares import DayShare
from sessions.streaks import Wishes, level, longest, streaks
from sessions.summaries import ONE_MINUTE, GroupBy, Span, length, summary

TOP_SUBJECTS = 5


@dataclass
class DayTotal:
    """What one day came to."""

    duration: timedelta = NO_TIME
    count: int = 0

    def numbers(self) -> dict[str, int]:
        return length(self.duration) | {"session_count": self.count}


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
    studied = DayShare.objects.filter(owner=user, date=day).aggregate(sum=Sum("duration"))["sum"] or NO_TIME
    return {
        "study_date": day,
        "starts_at": starts_at,
        "ends_at": ends_at,
        **length(studied),
        "goal_minutes": user.daily_goal_minutes,
        "remaining_minutes": max(0, user.daily_goal_minutes - studied // ONE_MINUTE),
        "running": StudySession.objects.filter(owner=user).running().select_related("subject").first(),
    }


def days_studied(user: Any, span: Span | None = None) -> dict[date, DayTotal]:
    """The days on which there was something, of a span or of all time."""
    shares = DayShare.objects.filter(owner=user, **({"date__range": span} if span else {})).values("date")
    sums = shares.annotate(sum=Sum("duration"), count=Count("pk")).order_by("date")
    return {each["date"]: DayTotal(each["sum"], each["count"]) for each in sums}


def streak(user: Any, now: datetime) -> dict[str, Any]:
    """How many days in a row a user has qualified, now and at best; today does not break it while it lasts."""
    today, studied = today_of(user, now), {day: total.duration for day, total in days_studied(user).items()}
    wishes = Wishes(user, today)
    qualified = wishes.qualified(studied)
    found = list(streaks(qualified, wishes))
    best = longest(found)
    current = found[-1] if found and wishes.only_rest(found[-1].last, today) else None
    return {
        "current": current.days if current else 0,
        "longest": best.days if best else 0,
        "started_on": current.first if current else None,
        "last_qualified_on": qualified[-1] if qualified else None,
        "today": {
            "date": today,
            "qualified": today in qualified,
            **length(studied.get(today, NO_TIME)),
            "needed_minutes": wishes.needed(today) // ONE_MINUTE,
        },
    }


def heatmap(user: Any, span: Span, now: datetime) -> dict[str, Any]:
    """Every day of a span, with a level by its goal, or where there was none by the fullest day of the span."""
    studied, wishes = days_studied(user, span), Wishes(user, today_of(user, now))
    fullest = max((total.duration for total in studied.values()), default=NO_TIME)
    days = []
    for day in span.days():
        total = studied.get(day, DayTotal())
        measure = wishes.on(day).goal or fullest
        seen = {"level": level(total.duration, measure), "excused": wishes.is_rest(day)}
        days.append({"date": day, **total.numbers(), **seen})
    return {"from": span.first, "to": span.last, "days": days}


def year(user: Any, number: int, now: datetime) -> dict[str, Any]:
    """A year of study days, looked back at."""
    span = Span(date(number, 1, 1), date(number, 12, 31))
    studied, wishes = days_studied(user, span), Wishes(user, today_of(user, now))
    best_day = max(studied, key=lambda day: studied[day].duration, default=None)
    best_streak = longest(streaks(wishes.qualified({day: each.duration for day, each in studied.items()}), wishes))
    sessions = StudySession.objects.filter(owner=user, study_date__range=span, duration__isnull=False)
    by_weekday, by_hour, by_subject = (
        summary(user, span, group_by, fill=group_by != GroupBy.SUBJECT)
        for group_by in (GroupBy.WEEKDAY, GroupBy.HOUR, GroupBy.SUBJECT)
    )
    return {
        "year": number,
        "from": span.first,
        "to": span.last,
        "totals": by_hour["totals"],
        "active_days": len(studied),
        "best_day": {"date": best_day, **studied[best_day].numbers()} if best_day else None,
        "longest_session": sessions.select_related("subject").order_by("-duration", "start_time").first(),
        "longest_streak": best_streak
        and {"days": best_streak.days, "started_on": best_streak.first, "ended_on": best_streak.last},
        "top_subjects": by_subject["groups"][:TOP_SUBJECTS],
        "by_weekday": by_weekday["groups"],
        "by_hour": by_hour["groups"],
    }
