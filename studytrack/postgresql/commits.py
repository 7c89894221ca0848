"""What has become of a transaction whose connection died while it was committed.

A COMMIT that is not answered may have been done. PostgreSQL knows, and is asked on another connection: otherwise the
answer would be a guess, 503 for what has happened or 201 for what has not.
"""

from dataclasses import dataclass
from typing import Any

from django.db import OperationalError
from psycopg.errors import InvalidParameterValue

WRITTEN = """
SELECT pg_current_xact_id_if_assigned()::text,
       CASE WHEN pg_current_xact_id_if_assigned() IS NOT NULL THEN pg_current_wal_insert_lsn()::text END,
       CASE WHEN pg_current_xact_id_if_assigned() IS NOT NULL THEN (pg_control_checkpoint()).redo_lsn::text END
"""
END_ITS_SESSION = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND backend_xid = %s::xid8::xid"
)
STATUS = "SELECT pg_xact_status(%s::xid8)"
LOG_GOES_ON = "SELECT redo_lsn = %s::pg_lsn OR redo_lsn >= %s::pg_lsn FROM pg_control_checkpoint()"


class OutcomeUnknown(OperationalError):
    """The connection died during COMMIT, and the server could not be asked in time what has become of it."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One that has written something, as it was before its COMMIT: its id, and where the log and its checkpoint were.

    A server that crashes forgets an id whose log was not on disk yet, and may give it to another transaction. It can
    be told by the log: after the crash it ends before `log_position`, and a new checkpoint stands at its end.
    """

    id: str
    log_position: str
    checkpoint: str
    backend: int

    @classmethod
    def on(cls, connection: Any) -> "Transaction | None":
        """The connection's transaction; None if it has written nothing."""
        id_, log_position, checkpoint = connection.execute(WRITTEN).fetchone()
        return cls(id_, log_position, checkpoint, connection.info.backend_pid) if id_ else None

    def was_committed(self, connection: Any) -> bool | None:
        """Whether it was; None while it is still in progress. A session that has not seen its client go is ended."""
        connection.execute(END_ITS_SESSION, [self.backend, self.id])
        try:
            (status,) = connection.execute(STATUS, [self.id]).fetchone()
        except InvalidParameterValue:  # an id that is still to come: it is forgotten
            return False
        if status == "in progress":
            return None
        return status == "committed" and self._is_still_its_own(connection)

    def _is_still_its_own(self, connection: Any) -> bool:
        return bool(connection.execute(LOG_GOES_ON, [self.checkpoint, self.log_position]).fetchone()[0])
