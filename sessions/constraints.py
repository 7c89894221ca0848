"""The constraint that Django does not have: no two sessions of a user at the same time."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db.models import F, Func


class NoOverlap(ExclusionConstraint):
    """No two sessions of a user share time: PostgreSQL holds it, elsewhere save() under the owner's lock does."""

    def __init__(self, *, name: str, **_: Any) -> None:
        span = Func(
            F("start_time"),
            F("end_time"),
            RangeBoundary(),
            function="TSTZRANGE",
            output_field=DateTimeRangeField(),
        )
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
