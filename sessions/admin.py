"""Study sessions as operators see them."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join

from sessions.admin_pages import PicturePages
from sessions.models import StudySession
from studytrack.admin import RecordAdmin, utc
from studytrack.instants import NoInstant, not_in_future, within_calendar
from subjects.models import Subject

IN_UTC = "In UTC."


class StudySessionForm(forms.ModelForm):
    """A session of the past. Only one that runs may go on without an end."""

    class Meta:
        help_texts = {"start_time": IN_UTC, "end_time": IN_UTC}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "end_time" in self.fields:
            self.fields["end_time"].required = self.instance._state.adding or self.instance.end_time is not None

    def clean_subject(self) -> Subject:
        subject: Subject = self.cleaned_data["subject"]
        if self.instance.owner_id not in (None, subject.owner_id):
            raise ValidationError("This subject belongs to somebody else.", code="stranger")
        return subject

    def clean_start_time(self) -> datetime:
        return self._past("start_time")

    def clean_end_time(self) -> datetime | None:
        return self._past("end_time") if self.cleaned_data["end_time"] else None

    def _past(self, name: str) -> datetime:
        try:
            return not_in_future(within_calendar(self.cleaned_data[name]), timezone.now()).replace(microsecond=0)
        except NoInstant as error:
            raise ValidationError(str(error), error.code) from None


class RunningFilter(admin.SimpleListFilter):
    """Those that run, or the others."""

    title = parameter_name = "running"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(end_time__isnull=self.value() == "yes") if self.value() in ("yes", "no") else queryset


@admin.register(StudySession)
class StudySessionAdmin(PicturePages, RecordAdmin):
    """What was studied, the latest entered first."""

    start, end = utc("start_time", "start"), utc("end_time", "end")
    form = StudySessionForm
    list_display = ("subject", "owner", "start", "end", "minutes", "study_date", "source")
    list_filter = (RunningFilter, "source")
    list_select_related = ("subject", "owner")
    search_fields = ("subject__name", "notes", "owner__username", "owner__email")
    date_hierarchy = "study_date"
    ordering = ("-id",)
    autocomplete_fields = ("subject",)
    readonly_fields = (
        "owner",
        "minutes",
        "study_days",
        "study_date",
        "time_zone",
        "day_start_hour",
        "source",
        "created",
        "updated",
    )
    fieldsets = (
        (None, {"fields": ("subject", "start_time", "end_time", "notes")}),
        ("What follows", {"fields": readonly_fields}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fieldsets(request, obj) if obj else self.fieldsets[:1]

    @admin.display(ordering="duration", description="minutes", empty_value="running")
    def minutes(self, session: StudySession) -> int | None:
        return session.duration_minutes

    @admin.display(description="study days")
    def study_days(self, session: StudySession) -> str:
        """What of it is booked on which day."""
        shares = session.day_shares.order_by("number").values_list("date", "seconds")
        told = ((day, timedelta(seconds=seconds)) for day, seconds in shares)
        return format_html_join(", ", "{}: {}", told) or "not booked while it runs"
