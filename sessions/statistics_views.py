"""Statistics of the signed-in user."""

from datetime import date
from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from sessions import pictures, statistics, statistics_schema
from sessions.statistics_serializers import (
    HeatmapQuerySerializer,
    SummaryPictureQuerySerializer,
    SummaryQuerySerializer,
    TodaySerializer,
    YearSerializer,
)
from sessions.summaries import summary
from studytrack.api.caching import good_until
from studytrack.api.renderers import PictureRenderer


class StatisticsView(APIView):
    """Statistics of the signed-in user, which are others when the study day ends."""

    def today(self) -> date:
        today = statistics.today_of(self.request.user, timezone.now())
        good_until(self.request, statistics.bounds(self.request.user, today)[1])
        return today

    def asked(self, serializer_class: type[Serializer]) -> dict[str, Any]:
        """What the query says."""
        serializer = self.query(serializer_class)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def query(self, serializer_class: type[Serializer]) -> Serializer:
        """The query as it is to be read; an empty value is none."""
        query = {name: value for name, value in self.request.query_params.items() if value}
        return serializer_class(data=query, context={"request": self.request, "today": self.today()})


class DrawnView(StatisticsView):
    """Statistics that are to be had as a picture too: by its media type, or at an address of its own."""

    renderer_classes: Any = (*StatisticsView.renderer_classes, PictureRenderer)
    picture_route: ClassVar[str]
    picture_query: ClassVar[type[Serializer]]

    @property
    def draws(self) -> bool:
        return isinstance(self.request.accepted_renderer, PictureRenderer)

    def picture_address(self) -> str:
        """Where the picture of what is shown is, for the page that shows both; nowhere if it would be refused."""
        if not self.query(self.picture_query).is_valid():
            return ""
        return f"{reverse(self.picture_route)}?{self.request.GET.urlencode()}".rstrip("?")


@statistics_schema.summary
class SummaryView(DrawnView):
    """What you studied on some study days, in all and by groups."""

    picture_route, picture_query = "stats-summary-picture", SummaryPictureQuerySerializer

    def get(self, request: Request) -> Response:
        if self.draws:
            asked = self.asked(self.picture_query)
            return Response(pictures.summary_of(request.user, asked["span"], asked["group_by"]))
        asked = self.asked(SummaryQuerySerializer)
        return Response(summary(request.user, asked["span"], asked["group_by"], fill=asked["fill"]))


@statistics_schema.summary_picture
class SummaryPictureView(SummaryView):
    """What you studied on some study days, drawn: bars, or the shares of the subjects."""

    renderer_classes = (PictureRenderer,)


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
class HeatmapView(DrawnView):
    """Every study day of a span, the last year by default, and how much was studied on it."""

    picture_route, picture_query = "stats-heatmap-picture", HeatmapQuerySerializer

    def get(self, request: Request) -> Response:
        span = self.asked(HeatmapQuerySerializer)["span"]
        if self.draws:
            return Response(pictures.heatmap_of(request.user, span, timezone.now()))
        return Response(statistics.heatmap(request.user, span, timezone.now()))


@statistics_schema.heatmap_picture
class HeatmapPictureView(HeatmapView):
    """Every study day of a span, drawn week by week."""

    renderer_classes = (PictureRenderer,)


@statistics_schema.year
class YearView(StatisticsView):
    """A year of study days, looked back at."""

    def get(self, request: Request, year: int) -> Response:
        self.today()
        found = statistics.year(request.user, year, timezone.now())
        return Response(YearSerializer(found, context={"request": request}).data)
