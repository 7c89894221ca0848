"""Equal requests at once, and a worker that dies (contract 1, idempotency): neither a duplicate nor a stuck key."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction

from accounts.first_answers import FirstAnswer
from accounts.models import User
from studytrack.models import lock_owners
from subjects.models import Subject
from tests.conftest import Caller, problem
from tests.openapi import differences
from tests.studytrack.conftest import in_thread
from tests.threads import alone, at_once, wait_until_somebody_waits

KEYS, TIMES = 200, 5
RUNNING = problem(409, "conflict", "Conflict", "The first request with this key is still running.")
WORKER = """
import sys, django
django.setup()
from tests.conftest import bearing
bearing(sys.argv[1]).post("/subjects", {"name": "Algebra"}, HTTP_HOST="localhost", HTTP_IDEMPOTENCY_KEY="key")
"""


def address_of_the_database() -> str:
    """The address of the database that the tests have for themselves."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def kill_a_worker_that_writes_to(table: str, token: str) -> None:
    """Its process is gone before it has written there; the database finds out by itself."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")  # may be read, and not written
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, token], env=os.environ | {"DATABASE_URL": address_of_the_database()}
        )
        try:
            wait_until_somebody_waits(seconds=20)
        finally:
            worker.kill()
            worker.wait()
        assert worker.returncode == -signal.SIGKILL


def when_nothing_is_running(call: Callable[[], Any]) -> Any:
    """What the call is answered when the requests before it are over; five seconds at most."""
    deadline = time.monotonic() + 5
    while (answer := call()).status_code == 409 and time.monotonic() < deadline:
        time.sleep(0.01)
    return answer


def create(caller: Caller, key: str = "key", name: str = "Algebra") -> Any:
    return caller.post("/subjects", {"name": name}, HTTP_IDEMPOTENCY_KEY=key)


def test_of_equal_requests_at_once_one_creates(as_alice: Caller) -> None:
    """Looking for the key first lets several find it new; each but one is then refused, or creates another."""
    for number in range(KEYS):
        answers = at_once(*[partial(create, as_alice, f"key {number}", f"Algebra {number}")] * TIMES)
        created = [answer for answer in answers if answer.status_code == 201]
        assert [answer.get("Idempotent-Replayed") for answer in created].count(None) == 1
        assert len({answer.content for answer in created}) == 1
        assert [answer.json() for answer in answers if answer not in created] == [RUNNING] * (TIMES - len(created))
    assert (Subject.objects.count(), FirstAnswer.objects.count()) == (KEYS, KEYS)


def test_while_the_first_is_running_the_second_does_not_wait(
    as_alice: Caller, alice: User, as_charlie: Caller
) -> None:
    """With the user's lock alone the second hangs as long as the first."""
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            lock_owners([alice.pk])
            first = pool.submit(alone, partial(create, as_alice))
            wait_until_somebody_waits()
            others = [pool.submit(alone, partial(create, caller)) for caller in (as_alice, as_charlie)]
            second, strangers = (other.result(timeout=5) for other in others)
        assert (second.status_code, second.json(), differences(second)) == (409, RUNNING, [])
        assert (first.result().status_code, strangers.status_code) == (201, 201)
    assert create(as_alice)["Idempotent-Replayed"] == "true"
    assert alice.subjects.count() == 1


@pytest.mark.parametrize("table", ["subjects_subject", "accounts_firstanswer"])
def test_a_worker_that_is_killed_leaves_neither_the_thing_nor_the_key(as_alice: Caller, table: str) -> None:
    """Where the key is committed before the thing, it is stuck; where the thing is before its answer, it is alone."""
    kill_a_worker_that_writes_to(table, as_alice.tokens["access"])
    again = when_nothing_is_running(partial(create, as_alice))
    assert (again.status_code, "Idempotent-Replayed" in again) == (201, False)
    assert Subject.objects.count() == 1


def terminate(backend: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend])


def lost_after(number: int) -> Callable[..., Any]:
    """What ends this connection, as the death of its worker does, when it has done so many statements."""
    statements = count(1)

    def execute(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = run(sql, params, many, context)
        if next(statements) == number:
            in_thread(partial(terminate, connection.connection.info.backend_pid))
        return result

    return execute


def test_after_whichever_statement_it_ends_the_repeat_creates_once(as_alice: Caller) -> None:
    """Where key, thing and answer are committed one by one, there is a statement after which some are missing."""
    as_alice.raise_request_exception = False
    for number in count(1):
        create_this = partial(create, as_alice, f"key {number}", f"Algebra {number}")
        with connection.execute_wrapper(lost_after(number)):
            first = create_this()
        connection.close()
        again = when_nothing_is_running(create_this)
        assert (again.status_code, Subject.objects.filter(name=f"Algebra {number}").count()) == (201, 1)
        if first.status_code == 201:
            break
        assert (first.status_code, "Idempotent-Replayed" in again) == (503, False)
    assert number >= 9  # who asks, the key, the first answer, the user, the subject in its savepoint, the answers
