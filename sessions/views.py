"""The study sessions of the signed-in user, and the timer."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from sessions import schema
from sessions.filters import StudySessionFilters
from sessions.models import StudySession
from sessions.serializers import ResolveSerializer, StartSerializer, StopSerializer, StudySessionSerializer
from studytrack.api.idempotency import idempotent
from studytrack.api.viewsets import OwnedRows, OwnedViewSet, in_turn


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
    export_route = "session-export"
    import_route = "session-import"


class TimerViewSet(OwnedRows):
    """The timer: the one session of yours that runs, and counts nothing until it is stopped.

    After 12 hours it is taken for forgotten (`needs_review`); then say when it ended, keep it, or discard it.
    """

    queryset = StudySession.objects.select_related("subject")

    def get_queryset(self) -> QuerySet[Any]:
        """The user's rows; the one that is told something is read under its lock."""
        queryset = super().get_queryset()
        return queryset.select_for_update(of=("self",)) if self.action in ("stop", "resolve") else queryset

    @schema.start
    @idempotent
    @in_turn
    def start(self, request: Request) -> Response:
        told = self.tell()
        return Response(told.data, HTTP_201_CREATED, headers={"Location": f"/sessions/{told.instance.pk}"})

    @schema.stop
    @in_turn
    def stop(self, request: Request, pk: int) -> Response:
        return Response(self.tell(self.get_object()).data)

    @schema.resolve
    @in_turn
    def resolve(self, request: Request, pk: int) -> Response:
        told = self.tell(self.get_object())
        return Response(told.data) if told.instance.pk else Response(status=HTTP_204_NO_CONTENT)

    @schema.running
    def running(self, request: Request) -> Response:
        session = self.get_queryset().running().first()  # type: ignore[attr-defined]
        return Response(self.get_serializer(session).data) if session else Response(status=HTTP_204_NO_CONTENT)

    def tell(self, session: StudySession | None = None) -> Any:
        """Do what the body says, with a session or for a new one."""
        serializer = self.get_serializer(session, data=self.request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return serializer


START: Any = {"actions": {"post": "start"}, "serializer_class": StartSerializer, "name": "Start"}
RUNNING: Any = {"actions": {"get": "running"}, "serializer_class": StudySessionSerializer, "name": "Running"}
STOP: Any = {"actions": {"post": "stop"}, "serializer_class": StopSerializer, "name": "Stop"}
RESOLVE: Any = {"actions": {"post": "resolve"}, "serializer_class": ResolveSerializer, "name": "Resolve"}
