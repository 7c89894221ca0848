"""The study sessions of the signed-in user."""

from sessions import schema
from sessions.filters import StudySessionFilters
from sessions.models import StudySession
from sessions.serializers import StudySessionSerializer
from studytrack.api.viewsets import OwnedViewSet


@schema.sessions
class StudySessionViewSet(OwnedViewSet):
    """Your study sessions, the newest first: what you studied, from when to when.

    A session ends after it starts, lasts 24 hours at most, does not lie in the future, and does not overlap another
    of yours (409 `overlap` names those it would). `study_date` is the study day it started on, by the time zone and
    the day's first hour that were yours when it was made; `duration_minutes` is rounded down.
    """

    queryset = StudySession.objects.select_related("subject")
    serializer_class = StudySessionSerializer
    filterset_class = StudySessionFilters
