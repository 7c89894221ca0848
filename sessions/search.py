"""Search in notes: an index of trigrams, each as its owner's, so that nobody's notes slow down another's search."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.lookups import DataContains
from django.db.models import BigIntegerField, F, Func, Q, Value
from django.db.models.functions import Upper

TRIGRAM_LENGTH = 3
# The owner stands in the upper half, so that a writer meets few pages of the index, and these again.
ADD_TRIGRAMS = """
    CREATE OR REPLACE FUNCTION owners_trigrams(owner bigint, words text) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT array_agg(owner << 32 | (hashtext(substr(words, n, 3)) & 4294967295))
        FROM generate_series(1, length(words) - 2) AS n
    $$
"""
DROP_TRIGRAMS = "DROP FUNCTION IF EXISTS owners_trigrams"
# What waits to be sorted in is read by every search of everybody: so little waits, a few hundred notes.
ADD_SEARCH = """
    CREATE INDEX CONCURRENTLY session_search ON study_sessions_studysession
    USING gin (owners_trigrams(owner_id, UPPER(notes))) WITH (gin_pending_list_limit = 256)
"""
DROP_SEARCH = "DROP INDEX CONCURRENTLY IF EXISTS session_search"


class OwnersTrigrams(Func):
    """Every three letters in a row, hashed together with the owner: equal only if both are."""

    function = "owners_trigrams"
    arity = 2
    output_field = ArrayField(BigIntegerField())


class HasTrigrams(DataContains):
    """Whether there are all of them; SQLite, which has no such index, is left to look for itself."""

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[()]]:
        return "1 = 1", ()


def may_mention(text: str, owner_id: int) -> Any:
    """The condition by which the index finds sessions that mention a text, and few others; none for the shortest."""
    if len(text) < TRIGRAM_LENGTH:
        return Q()
    trigrams = OwnersTrigrams(F("owner_id"), Upper("notes"))
    return HasTrigrams(trigrams, OwnersTrigrams(Value(owner_id), Upper(Value(text))))
