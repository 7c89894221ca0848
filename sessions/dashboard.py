"""What everybody's study comes to, as operators look at it: sums over all users, from indexes; knows no HTTP."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from sessions.periods import HOUR_SECONDS, ONE_DAY
from sessions.shares import DayShare
from sessions.summaries import Span
from subjects.models import Subject

BUSIEST = 10


def dashboard(span: Span) -> dict[str, Any]:
    """The days of a span, what they come to, and the busiest subjects; sign-ups by UTC, study by study days."""
    studied, signed_up = studied_by_day(span), sign_ups_by_day(span)
    days = [
        {
            "date": day,
            "sign_ups": signed_up.get(day, 0),
            "active_users": studied.get(day, (0, 0.0))[0],
            "hours": studied.get(day, (0, 0.0))[1],
        }
        for day in span.days()
    ]
    return {"days": days, "totals": totals(span) | {"sign_ups": sum(signed_up.values())}, "busiest": busiest(span)}


def studied_by_day(span: Span) -> dict[date, tuple[int, float]]:
    """How many users studied on each day, and for how many hours."""
    sums = DayShare.objects.filter(date__range=span).order_by("date").values_list("date")
    by_day = sums.annotate(Count("owner", distinct=True), Sum("seconds"))
    return {day: (users, in_hours(seconds)) for day, users, seconds in by_day}


def sign_ups_by_day(span: Span) -> dict[date, int]:
    """How many accounts of today were made on each day."""
    first, after = (datetime.combine(day, time(), UTC) for day in (span.first, span.last + ONE_DAY))
    made = get_user_model()._default_manager.filter(created_at__gte=first, created_at__lt=after)
    by_day = made.annotate(day=TruncDate("created_at", tzinfo=UTC)).order_by("day").values_list("day")
    return dict(by_day.annotate(Count("pk")))


def totals(span: Span) -> dict[str, Any]:
    """How many users studied at all, and for how many hours."""
    sums = DayShare.objects.filter(date__range=span).aggregate(
        users=Count("owner", distinct=True), sum=Sum("seconds", default=0)
    )
    return {"active_users": sums["users"], "hours": in_hours(sums["sum"])}


def busiest(span: Span) -> list[dict[str, Any]]:
    """The subjects with the most time, each with its owner."""
    sums = DayShare.objects.filter(date__range=span).values_list("subject").annotate(sum=Sum("seconds"))
    hours = {pk: in_hours(seconds) for pk, seconds in sums.order_by("-sum", "subject")[:BUSIEST]}
    subjects = Subject.objects.select_related("owner").in_bulk(hours)
    return [{"subject": subjects[pk], "hours": hours[pk]} for pk in hours if pk in subjects]


def in_hours(seconds: int) -> float:
    """Hours with two decimals."""
    return round(seconds / HOUR_SECONDS, 2)
