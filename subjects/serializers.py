"""The JSON of a subject."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from studytrack.api.serializers import RecordSerializer
from subjects.models import Subject

SECONDS_AN_HOUR = 3600


class SubjectSerializer(RecordSerializer):
    """A subject; its totals follow from its sessions."""

    total_hours_completed = serializers.SerializerMethodField(help_text="Hours, from exact seconds, two decimals.")
    progress_percent = serializers.SerializerMethodField(help_text="0 to 100, two decimals; null without a goal.")
    session_count = serializers.IntegerField(
        read_only=True, min_value=0, help_text="How many sessions it has; one that runs does not count."
    )

    class Meta:
        model = Subject
        fields = (
            "id",
            "name",
            "description",
            "priority_level",
            "status",
            "total_hours_goal",
            "total_hours_completed",
            "progress_percent",
            "session_count",
            "created_at",
            "updated_at",
        )
        extra_kwargs: ClassVar = {
            "description": {"help_text": "What it is about."},
            "priority_level": {"help_text": "How much it matters; read in any case."},
            "status": {"help_text": "Where it stands; read in any case."},
        }
        validators = ()

    @extend_schema_field(serializers.FloatField(min_value=0))
    def get_total_hours_completed(self, subject: Any) -> float:
        return round(subject.studied.total_seconds() / SECONDS_AN_HOUR, 2)

    @extend_schema_field(serializers.FloatField(min_value=0, max_value=100, allow_null=True))
    def get_progress_percent(self, subject: Any) -> float | None:
        if not subject.total_hours_goal:
            return None
        goal_seconds = subject.total_hours_goal * SECONDS_AN_HOUR
        return round(min(100.0, 100 * subject.studied.total_seconds() / goal_seconds), 2)
