"""Imports at once, and beside other writes (contract 6)."""

from functools import partial

import pytest

from accounts.models import User
from sessions.models import StudySession
from subjects.models import Subject
from tests.conftest import Caller
from tests.factories import make_subject
from tests.sessions.imports.files import csv_of, report, send
from tests.threads import at_once


def hours(subject: str = "Algebra") -> str:
    return csv_of(*(f"{subject},2026-03-02T{hour:02}:00:00Z,2026-03-02T{hour + 1:02}:00:00Z," for hour in range(20)))


def test_of_equal_imports_at_once_everything_is_there_once(alice: User) -> None:
    """Without the owner's lock all find nothing there: all but one are then refused by the database, with 409."""
    callers = [Caller(alice) for _ in range(4)]
    responses = at_once(*(partial(send, caller, hours()) for caller in callers))
    assert [response.status_code for response in responses] == [200] * 4
    bodies = sorted((response.json() for response in responses), key=lambda body: body["created"])
    assert bodies == [report(0, 20)] * 3 + [report(20, subjects=1)]
    assert (StudySession.objects.count(), Subject.objects.count()) == (20, 1)


def test_an_import_and_a_session_at_once_do_not_overlap(alice: User) -> None:
    body = {
        "subject_id": make_subject(alice).pk,
        "start_time": "2026-03-02T03:30:00Z",
        "end_time": "2026-03-02T04:00Z",
    }
    importer, writer = Caller(alice), Caller(alice)
    imported, written = at_once(partial(send, importer, hours("Botany")), partial(writer.post, "/sessions", body))
    assert (imported.status_code, written.status_code) in [(200, 409), (400, 201)]
    assert StudySession.objects.count() == (20 if imported.status_code == 200 else 1)


@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_different_imports_at_once_take_turns(alice: User, dry_run: str) -> None:
    callers = [Caller(alice) for _ in range(3)]
    calls = (partial(send, caller, hours(f"S{n}"), dry_run=dry_run) for n, caller in enumerate(callers))
    statuses = sorted(response.status_code for response in at_once(*calls))
    assert statuses == ([200] * 3 if dry_run == "true" else [200, 400, 400])
    assert StudySession.objects.count() == (0 if dry_run == "true" else 20)
