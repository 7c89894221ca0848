"""The constraint that Django does not have: no two sessions of a user at the same time."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db.models import DateTimeField, Field, FloatField, Func, Value
from django.db.models.functions import Coalesce

from sessions.periods import LAST_INSTANT

LESS_THAN_A_SECOND = 0.001
"""So that a session may begin when another ends: boxes that touch overlap. Sessions are of whole seconds."""


class Seconds(Func):
    """An instant as PostgreSQL's geometry takes it: seconds since 1970."""

    template = "DATE_PART('epoch', %(expressions)s AT TIME ZONE 'UTC')"
    output_field = FloatField()


class NoOverlap(ExclusionConstraint):
    """No two sessions of a user share time: PostgreSQL holds it, elsewhere save() under the owner's lock does.

    A span of time is a box: an index of those is kept, and asked, in a third of the time that one of ranges takes. It
    is one wide, because by its area an index tells what lies beside what. A session that runs lasts for ever.
    """

    def __init__(self, *, name: str, **_: Any) -> None:
        end = Coalesce("end_time", Value(LAST_INSTANT, DateTimeField()))
        first = Func(0, Seconds("start_time"), function="POINT")
        last = Func(1, Seconds(end) - LESS_THAN_A_SECOND, function="POINT")
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
