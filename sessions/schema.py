"""What the OpenAPI document says about study sessions."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers

from sessions.serializers import StudySessionSerializer
from studytrack.api.fields import IdField, InstantField
from studytrack.api.problems import MEDIA_TYPE
from studytrack.api.schema_answers import (
    CONFLICT,
    ConstantField,
    ProblemSerializer,
    QuotaProblemSerializer,
    example,
    invalid,
    refusal,
    refused_body,
)
from studytrack.api.schema_operations import LOCATION, Resource, asked, done, shown

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


class RunningPlaceSerializer(serializers.Serializer):
    """The session that runs."""

    id = IdField()
    subject_id = IdField(help_text="Its subject.")
    start_time = InstantField(help_text="When it began.")


class TimerRunningProblemSerializer(ProblemSerializer):
    """A problem that names the session that runs."""

    code = ConstantField("timer_running")
    running = RunningPlaceSerializer(help_text="It can be stopped, or settled if it needs a review.")


class OverlapProblemSerializer(ProblemSerializer):
    """A problem that names the sessions that are in the way."""

    code = ConstantField("overlap")
    conflicts = PlaceSerializer(many=True, help_text="Up to ten of them, the earliest first.")


class StudySessionExtension(OpenApiSerializerExtension):
    """A session that is shown may be running; one that is written has ended."""

    target_class = StudySessionSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if direction == "response":
            schema["properties"]["end_time"]["type"] = ["string", "null"]
        return schema


OVERLAP = refusal(
    "It would overlap another of your sessions; you have as many as there may be: `quota`; or another change came in "
    "between.",
    example(
        409,
        code="overlap",
        detail="This overlaps another session.",
        conflicts=[{key: AN_AFTERNOON[key] for key in ("id", "subject_id", "start_time", "end_time")}],
    ),
    *(each.value for each in CONFLICT.answer.examples),
    shape=PolymorphicProxySerializer(
        "SessionConflictProblem",
        [OverlapProblemSerializer, QuotaProblemSerializer, ProblemSerializer],
        resource_type_field_name=None,
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

RUNNING = AN_AFTERNOON | {
    "id": 8,
    "end_time": None,
    "duration_minutes": None,
    "source": "timer",
    "created_at": "2026-03-02T14:00:00Z",
    "updated_at": "2026-03-02T14:00:00Z",
}
STOPPED = AN_AFTERNOON | {"id": 8, "source": "timer", "created_at": "2026-03-02T14:00:00Z"}
FORGOTTEN = invalid("end_time", "forgotten", "This timer was forgotten. Say when it ended.")

start = extend_schema(
    operation_id="start_session",
    summary="Start a timer",
    description="Starts a session that runs: now, or at a `start_time` in the last 24 hours. One runs at a time; "
    "`switch` stops it when the new one starts. What was forgotten has to be settled first, unless `start_time` "
    "says when it ended.",
    parameters=[LOCATION],
    examples=asked({"subject_id": 1, "notes": "Groups and their subgroups"}),
    responses={
        201: shown(StudySessionSerializer, "The session that runs.", RUNNING),
        (400, MEDIA_TYPE): refused_body(invalid("subject_id", "does_not_exist", "You have nothing with this id.")),
        (409, MEDIA_TYPE): refusal(
            "Another one runs; it would overlap a session; you have as many as there may be: `quota`; or another "
            "change came in between.",
            example(
                409,
                code="timer_running",
                detail="A timer is running.",
                running={key: RUNNING[key] for key in ("id", "subject_id", "start_time")},
            ),
            *(each.value for each in OVERLAP.examples),
            shape=PolymorphicProxySerializer(
                "StartConflictProblem",
                [TimerRunningProblemSerializer, OverlapProblemSerializer, QuotaProblemSerializer, ProblemSerializer],
                resource_type_field_name=None,
            ),
        ),
    },
)
running = extend_schema(
    operation_id="get_running_session",
    summary="See what runs",
    description="The session of yours that runs; 204 if there is none.",
    responses={200: shown(StudySessionSerializer, "The session that runs.", RUNNING), **done("Nothing runs.")},
)
stop = extend_schema(
    operation_id="stop_session",
    summary="Stop a timer",
    description="Ends a session that runs: now, or at an `end_time`, which one that was forgotten needs. One that "
    "has ended stays as it is, so stopping twice does no harm.",
    examples=asked({"end_time": "2026-03-02T16:30:00Z"}),
    responses={
        200: shown(StudySessionSerializer, "The session, which has ended.", STOPPED),
        (400, MEDIA_TYPE): refused_body(FORGOTTEN),
    },
)
resolve = extend_schema(
    operation_id="resolve_session",
    summary="Settle a forgotten timer",
    description="Says what becomes of a session that runs: `end_at` ends it at `end_time`; `keep` ends it now, or "
    "24 hours after its start if that is earlier; `discard` deletes it.",
    examples=asked({"action": "end_at", "end_time": "2026-03-02T16:30:00Z"}),
    responses={
        200: shown(StudySessionSerializer, "The session, which has ended.", STOPPED),
        **done("The session is discarded."),
        (400, MEDIA_TYPE): refused_body(invalid("end_time", "required", "This field is required.")),
        (409, MEDIA_TYPE): refusal("It has ended already.", example(409, detail="This session has ended already.")),
    },
)
