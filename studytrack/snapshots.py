"""Reading that takes several statements or a while, and sees one moment of the database all the same."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read inside is of one moment; on PostgreSQL nobody waits for it.

    A queryset's iterator() has its cursor on the server here, behind PgBouncer too: it ends with the transaction.
    """
    with transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
