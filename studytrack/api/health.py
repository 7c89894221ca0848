"""Whether this process runs, and whether it can do its work."""

from functools import lru_cache

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from studytrack.api import schema_operations
from studytrack.api.problems import Unavailable
from studytrack.api.redis import CacheUnavailable
from studytrack.api.renderers import JSONRenderer


class HealthView(APIView):
    """For machines that watch: JSON only, open to all, never limited."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes: tuple[type[BaseRenderer], ...] = (JSONRenderer,)


@schema_operations.live
class LiveView(HealthView):
    """200 while the process runs."""

    def get(self, request: Request) -> Response:
        return Response({"status": "ok"})


@schema_operations.ready
class ReadyView(HealthView):
    """200 when requests can be answered; 503 when the database is away or behind on migrations.

    Without Redis the `cache` is `degraded`: answers are slower, and right.
    """

    def get(self, request: Request) -> Response:
        state = {"database": database_state(), "cache": cache_state()}
        if state["database"] != "ok":
            raise NotReady(state)
        return Response(state)


class NotReady(Unavailable):
    """503, with the state of each part."""

    def __init__(self, state: dict[str, str]) -> None:
        super().__init__()
        self.members = state


@lru_cache(maxsize=1)
def migrations_here() -> frozenset[tuple[str, str]]:
    """What the code knows of; read once, because anybody may ask for readiness as often as they like."""
    return frozenset(MigrationLoader(None).disk_migrations)


def database_state() -> str:
    try:
        return "ok" if migrations_here() <= MigrationRecorder(connection).applied_migrations().keys() else "behind"
    except DatabaseError:
        return "away"


def cache_state() -> str:
    """Whether it can be written to: a cache that only reads forgets nothing, and so is not used."""
    try:
        cache.set("health", "ok", 1)
    except CacheUnavailable:
        return "degraded"
    return "ok"
