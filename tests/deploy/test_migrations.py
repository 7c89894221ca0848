"""Every migration can be taken back and done again, with data there; what people entered survives both ways."""

import subprocess
import sys
from collections.abc import Iterator, Mapping

import psycopg
import pytest

from tests.servers import private_postgres
from tests.serving import production

A_LIFE = """
from tests.factories import *
for name in ("alice", "charlie"):
    subject = make_subject(make_user(name, time_zone="Europe/Berlin", daily_goal_minutes=30), "Algebra")
    make_sessions(subject, 5)
    make_session(subject, MONDAY + timedelta(hours=8), minutes=180, notes="over midnight")
    make_session(make_subject(subject.owner, "Botany"), MONDAY + timedelta(hours=48), end_time=None)
"""
KEPT = (
    "SELECT username, email, password, time_zone, daily_goal_minutes, created_at FROM accounts_user",
    "SELECT owner_id, name, total_hours_goal, created_at FROM subjects_subject",
    "SELECT owner_id, subject_id, start_time, end_time, notes, study_date FROM study_sessions_studysession",
    "SELECT owner_id, subject_id, session_id, date, seconds FROM study_sessions_dayshare",
    "SELECT subject_id, sessions, ended, studied FROM study_sessions_subjecttotals",
    "SELECT user_id, daily_goal_minutes, rest_weekdays, time_zone FROM accounts_studygoal",
)


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    with private_postgres() as postgres:
        yield production(DATABASE_URL=postgres.url, REDIS_URL="redis://127.0.0.1:1/0")


def django(environment: Mapping[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "django", *arguments], env=dict(environment), check=True)


def kept(environment: Mapping[str, str]) -> list[list[tuple[object, ...]]]:
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        return [sorted(connection.execute(statement).fetchall(), key=repr) for statement in KEPT]


def tables(environment: Mapping[str, str]) -> int:
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        ours = "SELECT count(*) FROM pg_tables WHERE tablename ~ '^(accounts|subjects|study_sessions)_'"
        return connection.execute(ours).fetchall()[0][0]


def test_all_migrations_are_taken_back_and_done_again_with_data(environment: dict[str, str]) -> None:
    django(environment, "migrate", "--verbosity", "0")
    django(environment, "shell", "--no-imports", "--command", A_LIFE)
    before = kept(environment)
    assert [len(rows) for rows in before] == [2, 4, 14, 14, 4, 2]
    for app in ("accounts", "study_sessions", "subjects"):
        django(environment, "migrate", app, "0001", "--verbosity", "0")
    django(environment, "migrate", "--verbosity", "0")
    assert kept(environment) == before


def test_nothing_is_left_when_all_are_taken_back(environment: dict[str, str]) -> None:
    django(environment, "migrate", "--verbosity", "0")
    there = tables(environment)
    django(environment, "migrate", "accounts", "zero", "--verbosity", "0")
    assert tables(environment) == 0
    django(environment, "migrate", "--verbosity", "0")
    assert tables(environment) == there > 5
