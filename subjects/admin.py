"""Subjects as operators see them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from studytrack.admin import RecordAdmin, link_to_list
from subjects.models import Subject


@admin.register(Subject)
class SubjectAdmin(RecordAdmin):
    """A subject stays its owner's for good, and so do its sessions."""

    list_display = (
        "name",
        "owner",
        "status",
        "priority_level",
        "total_hours_goal",
        "hours",
        "session_list",
        "created",
    )
    list_filter = ("status", "priority_level")
    search_fields = ("name", "description", "owner__username", "owner__email")
    date_hierarchy = "created_at"
    autocomplete_fields = ("owner",)
    fieldsets = (
        (None, {"fields": ("owner", "name", "description", "status", "priority_level", "total_hours_goal")}),
        ("What became of it", {"fields": ("hours", "session_list", "created", "updated")}),
    )
    readonly_fields = ("hours", "session_list", "created", "updated")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subject]:
        return super().get_queryset(request).with_totals().select_related("owner")  # type: ignore[attr-defined]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fieldsets(request, obj) if obj else self.fieldsets[:1]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "owner") if obj else self.readonly_fields

    def label(self, record: Subject) -> str:
        return f"{record} ({record.owner})"

    @admin.display(description="hours studied")
    def hours(self, subject: Any) -> str:
        return f"{subject.studied.total_seconds() / 3600:,.2f}"

    @admin.display(description="sessions")
    def session_list(self, subject: Any) -> str:
        session: Any = Subject._meta.get_field("sessions").related_model
        return link_to_list(session, f"{subject.session_count:,}", subject__id__exact=subject.pk)
