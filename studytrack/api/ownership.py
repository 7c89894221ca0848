"""Who sees a row: the two gates, in front of a view's rows and of the ids in a body."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.relations import PrimaryKeyRelatedField

from studytrack.api.fields import IdField


class OwnedQuerysetMixin:
    """The rows of a view are the signed-in user's, whatever the method; of nobody there are none."""

    request: Any

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().owned_by(self.request.user)  # type: ignore[misc]


class OwnedRelatedField(PrimaryKeyRelatedField):
    """The id of one of the user's own rows; another's id reads exactly like one that does not exist."""

    default_error_messages: ClassVar = {
        "does_not_exist": "You have nothing with this id.",
        "incorrect_type": "An id is a whole number.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(pk_field=IdField(), **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        rows: Any = super().get_queryset()
        return rows.owned_by(self.context["request"].user)
