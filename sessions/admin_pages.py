"""What operators see of study in pictures: everybody's on the dashboard, one user's on that user's page."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from sessions import pictures
from sessions.dashboard import dashboard
from sessions.pictures.words import shortened
from sessions.statistics import today_of
from sessions.summaries import GroupBy, Span

NEEDED = ("accounts.view_user", "subjects.view_subject", "study_sessions.view_studysession")
"""Pictures tell of users, their subjects and their sessions."""
SPANS = (30, 90, 365)
DAYS_OF_A_PICTURE = 365
COLUMNS_OF_A_NAME = 22

PICTURES: dict[str, Callable[[Any, Span, datetime], str]] = {
    "days": pictures.heatmap_of,
    "weeks": lambda user, span, now: pictures.summary_of(user, span, GroupBy.WEEK),
    "subjects": lambda user, span, now: pictures.summary_of(user, span, GroupBy.SUBJECT),
}


class PicturePages:
    """Pages beside those of a model's admin."""

    admin_site: Any

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view
        return [
            path("dashboard/", page(self.dashboard_page), name="study_dashboard"),
            path("of/<id:pk>/<slug:name>.svg", page(user_picture), name="study_picture"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def dashboard_page(self, request: HttpRequest) -> HttpResponse:
        refuse_unless_permitted(request)
        asked = request.GET.get("days", "")
        days = next((span for span in SPANS if asked == f"{span}"), SPANS[0])
        found = dashboard(Span.up_to(timezone.now().astimezone(UTC).date(), days))
        context = self.admin_site.each_context(request) | found
        context |= {"title": "Dashboard", "span": days, "spans": SPANS, "drawn": drawn(found)}
        return TemplateResponse(request, "admin/study_sessions/studysession/dashboard.html", context)


def drawn(found: dict[str, Any]) -> dict[str, Any]:
    """What the page's script draws."""
    return {
        "dates": [label(day["date"]) for day in found["days"]],
        **{name: [day[name] for day in found["days"]] for name in ("sign_ups", "active_users", "hours")},
        "subjects": [shortened(each["subject"].name, COLUMNS_OF_A_NAME) for each in found["busiest"]],
        "subject_hours": [each["hours"] for each in found["busiest"]],
    }


def label(day: date) -> str:
    return f"{day.day} {day:%b}"


def user_picture(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The last year of one user."""
    refuse_unless_permitted(request)
    if name not in PICTURES:
        raise Http404
    user, now = get_object_or_404(get_user_model(), pk=pk), timezone.now()
    picture = PICTURES[name](user, Span.up_to(today_of(user, now), DAYS_OF_A_PICTURE), now)
    return HttpResponse(picture, content_type="image/svg+xml")


def refuse_unless_permitted(request: HttpRequest) -> None:
    if not request.user.has_perms(NEEDED):
        raise PermissionDenied
