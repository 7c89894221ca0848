"""What the sessions of each subject come to, in rows that the database itself keeps true.

Triggers write them, after every statement that changes sessions: raw ones and those in bulk too. Who has changed
sessions of a subject holds its row until the end of the transaction, so the next one adds to what was committed.
"""

from typing import Any

from django.db import models, transaction
from django.db.models import BaseConstraint

from studytrack.instants import NO_TIME

SESSIONS, TOTALS = "study_sessions_studysession", "study_sessions_subjecttotals"
NO_TIME_SQL = {"postgresql": "interval '0'", "sqlite": "0"}
SUMS = "count(*) AS sessions, count(duration) AS ended, coalesce(sum(duration), {no_time}) AS studied"
ADD = f"""
    INSERT INTO {TOTALS} (subject_id, sessions, ended, studied)
    SELECT subject_id, {SUMS} FROM ({{rows}}) AS come GROUP BY subject_id ORDER BY subject_id
    ON CONFLICT (subject_id) DO UPDATE SET sessions = {TOTALS}.sessions + excluded.sessions,
        ended = {TOTALS}.ended + excluded.ended, studied = {TOTALS}.studied + excluded.studied;
"""
TAKE = f"""
    UPDATE {TOTALS} SET sessions = {TOTALS}.sessions - gone.sessions,
        ended = {TOTALS}.ended - gone.ended, studied = {TOTALS}.studied - gone.studied
    FROM (SELECT subject_id, {SUMS} FROM ({{rows}}) AS lost GROUP BY subject_id) AS gone
    WHERE {TOTALS}.subject_id = gone.subject_id;
    DELETE FROM {TOTALS} WHERE sessions = 0 AND subject_id IN (SELECT subject_id FROM ({{rows}}) AS lost);
"""
# Two writers who change several subjects, each in an order of its own, would wait for each other.
LOCK = f"""
    PERFORM FROM {TOTALS} WHERE subject_id IN (SELECT subject_id FROM ({{rows}}) AS changed)
    ORDER BY subject_id FOR NO KEY UPDATE;
"""


class SubjectTotals(models.Model):
    """How many sessions a subject has, how many of them have ended, and how long those were; no row is no sessions.

    Nobody writes it but the database. Its row goes with the subject's last session, so a deletion needs no cascade.
    """

    subject = models.OneToOneField("subjects.Subject", models.DO_NOTHING, primary_key=True, related_name="totals")
    sessions = models.BigIntegerField(default=0)
    ended = models.BigIntegerField(default=0)
    studied = models.DurationField(default=NO_TIME)

    def __str__(self) -> str:
        return f"{self.sessions} sessions, {self.studied}"


def _postgresql_triggers() -> list[str]:
    """One call a statement, however many rows; each function compares what is gone with what has come."""
    columns, no_time = "SELECT subject_id, duration FROM", NO_TIME_SQL["postgresql"]
    come, gone = f"{columns} come", f"{columns} gone"
    added, lost = f"{come} EXCEPT ALL {gone}", f"{gone} EXCEPT ALL {come}"
    bodies = {
        "INSERT": ("REFERENCING NEW TABLE AS come", ADD.format(rows=come, no_time=no_time)),
        "UPDATE": (
            "REFERENCING OLD TABLE AS gone NEW TABLE AS come",
            LOCK.format(rows=f"{gone} UNION ALL {come}")
            + ADD.format(rows=added, no_time=no_time)
            + TAKE.format(rows=lost, no_time=no_time),
        ),
        "DELETE": (
            "REFERENCING OLD TABLE AS gone",
            LOCK.format(rows=gone) + TAKE.format(rows=gone, no_time=no_time),
        ),
        "TRUNCATE": ("", f"DELETE FROM {TOTALS};"),
    }
    return [
        f"CREATE FUNCTION subject_totals_{event}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} RETURN NULL; END $$;"
        f"CREATE TRIGGER subject_totals_{event} AFTER {event} ON {SESSIONS} {tables} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION subject_totals_{event}()"
        for event, (tables, body) in bodies.items()
    ]


def _sqlite_triggers() -> list[str]:
    """One call a row: SQLite has no other."""
    come, gone = (f"SELECT {row}.subject_id AS subject_id, {row}.duration AS duration" for row in ("NEW", "OLD"))
    no_time = NO_TIME_SQL["sqlite"]
    add, take = ADD.format(rows=come, no_time=no_time), TAKE.format(rows=gone, no_time=no_time)
    bodies = {"INSERT": add, "UPDATE": add + take, "DELETE": take}
    return [
        f"CREATE TRIGGER subject_totals_{event} AFTER {event} ON {SESSIONS} FOR EACH ROW BEGIN {body} END"
        for event, body in bodies.items()
    ]


TRIGGERS = {"postgresql": _postgresql_triggers, "sqlite": _sqlite_triggers}


class TotalsKept(BaseConstraint):
    """A subject's totals are the sums of its sessions: held by triggers, which come and go with the table."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TotalsKept) and self.name == other.name

    __hash__ = BaseConstraint.__hash__

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        return "sessions.totals.TotalsKept", (), {"name": self.name}

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """Nobody enters totals, so nobody enters wrong ones."""

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """With a new table, and on SQLite with each that replaces one: made when it has got its name."""
        schema_editor.deferred_sql.extend(TRIGGERS[schema_editor.connection.vendor]())

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        return ";".join(_postgresql_triggers())

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        events = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")
        return ";".join(f"DROP FUNCTION subject_totals_{event} CASCADE" for event in events)


WRONG = f"""
    SELECT DISTINCT subject_id FROM (
        SELECT subject_id, sessions, ended, studied FROM {TOTALS}
        UNION ALL
        SELECT subject_id, {SUMS} FROM {SESSIONS} GROUP BY subject_id
    ) AS kept_and_counted
    GROUP BY subject_id, sessions, ended, studied HAVING count(*) = 1 ORDER BY subject_id
"""
HOLD = f"""
    INSERT INTO {TOTALS} (subject_id, sessions, ended, studied) VALUES (%s, 0, 0, {{no_time}})
    ON CONFLICT (subject_id) DO UPDATE SET sessions = {TOTALS}.sessions
"""
COUNT = f"""
    UPDATE {TOTALS} SET (sessions, ended, studied) = (SELECT {SUMS} FROM {SESSIONS} WHERE subject_id = %s)
    WHERE subject_id = %s
"""
DROP = f"DELETE FROM {TOTALS} WHERE subject_id = %s AND sessions = 0"


def recount(connection: Any) -> list[int]:
    """Make all totals what the sessions come to; the subjects whose totals were not.

    Any time is a good time: one statement sees sessions and totals of the same moment, and finds only what is wrong.
    """
    no_time = NO_TIME_SQL[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(WRONG.format(no_time=no_time))
        wrong: list[int] = [subject_id for (subject_id,) in cursor.fetchall()]
        for subject_id in wrong:
            with transaction.atomic(using=connection.alias):
                # Held first: what is counted after that has nobody's unfinished change in it, and gets none.
                cursor.execute(HOLD.format(no_time=no_time), [subject_id])
                cursor.execute(COUNT.format(no_time=no_time), [subject_id, subject_id])
                cursor.execute(DROP, [subject_id])
    return wrong
