"""The JSON of a study session."""

from datetime import datetime
from typing import ClassVar

from django.utils import timezone
from rest_framework import serializers

from sessions.models import CLOCK_TOLERANCE, StudySession
from studytrack.api.ownership import OwnedRelatedField
from studytrack.api.serializers import RecordSerializer
from subjects.models import Subject


class StudySessionSerializer(RecordSerializer):
    """A study session; the study day it belongs to follows from its start."""

    subject_id = OwnedRelatedField(source="subject", queryset=Subject.objects.all(), help_text="One of your subjects.")
    subject_name = serializers.CharField(source="subject.name", read_only=True, help_text="What it is called.")
    duration_minutes = serializers.IntegerField(
        read_only=True, allow_null=True, min_value=0, help_text="Whole minutes, rounded down; null while it runs."
    )
    needs_review = serializers.SerializerMethodField(help_text="Whether a running session seems forgotten.")

    class Meta:
        model = StudySession
        fields = (
            "id",
            "subject_id",
            "subject_name",
            "start_time",
            "end_time",
            "duration_minutes",
            "notes",
            "study_date",
            "time_zone",
            "source",
            "needs_review",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("study_date", "time_zone", "source")
        extra_kwargs: ClassVar = {
            "start_time": {"help_text": "With an offset, or else in your time zone; not in the future."},
            "end_time": {"required": True, "allow_null": False, "help_text": "After the start, within 24 hours."},
            "notes": {"help_text": "What it was about."},
            "study_date": {"help_text": "The study day on which it started."},
            "time_zone": {"help_text": "The zone by which its study day was decided."},
            "source": {"help_text": "How it came: entered by hand, by timer, by import."},
        }
        validators = ()

    def get_needs_review(self, session: StudySession) -> bool:
        return session.needs_review(timezone.now())

    def validate_start_time(self, start_time: datetime) -> datetime:
        return not_in_future(start_time, timezone.now())

    def validate_end_time(self, end_time: datetime) -> datetime:
        return not_in_future(end_time, timezone.now())


def not_in_future(instant: datetime, now: datetime) -> datetime:
    """The instant, or now for a clock that is a little fast; further in the future it is refused."""
    now = now.replace(microsecond=0)
    if instant > now + CLOCK_TOLERANCE:
        raise serializers.ValidationError("This is in the future.", code="in_future")
    return min(instant, now)
