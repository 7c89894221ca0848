"""As many sessions as one asks for, made inside PostgreSQL: what the growth of everything is measured on.

Everybody who is ordinary has a thousand sessions, one a day; one user may have many more. Rows lie as life would have
written them, by time and so with the users mixed: nobody's rows are neighbours. It takes a superuser, who may leave
keys unchecked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

SUBJECTS_EACH = 10
SLOTS_A_DAY = 36
"""Sessions of the large user in one day: half an hour each, forty minutes apart."""
VOCABULARY = """
    algebra analysis anatomy answer archive argument biology botany calculus chapter chemistry cities column comments
    corrections definition diagram draft economy essay example exam exercise experiment ferns figures flashcards
    formulas geometry grammar groups history homework integrals introduction lecture lemma library limits literature
    logic matrices mosses notebook numbers outline pages physics poems practice preparation problems proof questions
    reading repetition review rings seminar slides sources summary theorem verbs
"""
WORDS = VOCABULARY.split()
USERS = """
    INSERT INTO accounts_user (id, password, is_superuser, created_at, updated_at, username, username_key, email,
        email_key, time_zone, day_start_hour, week_start, daily_goal_minutes, rest_weekdays, is_staff, is_active)
    SELECT n, '!', false, now(), now(), 'user' || n, 'user' || n, n || '@example.org',
        n || '@example.org', 'UTC', 0, 1, 0, '[]', false, true
    FROM generate_series(1, %(users)s) n
"""
SIGN_INS = """
    INSERT INTO accounts_signin (id, token_id, created_at, expires_at, user_id)
    SELECT md5(n::text)::uuid, md5(n::text), now(), now() + interval '30 days', n
    FROM generate_series(1, %(users)s) n
"""
SUBJECTS = """
    INSERT INTO subjects_subject (id, created_at, updated_at, name, name_key, description, priority_level, status,
        total_hours_goal, owner_id)
    SELECT (owner - 1) * %(subjects_each)s + n, now(), now(), 'Subject ' || n, 'subject ' || n, '', 'medium', 'active',
        100, owner
    FROM generate_series(1, %(users)s) owner, generate_series(1, %(subjects_each)s) n
"""
SESSIONS = """
    INSERT INTO study_sessions_studysession (created_at, updated_at, start_time, end_time, notes, study_date,
        time_zone, day_start_hour, source, owner_id, subject_id)
    SELECT start, start, start, start + length,
        (%(words)s::text[])[1 + (hashint8(n * 7 + owner) & 63)] || ' ' ||
        (%(words)s::text[])[1 + (hashint8(n * 11 + owner) & 63)] || ', ' ||
        (%(words)s::text[])[1 + (hashint8(n * 13 + owner) & 63)] || ' ' || (hashint8(n * 17 + owner) & 1023),
        start::date, 'UTC', 0, 'manual', owner, (owner - 1) * %(subjects_each)s + 1 + n %% %(subjects_each)s
    FROM (
        SELECT owner, n, interval '1 hour' AS length,
            (%(last_day)s::date - n + time '06:00' + owner %% 12 * interval '1 hour') AT TIME ZONE 'UTC' AS start
        FROM generate_series(1, %(ordinary)s) owner, generate_series(0, %(each)s - 1) n
        UNION ALL
        SELECT %(ordinary)s + 1, n, interval '30 minutes',
            (%(last_day)s::date - n / %(slots)s + n %% %(slots)s * interval '40 minutes') AT TIME ZONE 'UTC'
        FROM generate_series(0, %(large)s - 1) n
    ) AS made
    ORDER BY made.start
"""
DAY_SHARES = """
    INSERT INTO study_sessions_dayshare (date, clock, seconds, number, of, owner_id, session_id, subject_id)
    SELECT study_date, extract(epoch FROM start_time AT TIME ZONE 'UTC' - study_date), extract(epoch FROM duration),
        1, 1, owner_id, id, subject_id
    FROM study_sessions_studysession
"""


TOTALS = """
    INSERT INTO study_sessions_subjecttotals (subject_id, sessions, ended, studied)
    SELECT subject_id, count(*), count(duration), sum(duration) FROM study_sessions_studysession GROUP BY subject_id
"""
NUMBERS_GO_ON = """
    SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}
"""
FILLED = ("study_sessions_studysession", "study_sessions_dayshare")


@dataclass(frozen=True)
class Population:
    """So many sessions: of ordinary users, `each` of whom has so many, and of one `large` user if there is one."""

    sessions: int
    large: int
    last_day: date
    each: int = 1000

    @property
    def ordinary(self) -> int:
        """How many users are ordinary; their ids begin with 1."""
        return (self.sessions - self.large) // self.each

    @property
    def large_user(self) -> int | None:
        """The id of the large one."""
        return self.ordinary + 1 if self.large else None

    @property
    def users(self) -> int:
        return self.large_user or self.ordinary

    def fill(self, cursor: Any) -> None:
        """Make everything, in an empty database whose tables are there."""
        values = {name: getattr(self, name) for name in ("ordinary", "large", "last_day", "users", "each")}
        values |= {"subjects_each": SUBJECTS_EACH, "slots": SLOTS_A_DAY}
        with built_at_once(cursor):
            for statement in (USERS, SIGN_INS, SUBJECTS, SESSIONS, DAY_SHARES, TOTALS):
                cursor.execute(statement, values | {"words": WORDS})
        for table in ("accounts_user", "subjects_subject"):
            cursor.execute(NUMBERS_GO_ON.format(table=table))
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def built_at_once(cursor: Any) -> Iterator[None]:
    """Keys are not checked meanwhile, and indexes are built afterwards: row by row they would take hours."""
    cursor.execute(
        "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),"
        " format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))"
        " FROM pg_constraint WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('x', 'u')",
        [list(FILLED)],
    )
    statements = cursor.fetchall()
    cursor.execute(
        "SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary"
        " AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)",
        [list(FILLED)],
    )
    statements += cursor.fetchall()
    for drop, _ in statements:
        cursor.execute(drop)
    cursor.execute("SET session_replication_role = replica")
    yield
    cursor.execute("SET session_replication_role = DEFAULT")
    cursor.execute("SET maintenance_work_mem = '1GB'")
    for _, make in statements:
        cursor.execute(make)
    cursor.execute("RESET maintenance_work_mem")
