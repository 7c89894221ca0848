"""The JSON of sessions that are taken out, and how an export is asked for."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions.serializers import StudySessionSerializer
from studytrack.api.fields import AnyCaseChoiceField


class Format(TextChoices):
    """What a file of sessions can be."""

    CSV = "csv"
    JSON = "json"
    ICS = "ics"


class ExportQuerySerializer(serializers.Serializer):
    """What an export is asked to be."""

    def get_fields(self) -> dict[str, Any]:
        choice = AnyCaseChoiceField(choices=Format.choices, help_text="What the file is to be.")
        return {**super().get_fields(), "format": choice}


@extend_schema_field(OpenApiTypes.STR)
class LocalTimeField(serializers.DateTimeField):
    """A moment as the clock shows it in the user's time zone, with the offset."""

    def to_representation(self, value: datetime) -> str:
        return value.astimezone(ZoneInfo(self.context["request"].user.time_zone)).isoformat(timespec="seconds")


class ExportedSessionSerializer(StudySessionSerializer):
    """A study session as the list shows it, with its times in the user's time zone too."""

    start_local = LocalTimeField(
        source="start_time", read_only=True, help_text="`start_time` on your clock, with its offset."
    )
    end_local = LocalTimeField(
        source="end_time", read_only=True, allow_null=True, help_text="`end_time` on your clock, with its offset."
    )

    class Meta(StudySessionSerializer.Meta):
        fields = (*StudySessionSerializer.Meta.fields, "start_local", "end_local")  # type: ignore[assignment]  # of the same type, and longer
