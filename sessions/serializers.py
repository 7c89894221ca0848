"""The JSON of a study session, and what its timer is told."""

from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as RuleBroken
from django.utils import timezone
from rest_framework import serializers

from sessions.models import Resolution, StudySession
from sessions.querysets import LONGEST, forgotten_after
from studytrack.api.caching import good_until
from studytrack.api.errors import broken_rules
from studytrack.api.fields import AnyCaseChoiceField, FlagField, InstantField
from studytrack.api.ownership import OwnedRelatedField
from studytrack.api.serializers import RecordSerializer
from studytrack.instants import NoInstant, not_in_future
from subjects.models import Subject


class StudySessionSerializer(RecordSerializer):
    """A study session; the study day it belongs to follows from its start."""

    instance: StudySession | None
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
        forgotten = session.needs_review(timezone.now())
        if session.end_time is None and not forgotten:
            good_until(self.context["request"], session.start_time + forgotten_after())
        return forgotten

    def validate_start_time(self, start_time: datetime) -> datetime:
        now = timezone.now()
        if self.instance and self.goes_on_running(self.instance) and start_time != self.instance.start_time:
            not_too_long_ago(start_time, now)
        return past(start_time, now)

    def validate_end_time(self, end_time: datetime) -> datetime:
        return past(end_time, timezone.now())

    def goes_on_running(self, session: StudySession) -> bool:
        """Whether the session runs, and the request says nothing of an end."""
        return session.end_time is None and "end_time" not in self.initial_data


class StartSerializer(StudySessionSerializer):
    """What a timer is started for."""

    switch = FlagField(default=False, write_only=True, help_text="Stop the one that runs when this one starts.")

    class Meta:
        model = StudySession
        fields = ("subject_id", "notes", "start_time", "switch")
        extra_kwargs: ClassVar = {
            "start_time": {"required": False, "help_text": "In the last 24 hours; now if it is left out."},
            "notes": {"help_text": "What it is about."},
        }
        validators = ()

    def validate_start_time(self, start_time: datetime) -> datetime:
        return not_too_long_ago(super().validate_start_time(start_time), timezone.now())

    def create(self, validated_data: dict[str, Any]) -> StudySession:
        switch, at = validated_data.pop("switch"), validated_data.pop("start_time", None)
        session = self.record(**validated_data)
        return self.attempt(session, partial(session.start, this_second(), at, switch=switch))

    def refusal(self, error: RuleBroken) -> Exception:
        return broken_rules(error, {"end_time": "start_time"})

    def to_representation(self, session: StudySession) -> dict[str, Any]:
        return StudySessionSerializer(session, context=self.context).data


class StopSerializer(serializers.Serializer):
    """When a session that runs ended."""

    instance: StudySession
    end_time = InstantField(required=False, help_text="Within 24 hours of the start; now if it is left out.")

    def validate_end_time(self, end_time: datetime) -> datetime:
        return past(end_time, timezone.now())

    def update(self, session: StudySession, said: dict[str, Any]) -> StudySession:
        session.stop(this_second(), said.get("end_time"))
        return session

    def to_representation(self, session: StudySession) -> dict[str, Any]:
        return StudySessionSerializer(session, context=self.context).data


class ResolveSerializer(StopSerializer):
    """What becomes of a timer that was forgotten."""

    action = AnyCaseChoiceField(choices=Resolution.choices, help_text="End it at `end_time`, keep it, or discard it.")
    end_time = InstantField(required=False, help_text="When it ended, for `end_at`.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["action"] == Resolution.END_AT and "end_time" not in attrs:
            raise serializers.ValidationError({"end_time": "This field is required."}, code="required")
        return attrs

    def update(self, session: StudySession, said: dict[str, Any]) -> StudySession:
        session.resolve(said["action"], this_second(), said.get("end_time"))
        return session


def this_second() -> datetime:
    """Now, as sessions know it."""
    return timezone.now().replace(microsecond=0)


def past(instant: datetime, now: datetime) -> datetime:
    """The instant, if it is not in the future; of a clock that is a little fast, now."""
    try:
        return not_in_future(instant, now.replace(microsecond=0))
    except NoInstant as error:
        raise serializers.ValidationError(str(error), code=error.code) from None


def not_too_long_ago(start_time: datetime, now: datetime) -> datetime:
    """The start of a session that runs; from before the longest session it could not be stopped any more."""
    if now - start_time > LONGEST:
        raise serializers.ValidationError("A session lasts 24 hours at most.", code="too_long")
    return start_time
