"""What the OpenAPI document says about statistics."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view

from sessions.schema import AN_AFTERNOON
from sessions.statistics_serializers import (
    HeatmapQuerySerializer,
    HeatmapSerializer,
    KeyField,
    StreakSerializer,
    SummaryPictureQuerySerializer,
    SummaryQuerySerializer,
    SummarySerializer,
    TodaySerializer,
    YearSerializer,
)
from studytrack.api.renderers import JSONRenderer, PictureRenderer
from studytrack.api.schema_operations import shown


class KeyExtension(OpenApiSerializerFieldExtension):
    """The key of a group is a text or a number."""

    target_class = KeyField

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": ["string", "integer"]}


STATISTICS = ["Statistics"]
AS_JSON, AS_PICTURE = (200, JSONRenderer.media_type), (200, PictureRenderer.media_type)
PICTURE = OpenApiResponse(
    {"type": "string"},
    "The picture. It follows the light and the dark of who looks at it, and says in words what it shows.",
    [OpenApiExample("Example", '<svg xmlns="http://www.w3.org/2000/svg" role="img">…</svg>')],
)
THE_AFTERNOON = {"minutes": 150, "seconds": 9000, "session_count": 1}
summary = extend_schema_view(
    get=extend_schema(
        operation_id="get_summary",
        summary="Sum up your study",
        description="What you studied from one study day to another, in all and by groups. A session over the end of "
        "a day is split between the days; `seconds` add up exactly, and `minutes` are those, rounded down. What runs "
        "counts nothing yet. Weeks begin on your `week_start`; hours are those of the clock where you studied.",
        tags=STATISTICS,
        parameters=[SummaryQuerySerializer],
        responses={
            AS_JSON: shown(
                SummarySerializer,
                "The summary.",
                {
                    "from": "2026-03-02",
                    "to": "2026-03-08",
                    "group_by": "day",
                    "totals": THE_AFTERNOON,
                    "groups": [
                        {
                            "key": "2026-03-02",
                            "period_start": "2026-03-02",
                            "period_end": "2026-03-02",
                            **THE_AFTERNOON,
                            "percent": 100.0,
                        }
                    ],
                },
            ),
            AS_PICTURE: PICTURE,
        },
    )
)
summary_picture = extend_schema_view(
    get=extend_schema(
        operation_id="draw_summary",
        summary="Draw your study",
        description="The summary as a picture: bars with all groups, the empty ones too, or the shares of the "
        "subjects. The same as `/stats/summary` gives for `Accept: image/svg+xml`.",
        tags=STATISTICS,
        parameters=[SummaryPictureQuerySerializer, OpenApiParameter("fill", exclude=True)],
        responses={AS_PICTURE: PICTURE},
    )
)
today = extend_schema_view(
    get=extend_schema(
        operation_id="get_today",
        summary="See your day",
        description="How far you have come on this study day. What runs counts nothing yet: `running` shows it.",
        tags=STATISTICS,
        responses={
            200: shown(
                TodaySerializer,
                "This study day.",
                {
                    "study_date": "2026-03-02",
                    "starts_at": "2026-03-01T23:00:00Z",
                    "ends_at": "2026-03-02T23:00:00Z",
                    "minutes": 150,
                    "seconds": 9000,
                    "goal_minutes": 180,
                    "remaining_minutes": 30,
                    "running": None,
                },
            )
        },
    )
)
streak = extend_schema_view(
    get=extend_schema(
        operation_id="get_streak",
        summary="See your streak",
        description="How many study days in a row have qualified: with your `daily_goal_minutes`, or with one minute "
        "where there was no goal. A rest day neither counts nor breaks, and today does not break while it lasts. Each "
        "day is judged by the goal and the rest days that were in force on it.",
        tags=STATISTICS,
        responses={
            200: shown(
                StreakSerializer,
                "The streak.",
                {
                    "current": 1,
                    "longest": 9,
                    "started_on": "2026-03-02",
                    "last_qualified_on": "2026-03-02",
                    "today": {
                        "date": "2026-03-02",
                        "qualified": True,
                        "minutes": 150,
                        "seconds": 9000,
                        "needed_minutes": 120,
                    },
                },
            )
        },
    )
)
heatmap = extend_schema_view(
    get=extend_schema(
        operation_id="get_heatmap",
        summary="See your days",
        description="Every study day of a span, the last 365 by default, with a `level`: 0 for nothing, 1 for "
        "something, 2 and 3 from a third and two thirds of the day's goal on, 4 for all of it. Without a goal the "
        "fullest day of the span is the measure.",
        tags=STATISTICS,
        parameters=[HeatmapQuerySerializer],
        responses={
            AS_JSON: shown(
                HeatmapSerializer,
                "The days.",
                {
                    "from": "2026-03-02",
                    "to": "2026-03-02",
                    "days": [{"date": "2026-03-02", **THE_AFTERNOON, "level": 4, "excused": False}],
                },
            ),
            AS_PICTURE: PICTURE,
        },
    )
)
heatmap_picture = extend_schema_view(
    get=extend_schema(
        operation_id="draw_heatmap",
        summary="Draw your days",
        description="The heatmap as a picture, week beside week; rest days are round. The same as `/stats/heatmap` "
        "gives for `Accept: image/svg+xml`.",
        tags=STATISTICS,
        parameters=[HeatmapQuerySerializer],
        responses={AS_PICTURE: PICTURE},
    )
)
YEAR = {"type": "integer", "minimum": 1000, "maximum": 9998}
OF_THE_YEAR = {"period_start": "2026-01-01", "period_end": "2026-12-31", **THE_AFTERNOON, "percent": 100.0}
year = extend_schema_view(
    get=extend_schema(
        operation_id="get_year",
        summary="Look back at a year",
        description="The study days of a year: in all, the best of them, the longest session that started on one, the "
        "longest streak within it, the five most studied subjects, by weekday and by hour.",
        tags=STATISTICS,
        parameters=[OpenApiParameter("year", YEAR, OpenApiParameter.PATH, description="The year.")],
        responses={
            200: shown(
                YearSerializer,
                "The year.",
                {
                    "year": 2026,
                    "from": "2026-01-01",
                    "to": "2026-12-31",
                    "totals": THE_AFTERNOON,
                    "active_days": 1,
                    "best_day": {"date": "2026-03-02", **THE_AFTERNOON},
                    "longest_session": AN_AFTERNOON,
                    "longest_streak": {"days": 1, "started_on": "2026-03-02", "ended_on": "2026-03-02"},
                    "top_subjects": [{"key": 1, **OF_THE_YEAR, "label": "Algebra"}],
                    "by_weekday": [{"key": 1, **OF_THE_YEAR}],
                    "by_hour": [{"key": 15, **OF_THE_YEAR}],
                },
            )
        },
    )
)
