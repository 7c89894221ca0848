"""Migrations of tables in use: operations that keep nobody from writing, where the database can do without."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, NotInTransactionMixin, RemoveIndexConcurrently


class _WhereThatCanBe:
    """Concurrently on PostgreSQL; elsewhere as ever. The migration has `atomic = False`."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        self._operation(schema_editor).database_forwards(app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        self._operation(schema_editor).database_backwards(app_label, schema_editor, *states)

    def _operation(self, schema_editor: Any) -> Any:
        concurrently = schema_editor.connection.vendor == "postgresql"
        return super() if concurrently else super(NotInTransactionMixin, self)


class AddIndexOnline(_WhereThatCanBe, AddIndexConcurrently):
    pass


class RemoveIndexOnline(_WhereThatCanBe, RemoveIndexConcurrently):
    pass
