"""POST /sessions/import of a `studytrack` file in which one member is something else (contracts 1 and 6)."""

import json
from copy import deepcopy
from typing import Any

import pytest

from accounts.models import User
from sessions import archive
from sessions.models import StudySession
from subjects.models import Subject
from tests.conftest import Caller
from tests.factories import make_session, make_subject
from tests.sessions.imports.files import send

pytestmark = pytest.mark.everywhere

MEMBERS = [
    *(("account", name) for name in archive.ACCOUNT),
    *(("study_goals", name) for name in archive.STUDY_GOAL),
    *(("subjects", name) for name in archive.SUBJECT),
    *(("sessions", name) for name in archive.SESSION),
]
ODD: list[Any] = [
    *(None, True, 0, -1, 7, 1.0, 1e300, 10**30, [], [[]], [True], {}, {"a": 1}),
    *("", "1", "\u200b", "a\0b", "a\x85b", "a\ud800b", "<b>", "a" * 3000, "2026-03-02", "9999-12-31T23:59:59-12:00"),
]


@pytest.fixture
def document(as_alice: Caller, alice: User) -> Any:
    make_session(make_subject(alice))
    return json.loads(as_alice.get("/auth/me/export").getvalue())


def with_another(document: Any, of: str, name: str, value: Any) -> str:
    changed = deepcopy(document)
    found = changed[of]
    (found if isinstance(found, dict) else found[0])[name] = value
    return json.dumps(changed)


@pytest.mark.parametrize(("of", "name"), MEMBERS)
def test_what_a_member_may_not_be_is_told_and_nothing_is_written(
    as_charlie: Caller, charlie: User, document: Any, of: str, name: str
) -> None:
    """What is taken is shown like anything else, and can be taken out and brought in again."""
    for value in ODD:
        response = send(as_charlie, with_another(document, of, name, value), "studytrack")
        if response.status_code == 200:
            again = as_charlie.get("/auth/me/export").getvalue()
            assert send(as_charlie, again, "studytrack").json()["created"] == 0, value
            charlie.subjects.all().delete()
        else:
            assert response.status_code == 400, value
            assert [error["line"] for error in response.json()["errors"]] == [1], value
        assert not Subject.objects.filter(owner=charlie).exists(), value
        assert not StudySession.objects.filter(owner=charlie).exists(), value


@pytest.mark.parametrize("value", [value for value in ODD if not isinstance(value, list)])
@pytest.mark.parametrize("name", ["format", "version", "account", "study_goals", "subjects", "sessions"])
def test_a_document_of_another_shape_is_refused(as_charlie: Caller, document: Any, name: str, value: Any) -> None:
    response = send(as_charlie, json.dumps(document | {name: value}), "studytrack")
    assert (response.status_code, response.json()["errors"][0]["line"]) == (400, 1)
