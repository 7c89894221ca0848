"""Who sees a row: the two gates, in front of a view's rows and of the ids in a body."""

from functools import cache
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.relations import PrimaryKeyRelatedField

from studytrack.api.fields import IdField
from studytrack.compiled import Compiled, Rows

POSSIBLE_IDS = range(1, 2**63)


class OwnedQuerysetMixin:
    """The rows of a view are the signed-in user's, whatever the method; of nobody there are none."""

    request: Any

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().owned_by(self.request.user)  # type: ignore[misc]

    def all_rows(self) -> Rows[Any]:
        """The user's rows in the order of the view, when nothing else is asked of them."""
        view: Any = type(self)
        return all_of(view)(self.request.user.pk)


class OwnedRelatedField(PrimaryKeyRelatedField):
    """The id of one of the user's own rows; another's id reads exactly like one that does not exist."""

    default_error_messages: ClassVar = {
        "does_not_exist": "You have nothing with this id.",
        "incorrect_type": "An id is a whole number.",
    }

    id_field = IdField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(pk_field=self.id_field, **kwargs)
        self.model: Any = kwargs["queryset"].model

    def get_queryset(self) -> QuerySet[Any]:
        rows: Any = super().get_queryset()
        return rows.owned_by(self.context["request"].user)

    def to_internal_value(self, data: Any) -> Any:
        id_: int = self.id_field.to_internal_value(data)
        mine = one_of(self.model)(id_, self.context["request"].user.pk)
        record = mine.first() if id_ in POSSIBLE_IDS else None
        return record or self.fail("does_not_exist", pk_value=data)


@cache
def all_of(view: Any) -> Compiled[Any]:
    def rows(owner_id: int) -> QuerySet[Any]:
        return view.queryset.filter(owner_id=owner_id)

    return Compiled(rows)


@cache
def one_of(model: Any) -> Compiled[Any]:
    def row(id_: int, owner_id: int) -> QuerySet[Any]:
        return model._default_manager.filter(pk=id_, owner_id=owner_id).order_by()

    return Compiled(row)
