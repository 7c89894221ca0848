"""How the list of sessions is narrowed and ordered."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import FilterSet
from rest_framework.serializers import CharField

from sessions.models import StudySession
from sessions.periods import earliest_start, latest_start
from studytrack.api.caching import good_until
from studytrack.api.fields import FlagField, IdField, InstantField, StrictDateField
from studytrack.api.filters import QueryFilter, TotalOrderingFilter


class StudySessionFilters(FilterSet):
    """By subject, start, study day, running, forgotten, and text in the notes; ordered by start, length or making."""

    subject_id = QueryFilter(IdField(), field_name="subject_id", help_text="Sessions of this subject.")
    start_after = QueryFilter(InstantField(), "start_time", "gte", help_text="Started then or later.")
    start_before = QueryFilter(InstantField(), "start_time", "lt", help_text="Started before then.")
    study_date_from = QueryFilter(StrictDateField(), method="from_day", help_text="First study day, inclusive.")
    study_date_to = QueryFilter(StrictDateField(), method="to_day", help_text="Last study day, inclusive.")
    running = QueryFilter(FlagField(), "end_time", "isnull", help_text="Only those that run, or only the others.")
    needs_review = QueryFilter(
        FlagField(), method="needing_review", help_text="Only a timer that was forgotten, or only the others."
    )
    search = QueryFilter(
        CharField(max_length=200, allow_blank=True), method="mentioning", help_text="Text in the notes."
    )
    ordering = TotalOrderingFilter(
        fields={"start_time": "start_time", "duration": "duration_minutes", "created_at": "created_at"}
    )

    class Meta:
        model = StudySession
        fields = ()

    # The order is that of the starts: bounds for these as well spare the search for where such days begin.

    def from_day(self, queryset: Any, name: str, day: date) -> QuerySet[StudySession]:
        return queryset.filter(study_date__gte=day, start_time__gte=earliest_start(day))

    def to_day(self, queryset: Any, name: str, day: date) -> QuerySet[StudySession]:
        return queryset.filter(study_date__lte=day, start_time__lt=latest_start(day))

    def needing_review(self, queryset: Any, name: str, value: bool) -> QuerySet[StudySession]:
        now = timezone.now()
        good_until(self.request, now)  # a row that is not shown yet may be there the next moment
        return queryset.needing_review(now, value)

    def mentioning(self, queryset: Any, name: str, value: str) -> QuerySet[StudySession]:
        return queryset.mentioning(value, self.request.user)
