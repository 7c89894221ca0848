"""No write answers 5xx and has happened, wherever it is cut off from its servers."""

import pytest

from tests.faults.app import App
from tests.faults.proxy import LOSE_REPLY, Fault
from tests.faults.writes import UNKNOWN, WRITES, Person, Request, cut, send

SHORT = ("POST /subjects, with a key", "DELETE /auth/me", "POST /sessions, as a page", "POST /auth/login")
"""A transaction in another, a long one, one after which a page is made, and one that writes in several places."""


@pytest.mark.parametrize("name", SHORT)
def test_cut_off_from_postgresql_at_each_step(app: App, name: str) -> None:
    """The COMMIT whose reply is lost is 503 and has happened, unless somebody asks what has become of it."""
    found = cut(app, app.to_postgres, WRITES[name])
    assert found.lies == []
    assert found.unavailable > found.steps


def test_cut_off_from_redis_at_each_step(app: App) -> None:
    found = cut(app, app.to_redis, WRITES["PATCH /subjects/{id}"], kinds=(LOSE_REPLY,), well_between=True)
    assert (found.lies, found.unavailable) == ([], 0)


def test_a_commit_that_nobody_can_be_asked_about_is_not_called_undone(app: App) -> None:
    """And with a key the same request, sent again, is answered as it would have been."""
    person = Person(app.caller())
    request = Request("POST", "/subjects", {"name": "Botany"}, {"Idempotency-Key": "a key"})
    with app.to_postgres.failing(Fault(LOSE_REPLY, at=b"COMMIT", goes_on=True)):
        answer, has_changed = send(app, person, request)
    assert (answer.is_unavailable, has_changed, answer.seconds < 5) == (True, True, True)
    assert answer.body["detail"].startswith(UNKNOWN)
    app.wait_until_well()
    again, has_changed = send(app, person, request)
    assert (again.status, again.headers["idempotent-replayed"], has_changed) == (201, "true", False)
