"""What of a user's is shown to whoever has the secret link to it: the calendar, and the picture of the heatmap."""

from typing import ClassVar

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.links import Purpose, SecretLink
from accounts.models import User
from sessions import calendars, export_schema, pictures, statistics
from sessions.models import StudySession
from sessions.statistics_serializers import DAYS_OF_A_HEATMAP
from sessions.summaries import Span
from studytrack.api.files import FileAnswers, file_answer
from studytrack.api.renderers import PictureRenderer
from studytrack.snapshots import snapshot


class SharedView(APIView):
    """Something of the user's whose link it is; credentials that come along are not looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    is_shared = True
    purpose: ClassVar[Purpose]

    def owner(self, token: str) -> User:
        return get_object_or_404(SecretLink.objects.opened_by(token, self.purpose)).user


@export_schema.calendar
class CalendarView(FileAnswers, SharedView):
    """The sessions of whoever has made this secret link, as a calendar to subscribe to."""

    purpose = Purpose.CALENDAR

    def get(self, request: Request, token: str) -> HttpResponseBase:
        with snapshot():
            sessions = StudySession.objects.owned_by(self.owner(token)).select_related("subject")
            return file_answer(request, calendars.as_calendar(sessions.iterator()), calendars.MEDIA_TYPE)


@export_schema.heatmap
class SharedHeatmapView(SharedView):
    """The last 365 study days of whoever has made this secret link, drawn week by week."""

    renderer_classes = (PictureRenderer,)
    purpose = Purpose.HEATMAP

    def get(self, request: Request, token: str) -> Response:
        owner, now = self.owner(token), timezone.now()
        days = Span.up_to(statistics.today_of(owner, now), DAYS_OF_A_HEATMAP)
        return Response(pictures.heatmap_of(owner, days, now))
