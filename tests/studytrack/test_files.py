"""Answers that are files: whole or not there at all, and small in memory (contract 6)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory

from accounts.models import User
from studytrack.api.files import IN_MEMORY_BYTES, file_answer, json_array
from tests.conftest import Caller, problem
from tests.factories import make_sessions, make_subject
from tests.studytrack.conftest import meanwhile

GROWTH_KIB = 10 * 1024
MANY = 20_000
SEED = """
INSERT INTO study_sessions_studysession (owner_id, subject_id, start_time, end_time, notes, study_date, time_zone,
    day_start_hour, source, created_at, updated_at)
SELECT owner_id, id, start, start + interval '50 minutes', repeat('Groups and their subgroups. ', 4), start::date,
    'Europe/Berlin', 0, 'manual', start, start
FROM subjects_subject, generate_series(timestamptz '2000-01-01Z', '2026-01-01Z', '1 hour') AS start LIMIT %s
"""
AWAY = problem(503, "unavailable", "Service Unavailable", "The service cannot answer right now. Try again later.")


def end_the_connection_of(process_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [process_id])


@pytest.mark.parametrize("address", ["/sessions/export?format=csv", "/auth/me/export"])
def test_a_file_that_breaks_in_the_middle_is_not_begun(as_alice: Caller, alice: User, address: str) -> None:
    """The obvious stream has said 200 by then, and the server ends it as if it were whole."""
    make_sessions(make_subject(alice), 3)
    as_alice.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (mine,) = cursor.fetchone()
    with meanwhile("study_sessions_studysession", lambda: end_the_connection_of(mine)):
        response = as_alice.get(address)
    connection.close()
    assert (response.status_code, response.json()) == (503, AWAY)
    assert int(response["Retry-After"]) >= 1


def test_what_breaks_is_raised() -> None:
    def breaking() -> Iterator[str]:
        yield "half of it" * IN_MEMORY_BYTES
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        file_answer(RequestFactory().get("/"), breaking(), "text/plain")


@pytest.mark.parametrize("length", [0, 1, IN_MEMORY_BYTES - 1, IN_MEMORY_BYTES + 1])
def test_a_file_is_whole_in_memory_or_on_the_disk(db: None, length: int) -> None:
    response: Any = file_answer(RequestFactory().get("/"), ["ä", *["a" * 1000] * (length // 1000)], "text/plain")
    whole = b"".join(response.streaming_content)
    response.close()
    assert whole == "ä".encode() + b"a" * (length // 1000 * 1000)
    assert int(response["Content-Length"]) == len(whole)


@pytest.mark.parametrize(
    ("rows", "written"), [([], "[]"), ([1], "[\n1\n]"), ([{"a": "ä"}, {}], '[\n{"a":"ä"},\n{}\n]')]
)
def test_an_array_has_a_row_on_each_line(rows: list[Any], written: str) -> None:
    assert "".join(json_array(rows)) == written


def peak_kib() -> int:
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


@pytest.fixture
def studious(alice: User) -> Iterator[User]:
    """Somebody with many sessions."""
    make_subject(alice)
    with connection.cursor() as cursor:
        cursor.execute(SEED, [MANY])
        yield alice
        cursor.execute("TRUNCATE study_sessions_studysession CASCADE")


@pytest.mark.parametrize("address", ["/sessions/export?format=csv", "/auth/me/export"])
def test_many_sessions_take_little_memory(as_alice: Caller, studious: User, address: str) -> None:
    """Five times as many may take five times as much: 50 MB for a hundred thousand. All at once they take 200."""
    as_alice.get("/sessions/export?format=json&search=none").close()  # what is loaded once is no growth
    Path("/proc/self/clear_refs").write_text("5")  # from now on the peak is counted anew
    before = peak_kib()
    response: Any = as_alice.get(address)
    length = sum(len(block) for block in response.streaming_content)
    response.close()
    assert length == int(response["Content-Length"]) > 200 * MANY
    assert peak_kib() - before < GROWTH_KIB
