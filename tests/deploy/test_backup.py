"""The drill of `make backup` and `make restore`: load, back up, write on, destroy, restore, compare."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.request import Request, urlopen

import psycopg
import pytest

from tests.bench.client import Student
from tests.servers import private_postgres, private_redis
from tests.serving import migrate, production, serving
from tests.studytrack.conftest import NOWHERE

PER_USER = """
    SELECT u.username, md5(concat(u.*, string_agg(DISTINCT s::text, '' ORDER BY s::text),
                                  string_agg(DISTINCT t::text, '' ORDER BY t::text)))
    FROM accounts_user u
    LEFT JOIN subjects_subject s ON s.owner_id = u.id
    LEFT JOIN study_sessions_studysession t ON t.owner_id = u.id
    GROUP BY u.id ORDER BY u.username
"""


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    with private_postgres() as postgres, private_redis() as redis:
        environment = production(DATABASE_URL=postgres.url, REDIS_URL=redis.url)
        migrate(environment)
        yield environment


def hashes(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        return connection.execute(PER_USER).fetchall()


def backups(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "studytrack.backups", *arguments]
    return subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False)


def sessions_seen(student: Student) -> int:
    request = Request(f"{student.address}/sessions", headers={"Authorization": f"Bearer {student.token}"})
    with urlopen(request, timeout=10) as answer:
        count: int = json.load(answer)["count"]
    return count


def test_what_was_backed_up_is_there_again(environment: dict[str, str], tmp_path: Path) -> None:
    """Restored without emptying the cache, the list that was read last would be shown on: eleven sessions."""
    dump = str(tmp_path / "studytrack.dump")
    with serving(environment, tmp_path / "log") as address:
        student = Student(address)
        before = hashes(environment)
        assert backups(environment, "dump", dump).returncode == 0
        student.post("/sessions", student.session(11))
        assert (sessions_seen(student), hashes(environment) == before) == (11, False)
        with psycopg.connect(environment["DATABASE_URL"]) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        assert backups(environment, "restore", dump).stderr == ""
        assert hashes(environment) == before
        assert sessions_seen(student) == 10
        student.post("/sessions", student.session(12))
        assert sessions_seen(student) == 11


def test_a_restore_that_fails_changes_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    """pg_restore by itself begins by dropping, and goes on after an error."""
    dump = tmp_path / "studytrack.dump"
    assert backups(environment, "dump", str(dump)).returncode == 0
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size * 2 // 3])
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert backups(environment, "restore", str(dump)).returncode != 0
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == tables


def test_where_the_cache_cannot_be_emptied_the_operator_is_told(environment: dict[str, str], tmp_path: Path) -> None:
    """The database is restored by then, and a Redis that comes back holds the answers of before, and their stamps."""
    dump = str(tmp_path / "studytrack.dump")
    assert backups(environment, "dump", dump).returncode == 0
    restored = backups(environment | {"REDIS_URL": NOWHERE}, "restore", dump)
    assert (restored.returncode, restored.stderr.splitlines()[-1]) == (
        1,
        "The database is restored, but Redis does not answer, and may hold answers from before. "
        "Empty it (redis-cli flushdb) before StudyTrack serves again, or wait 300 seconds.",
    )
    assert "Traceback" not in restored.stderr


def test_a_sqlite_file_is_not_dumped(tmp_path: Path) -> None:
    found = backups(
        {"DJANGO_SETTINGS_MODULE": "studytrack.settings.test", "DATABASE_URL": f"sqlite:///{tmp_path}/one"},
        "dump",
        "file",
    )
    assert (found.returncode, found.stderr.startswith("Only PostgreSQL")) == (1, True)
