"""The viewset that every owned resource is made from: its rows are the user's, each write is one transaction."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_filters import FilterSet
from rest_framework.exceptions import AuthenticationFailed
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

from studytrack.api.conditional import refuse_if_changed
from studytrack.api.idempotency import idempotent
from studytrack.api.ownership import OwnedQuerysetMixin
from studytrack.api.parsers import BrowserFormParser, BrowserMultiPartParser, StrictJSONParser
from studytrack.models import lock_owner

CHANGES_A_ROW = ("update", "partial_update", "destroy")


def in_turn(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Make a view's method one transaction under the user's lock: the writes of one user take turns."""

    @wraps(handler)
    @transaction.atomic(savepoint=False)
    def taking_turns(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not lock_owner(request.user.pk):
            raise AuthenticationFailed("This account is no more.")
        return handler(view, request, *args, **kwargs)

    return taking_turns


class OwnedRows(OwnedQuerysetMixin, GenericViewSet):
    """Something about rows of the signed-in user, told in JSON or by a form of the browsable API."""

    parser_classes = (StrictJSONParser, BrowserFormParser, BrowserMultiPartParser)

    def filter_queryset(self, queryset: Any) -> Any:
        """Filters are a list's: of one row they would make another question of every spelling."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset


class OwnedViewSet(
    CreateModelMixin, RetrieveModelMixin, UpdateModelMixin, DestroyModelMixin, ListModelMixin, OwnedRows
):
    """List, create, retrieve, replace, change and delete rows of the signed-in user."""

    filterset_class: type[FilterSet]

    def get_queryset(self) -> QuerySet[Any]:
        """The user's rows; the one that is about to change is read under its lock."""
        queryset = super().get_queryset()
        return queryset.select_for_update(of=("self",)) if self.action in CHANGES_A_ROW else queryset

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        # The beginning of a list that is neither narrowed nor ordered is always the same query, compiled already.
        if not {"page", *self.filterset_class.base_filters}.isdisjoint(request.query_params):
            return super().list(request, *args, **kwargs)
        everything: Any = self.all_rows()
        page = self.paginate_queryset(everything)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def get_object(self) -> Any:
        """One row; of one that is about to change, the row that the client has seen."""
        record = super().get_object()
        if self.action in CHANGES_A_ROW:
            refuse_if_changed(self.request, self.get_serializer(record))
        return record

    def perform_create(self, serializer: Any) -> None:
        serializer.save(owner=self.request.user)

    def get_success_headers(self, data: Any) -> dict[str, str]:
        return {"Location": f"{self.request.path}/{data['id']}"}

    @idempotent
    @in_turn
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    @in_turn
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().update(request, *args, **kwargs)

    @in_turn
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().destroy(request, *args, **kwargs)
