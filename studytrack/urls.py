"""Every address of StudyTrack."""

from typing import Any

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib import admin
from django.contrib.auth.views import LoginView as SessionLoginView
from django.contrib.auth.views import LogoutView as SessionLogoutView
from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView

from accounts import link_views as links
from accounts import views as accounts
from accounts.links import TOKEN
from sessions import export_views as exports
from sessions import import_views as imports
from sessions import shared_views as shared
from sessions import statistics_views as statistics
from sessions.views import RESOLVE, RUNNING, START, STOP, StudySessionViewSet, TimerViewSet
from studytrack.api import health
from studytrack.api.outside import SecurityContactView
from studytrack.api.prometheus import MetricsView
from studytrack.api.root import RootView
from subjects.views import SubjectViewSet

OPEN_TO_ALL: Any = {"authentication_classes": (), "metadata_class": None}
ALL: Any = {"get": "list", "post": "create"}
ONE: Any = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}


REDOC_MAKES = {"style-src": [UNSAFE_INLINE], "worker-src": ["blob:"]}
"""What it makes while it runs: its styles, and what searches."""


class IdConverter:
    """An id in a path: plain ASCII digits, no leading zero."""

    regex = "[1-9][0-9]{0,17}"
    to_python = int
    to_url = str


class YearConverter(IdConverter):
    """A year in a path, of which there is one before and after."""

    regex = "(?!9999)[1-9][0-9]{3}"


class TokenConverter(StringConverter):
    """The token of a secret link."""

    regex = TOKEN


register_converter(IdConverter, "id")
register_converter(TokenConverter, "token")
register_converter(YearConverter, "year")

urlpatterns = [
    path("", RootView.as_view(), name="root"),
    # accounts
    path("auth/register", accounts.RegisterView.as_view(), name="register"),
    path("auth/login", accounts.LoginView.as_view(), name="login"),
    path("auth/refresh", accounts.RefreshView.as_view(), name="refresh"),
    path("auth/logout", accounts.LogoutView.as_view(), name="logout"),
    path("auth/logout-all", accounts.LogoutAllView.as_view(), name="logout-all"),
    path("auth/password", accounts.PasswordView.as_view(), name="password"),
    path("auth/me", accounts.MeView.as_view(), name="me"),
    path("auth/me/export", exports.EverythingView.as_view(), name="me-export"),
    path("auth/me/calendar", links.CalendarLinkView.as_view(), name="me-calendar"),
    path("auth/me/heatmap", links.HeatmapLinkView.as_view(), name="me-heatmap"),
    path("calendar/<token:token>.ics", shared.CalendarView.as_view(), name="calendar"),
    path("heatmap/<token:token>.svg", shared.SharedHeatmapView.as_view(), name="heatmap"),
    # subjects
    path("subjects", SubjectViewSet.as_view(ALL, name="Subjects"), name="subjects"),
    path("subjects/<id:pk>", SubjectViewSet.as_view(ONE, name="Subject"), name="subject"),
    # sessions
    path("sessions", StudySessionViewSet.as_view(ALL, name="Sessions"), name="sessions"),
    path("sessions/start", TimerViewSet.as_view(**START), name="session-start"),
    path("sessions/running", TimerViewSet.as_view(**RUNNING), name="session-running"),
    path(
        "sessions/export", exports.SessionExportViewSet.as_view({"get": "list"}, name="Export"), name="session-export"
    ),
    path("sessions/import", imports.ImportView.as_view(), name="session-import"),
    path("sessions/<id:pk>", StudySessionViewSet.as_view(ONE, name="Session"), name="session"),
    path("sessions/<id:pk>/stop", TimerViewSet.as_view(**STOP), name="session-stop"),
    path("sessions/<id:pk>/resolve", TimerViewSet.as_view(**RESOLVE), name="session-resolve"),
    # statistics
    path("stats/summary", statistics.SummaryView.as_view(), name="stats-summary"),
    path("stats/summary.svg", statistics.SummaryPictureView.as_view(), name="stats-summary-picture"),
    path("stats/today", statistics.TodayView.as_view(), name="stats-today"),
    path("stats/streak", statistics.StreakView.as_view(), name="stats-streak"),
    path("stats/heatmap", statistics.HeatmapView.as_view(), name="stats-heatmap"),
    path("stats/heatmap.svg", statistics.HeatmapPictureView.as_view(), name="stats-heatmap-picture"),
    path("stats/year/<year:year>", statistics.YearView.as_view(), name="stats-year"),
    # for people
    path("docs", SpectacularSwaggerView.as_view(url_name="schema", **OPEN_TO_ALL), name="docs"),
    path(
        "redoc", csp_update(REDOC_MAKES)(SpectacularRedocView.as_view(url_name="schema", **OPEN_TO_ALL)), name="redoc"
    ),
    path("schema", SpectacularAPIView.as_view(**OPEN_TO_ALL), name="schema"),
    path(
        "auth/session/login",
        SessionLoginView.as_view(
            template_name="rest_framework/login.html",
            http_method_names=["get", "post", "head", "options"],  # Django would take a PUT for a POST
        ),
        name="session-login",
    ),
    path("auth/session/logout", SessionLogoutView.as_view(), name="session-logout"),
    # for operators
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
    path("health/live", health.LiveView.as_view(), name="live"),
    path("health/ready", health.ReadyView.as_view(), name="ready"),
    path("metrics", MetricsView.as_view(), name="metrics"),
    path(".well-known/security.txt", SecurityContactView.as_view(), name="security-contact"),
]

handler400 = "studytrack.api.errors.bad_request"
handler403 = "studytrack.api.errors.permission_denied"
handler404 = "studytrack.api.errors.not_found"
handler500 = "studytrack.api.errors.server_error"
