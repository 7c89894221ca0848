"""PostgreSQL restarted, hung, read-only, full or slow: 503 in time, and nothing that was acknowledged is lost."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import LiteralString

import psycopg
import pytest

from studytrack.postgresql.connections import BELIEVED_SECONDS
from tests.faults.app import App
from tests.faults.outages import FAST, IMMEDIATE, LONGEST_SECONDS, restart
from tests.faults.proxy import HANG, REFUSE, Fault
from tests.faults.writes import Person


@pytest.mark.parametrize("how", [FAST, IMMEDIATE], ids=["fast", "immediate"])
def test_a_restart_under_load(app: App, how: int) -> None:
    """Four requests that wait for the pool by its own rules hold all threads for seconds, and liveness with them."""
    seen = restart(app, how, before=0.5, away=0.5, after=1)  # type: ignore[arg-type]
    assert seen.watch.mistakes == []
    assert seen.watch.slowest < LONGEST_SECONDS
    assert seen.watch.first_success(seen.started) < LONGEST_SECONDS
    assert (seen.missing, seen.doubled, seen.happened_anyway) == (set(), set(), set())
    assert {answer.status for answer in seen.watch.of("cached read")} <= {200, 503}
    assert {answer.status for answer in seen.watch.of("live")} == {200}
    assert max(answer.seconds for answer in seen.watch.of("live")) < 1


def test_cached_answers_go_on_while_the_database_is_away(app: App) -> None:
    """As they would not if a token were looked up first."""
    person = Person(app.caller())
    kept = person.caller.ask("GET", "/subjects")
    with app.to_postgres.failing(Fault(REFUSE)):
        assert person.caller.ask("GET", "/subjects?page=2").is_unavailable
        answer = person.caller.ask("GET", "/subjects")
        assert (answer.status, answer.content) == (200, kept.content)
        ready = person.caller.ask("GET", "/health/ready")
        assert (ready.is_unavailable, ready.body["database"], ready.seconds < 0.5) == (True, "away", True)


def test_a_hung_server_holds_nobody_for_long(app: App) -> None:
    """The client waits for ever: PostgreSQL's own timeouts are a hung server's.

    Who was heard a moment ago is believed, and may keep a statement waiting for as long as one may take.
    """
    person = Person(app.caller())
    time.sleep(BELIEVED_SECONDS)
    with app.to_postgres.failing(Fault(HANG)):
        answers = [person.caller.ask("GET", f"/subjects/{person.subject}?fresh") for _ in range(2)]
        assert [answer.is_unavailable for answer in answers] == [True, True]
        assert max(answer.seconds for answer in answers) < LONGEST_SECONDS


def test_a_read_only_database_answers_reads(app: App) -> None:
    """What PostgreSQL refuses then is no OperationalError: 500."""
    person = Person(app.caller())
    with set_for_all(app, "default_transaction_read_only"):
        assert person.caller.ask("GET", "/subjects?page=1&status=active").status == 200
        assert person.caller.ask("GET", f"/sessions/{person.session}").status == 200
        assert person.caller.ask("POST", "/subjects", {"name": "Chess"}).is_unavailable
        assert person.caller.ask("PATCH", f"/subjects/{person.subject}", {"name": "Chess"}).is_unavailable
        assert person.caller.ask("DELETE", f"/sessions/{person.session}").is_unavailable
        assert person.caller.ask("POST", "/auth/login", person.who).is_unavailable
    app.wait_until_well()
    assert person.caller.ask("PATCH", f"/subjects/{person.subject}", {"name": "Chess"}).status == 200


@contextmanager
def set_for_all(app: App, name: LiteralString) -> Iterator[None]:
    """On for every session, those that are open as well."""
    with app.database() as database:
        try:
            database.execute(f"ALTER SYSTEM SET {name} = on")
            database.execute("SELECT pg_reload_conf()")
            wait_for(app, name, "on")
            yield
        finally:
            database.execute("SET default_transaction_read_only = off")
            database.execute(f"ALTER SYSTEM RESET {name}")
            database.execute("SELECT pg_reload_conf()")
            wait_for(app, name, "off")


def wait_for(app: App, name: LiteralString, value: str) -> None:
    while app.rows(f"SHOW {name}") != [(value,)]:
        time.sleep(0.01)
    time.sleep(0.1)  # each session learns of it by itself


def test_without_a_free_connection_it_is_503_within_two_seconds(app: App) -> None:
    person = Person(app.caller())
    with ExitStack() as taken:
        app.to_postgres.reset()
        with suppress(psycopg.OperationalError):
            while True:
                taken.enter_context(app.database())
        answer = person.caller.ask("GET", f"/subjects/{person.subject}?fresh")
        assert (answer.is_unavailable, answer.seconds < 2) == (True, True)
    app.wait_until_well()
    assert person.caller.ask("GET", f"/subjects/{person.subject}?fresh").status == 200


class TestTimeouts:
    """No request waits for ever, and none keeps others waiting."""

    def test_for_a_lock_that_somebody_holds(self, app: App) -> None:
        person = Person(app.caller())
        with app.database() as database, database.transaction():
            database.execute("SELECT FROM accounts_user WHERE username = %s FOR UPDATE", [person.name])
            answer = person.caller.ask("POST", "/subjects", {"name": "Chess"})
        assert (answer.is_unavailable, 0.4 < answer.seconds < 2) == (True, True)
        assert person.caller.ask("POST", "/subjects", {"name": "Chess"}).status == 201

    def test_for_a_statement_that_takes_long(self, app: App) -> None:
        person = Person(app.caller())
        with app.database() as database:
            database.execute(SLOW_SUBJECTS)
            try:
                answer = person.caller.ask("POST", "/subjects", {"name": "Chess"})
            finally:
                database.execute("DROP FUNCTION slow CASCADE")
        assert (answer.is_unavailable, 0.9 < answer.seconds < 3) == (True, True)
        assert person.caller.ask("GET", "/subjects?search=Chess").body["count"] == 0

    def test_for_who_stops_in_the_middle_of_a_transaction(self, app: App) -> None:
        """A process that is stopped, or cut off without a word, keeps the user's row locked."""
        person = Person(app.caller())
        with app.to_postgres.failing(Fault(HANG, at=5)):
            assert person.caller.ask("PATCH", f"/subjects/{person.subject}", {"name": "Chess"}).is_unavailable
            assert app.rows("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'") == [(0,)]
        assert person.caller.ask("PATCH", f"/subjects/{person.subject}", {"name": "Chess"}).status == 200


SLOW_SUBJECTS = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(10); RETURN NEW; END';
CREATE TRIGGER slow BEFORE INSERT ON subjects_subject FOR EACH ROW EXECUTE FUNCTION slow();
"""


def test_commands_and_migrations_may_take_their_time(app: App) -> None:
    """Timeouts in the settings would end a long migration in the middle: only the doors for servers set them."""
    script = """
import django; django.setup()
from django.db import connection
def show():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout') || ' ' || current_setting('lock_timeout')")
        print(cursor.fetchone()[0])
show()
import studytrack.wsgi
show()
"""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "studytrack.settings.test", "DATABASE_URL": app.postgres.url}
    ran = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == ["0 0", "10s 2s"]
