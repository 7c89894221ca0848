"""What the OpenAPI document says about study sessions."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from sessions.serializers import StudySessionSerializer
from studytrack.api.fields import IdField, InstantField
from studytrack.api.problems import MEDIA_TYPE
from studytrack.api.schema_answers import (
    CONFLICT,
    ConstantField,
    ProblemSerializer,
    example,
    invalid,
    refusal,
    refused_body,
)
from studytrack.api.schema_operations import Resource

WRITTEN = {
    "subject_id": 1,
    "start_time": "2026-03-02T14:00:00Z",
    "end_time": "2026-03-02T16:30:00Z",
    "notes": "Groups and their subgroups",
}
AN_AFTERNOON = {
    "id": 7,
    "subject_id": 1,
    "subject_name": "Algebra",
    "start_time": "2026-03-02T14:00:00Z",
    "end_time": "2026-03-02T16:30:00Z",
    "duration_minutes": 150,
    "notes": "Groups and their subgroups",
    "study_date": "2026-03-02",
    "time_zone": "Europe/Berlin",
    "source": "manual",
    "needs_review": False,
    "created_at": "2026-03-02T16:31:00Z",
    "updated_at": "2026-03-02T16:31:00Z",
}


class PlaceSerializer(serializers.Serializer):
    """Where a session is on the time line."""

    id = IdField()
    subject_id = IdField(help_text="Its subject.")
    start_time = InstantField(help_text="When it began.")
    end_time = InstantField(allow_null=True, help_text="When it ended; null while it runs.")


class OverlapProblemSerializer(ProblemSerializer):
    """A problem that names the sessions that are in the way."""

    code = ConstantField("overlap")
    conflicts = PlaceSerializer(many=True, help_text="Up to ten of them, the earliest first.")


class StudySessionExtension(OpenApiSerializerExtension):
    """A session that is shown may be running; one that is written has ended."""

    target_class = StudySessionSerializer

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if direction == "response":
            schema["properties"]["end_time"]["type"] = ["string", "null"]
        return schema


OVERLAP = refusal(
    "It would overlap another of your sessions; or another change came in between.",
    example(
        409,
        code="overlap",
        detail="This overlaps another session.",
        conflicts=[{key: AN_AFTERNOON[key] for key in ("id", "subject_id", "start_time", "end_time")}],
    ),
    *(each.value for each in CONFLICT.answer.examples),
    shape=PolymorphicProxySerializer(
        "SessionConflictProblem", [OverlapProblemSerializer, ProblemSerializer], resource_type_field_name=None
    ),
)

sessions = Resource(
    one="session",
    serializer=StudySessionSerializer,
    rule="It ends after it starts and within 24 hours, not in the future, and overlaps no other of yours: touching "
    "ends do not overlap. A clock that is up to 60 seconds fast is taken for now.",
    row=AN_AFTERNOON,
    new=AN_AFTERNOON,
    written=WRITTEN,
    changed={"notes": "Groups, their subgroups and cosets"},
    deleted="a session",
    refusals={
        (400, MEDIA_TYPE): refused_body(invalid("end_time", "not_after_start", "A session ends after it starts.")),
        (409, MEDIA_TYPE): OVERLAP,
    },
)
