"""Statistics of the signed-in user."""

from datetime import date
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from sessions import statistics, statistics_schema
from sessions.statistics_serializers import (
    HeatmapQuerySerializer,
    SummaryQuerySerializer,
    TodaySerializer,
    YearSerializer,
)
from sessions.summaries import summary
from studytrack.api.caching import good_until


class StatisticsView(APIView):
    """Statistics of the signed-in user, which are others when the study day ends."""

    def today(self) -> date:
        today = statistics.today_of(self.request.user, timezone.now())
        good_until(self.request, statistics.bounds(self.request.user, today)[1])
        return today

    def asked(self, serializer_class: type[Serializer]) -> dict[str, Any]:
        """What the query says; an empty value is none."""
        query = {name: value for name, value in self.request.query_params.items() if value}
        serializer = serializer_class(data=query, context={"request": self.request, "today": self.today()})
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


@statistics_schema.summary
class SummaryView(StatisticsView):
    """What you studied on some study days, in all and by groups."""

    def get(self, request: Request) -> Response:
        asked = self.asked(SummaryQuerySerializer)
        return Response(summary(request.user, asked["span"], asked["group_by"], fill=asked["fill"]))


@statistics_schema.today
class TodayView(StatisticsView):
    """How far you have come on this study day."""

    def get(self, request: Request) -> Response:
        self.today()
        shown = statistics.today(request.user, timezone.now())
        return Response(TodaySerializer(shown, context={"request": request}).data)


@statistics_schema.streak
class StreakView(StatisticsView):
    """How many study days in a row have qualified."""

    def get(self, request: Request) -> Response:
        self.today()
        return Response(statistics.streak(request.user, timezone.now()))


@statistics_schema.heatmap
class HeatmapView(StatisticsView):
    """Every study day of a span, the last year by default, and how much was studied on it."""

    def get(self, request: Request) -> Response:
        asked = self.asked(HeatmapQuerySerializer)
        return Response(statistics.heatmap(request.user, asked["span"], timezone.now()))


@statistics_schema.year
class YearView(StatisticsView):
    """A year of study days, looked back at."""

    def get(self, request: Request, year: int) -> Response:
        self.today()
        found = statistics.year(request.user, year, timezone.now())
        return Response(YearSerializer(found, context={"request": request}).data)
