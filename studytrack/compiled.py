"""Querysets whose SQL is made once: Django makes it anew each time, for longer than PostgreSQL takes to answer.

How rows become records is Django's (pinned to 5.2) ModelIterable, with what it finds out each time kept.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property, update_wrapper
from inspect import get_annotations, signature
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connections, models
from django.db.models.query import QuerySet, get_related_populators

ModelT = TypeVar("ModelT", bound=models.Model)

FIELDS: dict[type, Any] = {int: models.BigIntegerField(), UUID: models.UUIDField(), datetime: models.DateTimeField()}
"""How values of these types are given to a database."""


class Slot(models.Value):
    """Where a query will have one of its values: `value` is which."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def filled(self, values: tuple[Any, ...], connection: Any) -> Any:
        return self.output_field.get_db_prep_value(values[self.value], connection)


class Statement:
    """The SQL of a queryset, and how its rows become records."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self.alias = queryset.db
        self.compiler: Any = queryset.query.get_compiler(self.alias)
        self.sql, self.parameters = self.compiler.as_sql()
        described, select = self.compiler.klass_info, self.compiler.select
        self.model, positions = described["model"], described["select_fields"]
        self.own = slice(positions[0], positions[-1] + 1)
        self.names = [column.target.attname for column, *_ in select[self.own]]
        self.converters = self.compiler.get_converters([column for column, *_ in select])
        self.populators = get_related_populators(described, select, self.alias)  # type: ignore[call-arg]  # stubs of 6.0

    def records(self, values: tuple[Any, ...], limit: str) -> Iterator[Any]:
        for row in self.rows(values, limit):
            record = self.model.from_db(self.alias, self.names, row[self.own])
            for related in self.populators:
                related.populate(row, record)
            for name, position in self.compiler.annotation_col_map.items():
                setattr(record, name, row[position])
            yield record

    def rows(self, values: tuple[Any, ...], limit: str) -> Any:
        connection = connections[self.alias]
        filled = [each.filled(values, connection) if isinstance(each, Slot) else each for each in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(f"{self.sql} {limit}", filled)
            rows = cursor.fetchall()
        return self.compiler.apply_converters(rows, self.converters) if self.converters else rows


class Rows(Generic[ModelT]):
    """The records that a compiled query finds for its values: to be iterated, sliced, or counted."""

    def __init__(self, query: "Compiled[ModelT]", values: tuple[Any, ...]) -> None:
        self.query, self.values = query, values

    def __iter__(self) -> Iterator[ModelT]:
        return self.query.statement.records(self.values, "")

    def __getitem__(self, part: slice) -> list[ModelT]:
        statement = self.query.statement
        limit = connections[statement.alias].ops.limit_offset_sql(part.start, part.stop)
        return list(statement.records(self.values, limit))

    def first(self) -> ModelT | None:
        return next(iter(self), None)

    def count(self) -> int:
        return self.query.make(*self.values).count()


class Compiled(Generic[ModelT]):
    """Decorates a function that makes a queryset of its arguments, which are annotated with their types.

    It is called once, with slots. So nothing in it may depend on a value: neither an `if`, nor None, which SQL
    compares with IS NULL.
    """

    def __init__(self, make: Callable[..., QuerySet[ModelT]]) -> None:
        self.make = make
        update_wrapper(self, make)

    def __call__(self, *values: Any) -> Rows[ModelT]:
        return Rows(self, values)

    @cached_property
    def statement(self) -> Statement:
        types = get_annotations(self.make, eval_str=True)
        names = signature(self.make).parameters
        return Statement(self.make(*(Slot(which, FIELDS[types[name]]) for which, name in enumerate(names))))
