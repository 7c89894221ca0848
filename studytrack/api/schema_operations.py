"""The words for operations in the OpenAPI document: decorators for views, which leave the views a declaration."""

from dataclasses import dataclass
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import serializers

from studytrack.api.problems import MEDIA_TYPE
from studytrack.api.schema_answers import ConstantField, ProblemSerializer, example, refusal

LOCATION = OpenApiParameter(
    "Location",
    OpenApiTypes.URI_REF,
    OpenApiParameter.HEADER,
    response=[201],
    required=True,
    description="Where the new object is.",
)


def shown(serializer: Any, description: str, body: dict[str, Any]) -> OpenApiResponse:
    """An answer with an example of its body; of a list, one row."""
    return OpenApiResponse(serializer, description, [OpenApiExample("Example", body)])


def asked(body: dict[str, Any]) -> list[OpenApiExample]:
    """An example of a request's body."""
    return [OpenApiExample("Example", body, request_only=True)]


def done(description: str) -> dict[int, OpenApiResponse]:
    """204, and why there is nothing to say."""
    return {204: OpenApiResponse(description=description)}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """Decorates an OwnedViewSet: its six operations, in words and by example."""

    one: str
    serializer: Any
    rule: str
    row: dict[str, Any]
    new: dict[str, Any]
    written: dict[str, Any]
    changed: dict[str, Any]
    deleted: str
    refusals: dict[Any, OpenApiResponse]

    def __call__(self, viewset: Any) -> Any:
        return extend_schema_view(
            list=self.listed(),
            create=self.created(),
            retrieve=self.retrieved(),
            update=self.replaced(),
            partial_update=self.patched(),
            destroy=self.destroyed(),
        )(viewset)

    def listed(self) -> Any:
        return extend_schema(
            operation_id=f"list_{self.one}s",
            summary=f"List {self.one}s",
            responses={200: shown(self.serializer, "A page of the list.", self.row)},
        )

    def created(self) -> Any:
        return extend_schema(
            operation_id=f"create_{self.one}",
            summary=f"Create a {self.one}",
            description=f"Creates a {self.one}. {self.rule}",
            parameters=[LOCATION],
            examples=asked(self.written),
            responses={201: shown(self.serializer, f"The new {self.one}.", self.new), **self.refusals},
        )

    def retrieved(self) -> Any:
        return extend_schema(
            operation_id=f"get_{self.one}",
            summary=f"See a {self.one}",
            description=f"One of your {self.one}s, by its id.",
            responses={200: shown(self.serializer, f"The {self.one}.", self.row)},
        )

    def replaced(self) -> Any:
        return extend_schema(
            operation_id=f"replace_{self.one}",
            summary=f"Replace a {self.one}",
            description=f"Replaces a {self.one}: what is left out takes its default. {self.rule}",
            examples=asked(self.written),
            responses={200: self.as_it_is_now(self.row), **self.refusals},
        )

    def patched(self) -> Any:
        return extend_schema(
            operation_id=f"change_{self.one}",
            summary=f"Change a {self.one}",
            description=f"Changes what is named of a {self.one}, and nothing else. {self.rule}",
            examples=asked(self.changed),
            responses={200: self.as_it_is_now(self.row | self.changed), **self.refusals},
        )

    def destroyed(self) -> Any:
        return extend_schema(
            operation_id=f"delete_{self.one}",
            summary=f"Delete a {self.one}",
            description=f"Deletes {self.deleted}. Afterwards it is 404.",
            responses=done(f"The {self.one} is gone."),
        )

    def as_it_is_now(self, row: dict[str, Any]) -> OpenApiResponse:
        return shown(self.serializer, f"The {self.one} as it is now.", row)


class PlacesSerializer(serializers.Serializer):
    """Where things are, absolute."""

    register = serializers.URLField(help_text="To open an account.")
    login = serializers.URLField(help_text="To sign in.")
    me = serializers.URLField(help_text="Your account.")
    subjects = serializers.URLField(help_text="What you study.")
    sessions = serializers.URLField(help_text="When you studied it.")
    running = serializers.URLField(help_text="The timer that runs.")
    today = serializers.URLField(help_text="How far this study day has come.")
    streak = serializers.URLField(help_text="How many days in a row.")
    summary = serializers.URLField(help_text="What it came to, by day, subject or clock.")
    heatmap = serializers.URLField(help_text="A year of study days; as a picture, too.")
    export = serializers.URLField(help_text="Everything of yours, as a file.")
    calendar_link = serializers.URLField(help_text="The secret link to your calendar.")
    heatmap_link = serializers.URLField(help_text="The secret link to the picture of your heatmap.")
    docs = serializers.URLField(help_text="This document, to try out.")
    redoc = serializers.URLField(help_text="This document, to read.")
    schema = serializers.URLField(help_text="This document, for machines.")
    admin = serializers.URLField(help_text="For operators.")

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "import": serializers.URLField(help_text="To bring sessions in from a file.")}


CACHE = "Degraded is without Redis: answers are slower, and right."


class LiveSerializer(serializers.Serializer):
    """That the process runs."""

    status = ConstantField("ok")


class ReadySerializer(serializers.Serializer):
    """How the parts are."""

    database = ConstantField("ok")
    cache = serializers.ChoiceField(["ok", "degraded"], help_text=CACHE)


class NotReadyProblemSerializer(ProblemSerializer):
    """A problem that says how the parts are."""

    code = ConstantField("unavailable")
    database = serializers.ChoiceField(["away", "behind"], help_text="It does not answer, or lacks migrations.")
    cache = serializers.ChoiceField(["ok", "degraded"], help_text=CACHE)


root = extend_schema_view(
    get=extend_schema(
        operation_id="get_root",
        summary="See what there is",
        description="The addresses of the API. Asked for as `text/html`, a page from which it can be tried out.",
        responses={
            200: shown(
                PlacesSerializer,
                "The addresses of the API.",
                {
                    "register": "https://studytrack.example/auth/register",
                    "login": "https://studytrack.example/auth/login",
                    "me": "https://studytrack.example/auth/me",
                    "subjects": "https://studytrack.example/subjects",
                    "sessions": "https://studytrack.example/sessions",
                    "running": "https://studytrack.example/sessions/running",
                    "import": "https://studytrack.example/sessions/import",
                    "today": "https://studytrack.example/stats/today",
                    "streak": "https://studytrack.example/stats/streak",
                    "summary": "https://studytrack.example/stats/summary",
                    "heatmap": "https://studytrack.example/stats/heatmap",
                    "export": "https://studytrack.example/auth/me/export",
                    "calendar_link": "https://studytrack.example/auth/me/calendar",
                    "heatmap_link": "https://studytrack.example/auth/me/heatmap",
                    "docs": "https://studytrack.example/docs",
                    "redoc": "https://studytrack.example/redoc",
                    "schema": "https://studytrack.example/schema",
                    "admin": "https://studytrack.example/admin/",
                },
            )
        },
    )
)
live = extend_schema_view(
    get=extend_schema(
        operation_id="health_live",
        summary="Does the process run?",
        responses={200: shown(LiveSerializer, "It does.", {"status": "ok"})},
    )
)
ready = extend_schema_view(
    get=extend_schema(
        operation_id="health_ready",
        summary="Can requests be answered?",
        responses={
            200: shown(ReadySerializer, "They can.", {"database": "ok", "cache": "ok"}),
            (503, MEDIA_TYPE): refusal(
                "They cannot.", example(503, database="away", cache="ok"), shape=NotReadyProblemSerializer
            ),
        },
    )
)
