"""How the list of subjects is narrowed and ordered."""

from typing import Any

from django.db.models import QuerySet
from django_filters import FilterSet
from rest_framework.serializers import CharField

from studytrack.api.fields import AnyCaseChoiceField
from studytrack.api.filters import QueryFilter, TotalOrderingFilter
from subjects.models import PriorityLevel, Status, Subject


class SubjectFilters(FilterSet):
    """`status`, `priority_level`, `search` in name and description, `ordering`."""

    status = QueryFilter(AnyCaseChoiceField(choices=Status.choices), help_text="Of this status, in any case.")
    priority_level = QueryFilter(
        AnyCaseChoiceField(choices=PriorityLevel.choices), help_text="Of this priority, in any case."
    )
    search = QueryFilter(
        CharField(max_length=200, allow_blank=True), method="mentioning", help_text="Text in name or description."
    )
    ordering = TotalOrderingFilter(
        fields={
            "name_key": "name",
            "created_at": "created_at",
            "updated_at": "updated_at",
            "priority_rank": "priority_level",
            "total_hours_goal": "total_hours_goal",
        }
    )

    class Meta:
        model = Subject
        fields = ()

    def mentioning(self, queryset: Any, name: str, value: str) -> QuerySet[Subject]:
        return queryset.mentioning(value)
