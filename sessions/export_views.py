"""What can be taken out: sessions as a file, and everything as a file."""

from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import User
from sessions import archive, calendars, export_schema
from sessions.export_serializers import ExportedSessionSerializer, ExportQuerySerializer, Format
from sessions.filters import StudySessionFilters
from sessions.models import StudySession
from sessions.spreadsheets import as_csv
from studytrack.api.files import FileAnswers, file_answer, json_array
from studytrack.api.viewsets import OwnedRows
from studytrack.snapshots import snapshot

MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.JSON: "application/json",
    Format.ICS: calendars.MEDIA_TYPE,
}


@export_schema.sessions
class SessionExportViewSet(FileAnswers, OwnedRows):
    """Your sessions as one file, narrowed and ordered as the list is: `?format=csv`, `json` or `ics`."""

    queryset = StudySession.objects.select_related("subject")
    serializer_class = ExportedSessionSerializer
    filterset_class = StudySessionFilters
    pagination_class = None

    def list(self, request: Request) -> HttpResponseBase:
        asked = ExportQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = Format(asked.validated_data["format"])
        sessions = self.filter_queryset(self.get_queryset())
        with snapshot():
            pieces = self.written(sessions.iterator(), wanted)
            return file_answer(request, pieces, MEDIA_TYPES[wanted], name_for(request.user, "sessions", wanted))

    def written(self, sessions: Iterable[StudySession], wanted: Format) -> Iterator[str]:
        if wanted == Format.ICS:
            return calendars.as_calendar(sessions)
        rows = map(self.get_serializer().to_representation, sessions)
        return as_csv(rows) if wanted == Format.CSV else json_array(rows)


@export_schema.everything
class EverythingView(FileAnswers, APIView):
    """Everything of yours in one JSON file, which an import reads back."""

    def get(self, request: Request) -> HttpResponseBase:
        with snapshot():
            user = User.objects.get(pk=request.user.pk)  # as of the same moment as all else
            pieces = archive.document(user, timezone.now())
            return file_answer(request, pieces, archive.MEDIA_TYPE, name_for(user, "everything", "json"))


def name_for(user: Any, what: str, ending: str) -> str:
    """What a file is saved as: `studytrack-sessions-2026-03-02.csv`, by the date where the user is."""
    return f"studytrack-{what}-{timezone.now().astimezone(ZoneInfo(user.time_zone)):%Y-%m-%d}.{ending}"
