"""The viewset that every owned resource is made from: its rows are the user's, each write is one transaction."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from rest_framework.mixins import (
    CreateModelMixin,
    DestroyModelMixin,
    ListModelMixin,
    RetrieveModelMixin,
    UpdateModelMixin,
)
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from studytrack.api.ownership import OwnedQuerysetMixin
from studytrack.api.parsers import BrowserFormParser, BrowserMultiPartParser, StrictJSONParser

CHANGES_A_ROW = ("PUT", "PATCH", "DELETE")


class OwnedViewSet(
    OwnedQuerysetMixin,
    CreateModelMixin,
    RetrieveModelMixin,
    UpdateModelMixin,
    DestroyModelMixin,
    ListModelMixin,
    GenericViewSet,
):
    """List, create, retrieve, replace, change and delete rows of the signed-in user."""

    parser_classes = (StrictJSONParser, BrowserFormParser, BrowserMultiPartParser)

    def get_queryset(self) -> QuerySet[Any]:
        """The user's rows; the one that is about to change is read under its lock."""
        queryset = super().get_queryset()
        locked = self.request.method in CHANGES_A_ROW
        return queryset.select_for_update(of=("self",)) if locked else queryset

    def perform_create(self, serializer: Any) -> None:
        serializer.save(owner=self.request.user)

    def get_success_headers(self, data: Any) -> dict[str, str]:
        return {"Location": f"{self.request.path}/{data['id']}"}

    @transaction.atomic
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().update(request, *args, **kwargs)

    @transaction.atomic
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().destroy(request, *args, **kwargs)
