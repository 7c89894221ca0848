"""The JSON of statistics, and how their parameters are read."""

from datetime import MAXYEAR, MINYEAR, date
from typing import Any, ClassVar

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from sessions.serializers import StudySessionSerializer
from sessions.statistics import DAYS_BY_DEFAULT, GroupBy, Span
from studytrack.api.fields import AnyCaseChoiceField, FlagField, InstantField, StrictDateField

MOST_DAYS_TO_FILL = 3660
MINUTES = "Whole minutes, rounded down."
SECONDS = "The exact seconds."
COUNT = "How many sessions have time in this; one over midnight counts on both days, and once in the totals."


class DayField(StrictDateField):
    """A day of which there are others before and after it."""

    default_error_messages: ClassVar = {"out_of_range": "The year must be 2 to 9998."}

    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        if day.year in (MINYEAR, MAXYEAR):
            self.fail("out_of_range")
        return day


class SpanSerializer(serializers.Serializer):
    """Which study days are asked about; `context["today"]` is the user's."""

    def get_fields(self) -> dict[str, Any]:
        last = DayField(required=False, help_text="The last study day, inclusive; today if it is left out.")
        first = DayField(
            required=False, help_text=f"The first one, inclusive; {DAYS_BY_DEFAULT - 1} days before `to`."
        )
        return {"from": first, "to": last, **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        span = Span.up_to(attrs.pop("to", self.context["today"]))
        span = span._replace(first=attrs.pop("from", span.first))
        if span.first > span.last:
            raise serializers.ValidationError({"from": "This is after the last day."}, code="after_to")
        return attrs | {"span": span}


class SummaryQuerySerializer(SpanSerializer):
    """What a summary is asked to be."""

    group_by = AnyCaseChoiceField(choices=GroupBy.choices, default=GroupBy.DAY, help_text="By what it is grouped.")
    fill = FlagField(default=False, help_text=f"Add the empty groups too, of up to {MOST_DAYS_TO_FILL} days.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs["fill"] and (attrs["span"].last - attrs["span"].first).days >= MOST_DAYS_TO_FILL:
            raise serializers.ValidationError({"from": f"More than {MOST_DAYS_TO_FILL} days."}, code="too_long")
        return attrs


class TotalsSerializer(serializers.Serializer):
    """Time, and the sessions that it is of."""

    minutes = serializers.IntegerField(min_value=0, help_text=MINUTES)
    seconds = serializers.IntegerField(min_value=0, help_text=SECONDS)
    session_count = serializers.IntegerField(min_value=0, help_text=COUNT)


class KeyField(serializers.Field):
    """A date, a month, or a number."""

    def to_representation(self, value: Any) -> Any:
        return value


class GroupSerializer(serializers.Serializer):
    """One group of a summary."""

    key = KeyField(help_text="A date (of a week its first day), YYYY-MM, a subject's id, 1 to 7, or 0 to 23.")
    period_start = serializers.DateField(help_text="The first day of the day, week or month; else of all days.")
    period_end = serializers.DateField(help_text="The last one.")
    minutes = serializers.IntegerField(min_value=0, help_text=MINUTES)
    seconds = serializers.IntegerField(min_value=0, help_text=SECONDS)
    session_count = serializers.IntegerField(min_value=0, help_text=COUNT)
    percent = serializers.FloatField(min_value=0, max_value=100, help_text="Of the totals, two decimals.")


class SubjectGroupSerializer(GroupSerializer):
    """One subject of a summary."""

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"label": serializers.CharField(help_text="What the subject is called.")}


class SummarySerializer(serializers.Serializer):
    """Time on study days, in all and by groups."""

    def get_fields(self) -> dict[str, Any]:
        first = serializers.DateField(help_text="The first study day.")
        last = serializers.DateField(help_text="The last one, inclusive.")
        return {"from": first, "to": last, **super().get_fields()}

    group_by = serializers.ChoiceField(choices=GroupBy.choices, help_text="By what it is grouped.")
    totals = TotalsSerializer(help_text="All of it.")
    groups = serializers.SerializerMethodField(help_text="In the order of their keys; subjects by their time.")

    @extend_schema_field(
        PolymorphicProxySerializer(
            "SummaryGroup", [GroupSerializer, SubjectGroupSerializer], resource_type_field_name=None, many=True
        )
    )
    def get_groups(self, summary: dict[str, Any]) -> list[dict[str, Any]]:
        serializer = SubjectGroupSerializer if summary["group_by"] == GroupBy.SUBJECT else GroupSerializer
        return [serializer(group).data for group in summary["groups"]]


class TodaySerializer(serializers.Serializer):
    """This study day."""

    study_date = serializers.DateField(help_text="Its date.")
    starts_at = InstantField(help_text="When it began.")
    ends_at = InstantField(help_text="When it ends.")
    minutes = serializers.IntegerField(min_value=0, help_text=MINUTES)
    seconds = serializers.IntegerField(min_value=0, help_text=SECONDS)
    goal_minutes = serializers.IntegerField(min_value=0, help_text="Your `daily_goal_minutes`; 0 is no goal.")
    remaining_minutes = serializers.IntegerField(min_value=0, help_text="Until the goal is reached.")
    running = StudySessionSerializer(allow_null=True, help_text="The session that runs, which counts nothing yet.")
