"""The JSON of statistics, and how their parameters are read."""

from datetime import MAXYEAR, MINYEAR, date
from typing import Any, ClassVar

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from sessions.serializers import StudySessionSerializer
from sessions.summaries import DAYS_BY_DEFAULT, GroupBy, Span
from studytrack.api.fields import AnyCaseChoiceField, FlagField, InstantField, StrictDateField

MOST_DAYS_TO_FILL = 3660
MOST_DAYS_AS_BARS = 731
DAYS_OF_A_HEATMAP = 365
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

    days_by_default = DAYS_BY_DEFAULT

    def get_fields(self) -> dict[str, Any]:
        days_before = self.days_by_default - 1
        last = DayField(required=False, help_text="The last study day, inclusive; today if it is left out.")
        first = DayField(required=False, help_text=f"The first one, inclusive; {days_before} days before `to`.")
        return {"from": first, "to": last, **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        span = Span.up_to(attrs.pop("to", self.context["today"]), self.days_by_default)
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
        if attrs["fill"]:
            refuse_too_many(attrs["span"])
        return attrs


class SummaryPictureQuerySerializer(SpanSerializer):
    """What a picture of a summary is asked to be. Subjects, weekdays and hours are few however many days there are."""

    group_by = AnyCaseChoiceField(
        choices=GroupBy.choices,
        default=GroupBy.DAY,
        help_text=f"By what it is grouped: by day up to {MOST_DAYS_AS_BARS} days, by week or month up to "
        f"{MOST_DAYS_TO_FILL}.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs["group_by"] == GroupBy.DAY:
            refuse_too_many(attrs["span"], MOST_DAYS_AS_BARS)
        elif attrs["group_by"] in (GroupBy.WEEK, GroupBy.MONTH):
            refuse_too_many(attrs["span"])
        return attrs


class HeatmapQuerySerializer(SpanSerializer):
    """Which days a heatmap has."""

    days_by_default = DAYS_OF_A_HEATMAP

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        refuse_too_many(attrs["span"])
        return attrs


def refuse_too_many(span: Span, most: int = MOST_DAYS_TO_FILL) -> None:
    """Raise a 400 where every single day would be shown of more days than anybody looks at."""
    if (span.last - span.first).days >= most:
        raise serializers.ValidationError({"from": f"More than {most} days."}, code="too_long")


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


@extend_schema_field(
    PolymorphicProxySerializer(
        "SummaryGroup", [GroupSerializer, SubjectGroupSerializer], resource_type_field_name=None, many=True
    )
)
class GroupsField(KeyField):
    """The groups of a summary, which are shown as they are made."""


class SummarySerializer(serializers.Serializer):
    """Time on study days, in all and by groups."""

    def get_fields(self) -> dict[str, Any]:
        first = serializers.DateField(help_text="The first study day.")
        last = serializers.DateField(help_text="The last one, inclusive.")
        return {"from": first, "to": last, **super().get_fields()}

    group_by = serializers.ChoiceField(choices=GroupBy.choices, help_text="By what it is grouped.")
    totals = TotalsSerializer(help_text="All of it.")
    groups = GroupsField(help_text="In the order of their keys; subjects by their time.")


class TodaySerializer(serializers.Serializer):
    """This study day."""

    study_date = serializers.DateField(help_text="Its date.")
    starts_at = InstantField(help_text="When it began.")
    ends_at = InstantField(help_text="When it ends.")
    minutes = serializers.IntegerField(min_value=0, help_text=MINUTES)
    seconds = serializers.IntegerField(min_value=0, help_text=SECONDS)
    goal_minutes = serializers.IntegerField(min_value=0, help_text="Your `daily_goal_minutes`; 0 is no goal.")
    remaining_minutes = serializers.IntegerField(
        min_value=0, help_text="Until the goal is reached, be it a day of rest or not."
    )
    running = StudySessionSerializer(allow_null=True, help_text="The session that runs, which counts nothing yet.")


class StreakDaySerializer(serializers.Serializer):
    """What this study day has to do with the streak."""

    date = serializers.DateField(help_text="Its date.")
    qualified = serializers.BooleanField(help_text="Whether it qualifies already; a rest day never does.")
    minutes = serializers.IntegerField(min_value=0, help_text=MINUTES)
    seconds = serializers.IntegerField(min_value=0, help_text=SECONDS)
    needed_minutes = serializers.IntegerField(min_value=0, help_text="What it takes; 0 on a rest day.")


class StreakSerializer(serializers.Serializer):
    """Study days in a row that have qualified."""

    current = serializers.IntegerField(min_value=0, help_text="How many there are now.")
    longest = serializers.IntegerField(min_value=0, help_text="How many there were at best.")
    started_on = serializers.DateField(allow_null=True, help_text="The first of the current ones.")
    last_qualified_on = serializers.DateField(allow_null=True, help_text="The last day that has qualified.")
    today = StreakDaySerializer(help_text="This study day.")


class HeatmapDaySerializer(TotalsSerializer):
    """One study day."""

    date = serializers.DateField(help_text="Its date.")
    level = serializers.IntegerField(min_value=0, max_value=4, help_text="0 for nothing, 4 for the whole goal.")
    excused = serializers.BooleanField(help_text="Whether it was a rest day.")


class HeatmapSerializer(serializers.Serializer):
    """Study days, none left out."""

    def get_fields(self) -> dict[str, Any]:
        first = serializers.DateField(help_text="The first study day.")
        last = serializers.DateField(help_text="The last one, inclusive.")
        return {"from": first, "to": last, **super().get_fields()}

    days = HeatmapDaySerializer(many=True, help_text="All of them, in their order.")


class BestDaySerializer(TotalsSerializer):
    """The study day with the most time."""

    date = serializers.DateField(help_text="Its date.")


class LongestStreakSerializer(serializers.Serializer):
    """Study days in a row."""

    days = serializers.IntegerField(min_value=1, help_text="How many have qualified.")
    started_on = serializers.DateField(help_text="The first of them.")
    ended_on = serializers.DateField(help_text="The last of them.")


class YearSerializer(serializers.Serializer):
    """A year of study days."""

    def get_fields(self) -> dict[str, Any]:
        number = serializers.IntegerField(help_text="The year.")
        first = serializers.DateField(help_text="Its first day.")
        last = serializers.DateField(help_text="Its last day.")
        return {"year": number, "from": first, "to": last, **super().get_fields()}

    totals = TotalsSerializer(help_text="All of it.")
    active_days = serializers.IntegerField(min_value=0, help_text="On how many days something was studied.")
    best_day = BestDaySerializer(allow_null=True, help_text="The day with the most time; of several the first.")
    longest_session = StudySessionSerializer(allow_null=True, help_text="The longest that started in the year.")
    longest_streak = LongestStreakSerializer(allow_null=True, help_text="The longest one within the year.")
    top_subjects = SubjectGroupSerializer(many=True, help_text="The five most studied ones.")
    by_weekday = GroupSerializer(many=True, help_text="The weekdays, 1 to 7.")
    by_hour = GroupSerializer(many=True, help_text="The hours, 0 to 23.")
