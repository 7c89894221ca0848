"""The constraint that Django does not have: no two sessions of a user at the same time."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db.models import DateTimeField, Field, FloatField, Func, Value
from django.db.models.functions import Coalesce

from sessions.periods import LAST_INSTANT

A_LITTLE_SECONDS = 0.001
"""So much before its session a box ends: boxes that touch overlap, sessions do not. These are of whole seconds."""


class Seconds(Func):
    """An instant as PostgreSQL's geometry takes it: seconds since 1970."""

    template = "DATE_PART('epoch', %(expressions)s AT TIME ZONE 'UTC')"
    output_field = FloatField()


class NoOverlap(ExclusionConstraint):
    """No two sessions of a user share time: PostgreSQL holds it, elsewhere save() under the owner's lock does.

    The index is of boxes and not of ranges, because PostgreSQL writes and searches it in a third of the time. Each
    session is a box from its start to its end. All boxes are one wide: the index sorts them by their area, and without
    a width there would be none. A session that runs lasts for ever.
    """

    def __init__(self, *, name: str) -> None:
        end = Coalesce("end_time", Value(LAST_INSTANT, DateTimeField()))
        first = Func(0, Seconds("start_time"), function="POINT")
        last = Func(1, Seconds(end) - A_LITTLE_SECONDS, function="POINT")
        span = Func(first, last, function="BOX", output_field=Field())
        super().__init__(name=name, expressions=[("owner", RangeOperators.EQUAL), (span, RangeOperators.OVERLAPS)])

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        return "sessions.constraints.NoOverlap", (), {"name": self.name}

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        instance.refuse_overlap()

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        return super().constraint_sql(model, schema_editor) if _can_exclude(schema_editor) else None

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return super().create_sql(model, schema_editor) if _can_exclude(schema_editor) else None

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return super().remove_sql(model, schema_editor) if _can_exclude(schema_editor) else None


def _can_exclude(schema_editor: Any) -> bool:
    return bool(schema_editor.connection.vendor == "postgresql")
