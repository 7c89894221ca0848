"""Who may do what, at every address (contract 1): a stranger's row reads like none, and is never changed.

The requests are made from the URLconf: an address, a method or a way of pointing that has no cell in EXPECTED fails.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.urls import URLPattern, reverse
from rest_framework.renderers import JSONRenderer

from accounts.models import User
from sessions.models import StudySession
from studytrack.api.ownership import OwnedRelatedField
from studytrack.urls import urlpatterns
from subjects.models import Subject
from tests.conftest import Caller
from tests.factories import make_session, make_subject
from tests.sessions.bodies import hour

pytestmark = pytest.mark.everywhere

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
CARRIED_BY = {"path": METHODS, "nothing": METHODS, "body": ("POST", "PUT", "PATCH"), "query": ("GET", "HEAD")}
"""The ways of pointing at a row, and the methods that can."""

Cell = tuple[int, int, int] | None
NONE, BAD, OWN = (405, 405, 401), (400, 400, 401), (200, 200, 401)
"""What the owner, a stranger and nobody are answered, each pointing at what is the owner's."""
HIDDEN, GONE, REFUSED = (200, 404, 401), (204, 404, 401), (200, 400, 401)
MISSING, ABSENT = (404, 404, 401), (404, 404, 404)
EVERYBODY, NOBODY, BADLY = (200, 200, 200), (405, 405, 405), (400, 400, 400)
NO_FILE = (415, 415, 415)

EXPECTED: dict[tuple[str, str], tuple[Cell, ...]] = {
    # route, way             GET     HEAD    OPTIONS POST              PUT      PATCH    DELETE
    ("subjects", "nothing"): (OWN, OWN, OWN, (201, 201, 401), NONE, NONE, NONE),
    ("subject", "path"): (HIDDEN, HIDDEN, OWN, NONE, HIDDEN, HIDDEN, GONE),
    ("sessions", "nothing"): (OWN, OWN, OWN, (201, 201, 401), NONE, NONE, NONE),
    ("sessions", "body"): (None, None, None, (201, 400, 401), NONE, NONE, None),
    ("sessions", "query"): (OWN, OWN, None, None, None, None, None),
    ("session-export", "nothing"): (OWN, OWN, OWN, NONE, NONE, NONE, NONE),
    ("session-export", "body"): (None, None, None, NONE, NONE, NONE, None),
    ("session-export", "query"): (OWN, OWN, None, None, None, None, None),
    ("session-import", "nothing"): (NO_FILE,) * 7,  # JSON, which is refused before all else
    ("session", "path"): (HIDDEN, HIDDEN, OWN, NONE, HIDDEN, HIDDEN, GONE),
    ("session", "body"): (None, None, None, NONE, REFUSED, REFUSED, None),
    ("session-start", "nothing"): (NONE, NONE, OWN, (201, 201, 401), NONE, NONE, NONE),
    ("session-start", "body"): (None, None, None, (201, 400, 401), NONE, NONE, None),
    ("session-running", "nothing"): ((204, 204, 401), (204, 204, 401), OWN, NONE, NONE, NONE, NONE),
    ("session-running", "body"): (None, None, None, NONE, NONE, NONE, None),
    ("session-stop", "path"): (NONE, NONE, OWN, HIDDEN, NONE, NONE, NONE),
    ("session-resolve", "path"): (NONE, NONE, OWN, (409, 404, 401), NONE, NONE, NONE),
    ("stats-summary", "nothing"): (OWN, OWN, OWN, NONE, NONE, NONE, NONE),
    ("stats-summary-picture", "nothing"): (OWN, OWN, OWN, NONE, NONE, NONE, NONE),
    ("stats-today", "nothing"): (OWN, OWN, OWN, NONE, NONE, NONE, NONE),
    ("stats-streak", "nothing"): (OWN, OWN, OWN, NONE, NONE, NONE, NONE),
    ("stats-heatmap", "nothing"): (OWN, OWN, OWN, NONE, NONE, NONE, NONE),
    ("stats-heatmap-picture", "nothing"): (OWN, OWN, OWN, NONE, NONE, NONE, NONE),
    ("stats-year", "nothing"): (OWN, OWN, OWN, NONE, NONE, NONE, NONE),
    ("me", "nothing"): (OWN, OWN, OWN, NONE, NONE, OWN, BAD),
    ("me-export", "nothing"): (OWN, OWN, OWN, NONE, NONE, NONE, NONE),
    ("me-calendar", "nothing"): (MISSING, MISSING, OWN, (201, 201, 401), NONE, NONE, MISSING),
    ("me-heatmap", "nothing"): (MISSING, MISSING, OWN, (201, 201, 401), NONE, NONE, MISSING),
    ("calendar", "nothing"): (ABSENT, ABSENT, EVERYBODY, NOBODY, NOBODY, NOBODY, NOBODY),
    ("heatmap", "nothing"): (ABSENT, ABSENT, EVERYBODY, NOBODY, NOBODY, NOBODY, NOBODY),
    ("password", "nothing"): (NONE, NONE, OWN, BAD, NONE, NONE, NONE),
    ("logout-all", "nothing"): (NONE, NONE, OWN, (204, 204, 401), NONE, NONE, NONE),
    ("register", "nothing"): (NOBODY, NOBODY, EVERYBODY, BADLY, NOBODY, NOBODY, NOBODY),
    ("login", "nothing"): (NOBODY, NOBODY, EVERYBODY, BADLY, NOBODY, NOBODY, NOBODY),
    ("refresh", "nothing"): (NOBODY, NOBODY, EVERYBODY, BADLY, NOBODY, NOBODY, NOBODY),
    ("logout", "nothing"): (NOBODY, NOBODY, EVERYBODY, BADLY, NOBODY, NOBODY, NOBODY),
}
PAGES = {"root", "docs", "redoc", "schema", "session-login", "session-logout"}
NOBODYS = {*PAGES, "live", "ready", "metrics", "security-contact", None}
"""Routes that show and change nothing of a user's; None is the way to /admin/."""

IN_PATH = {each.name: {*each.pattern.converters} for each in urlpatterns if isinstance(each, URLPattern)}


class Request(NamedTuple):
    """One way of asking: by which method, at which route, and how what is pointed at is named."""

    route: str
    method: str
    way: str


def requests() -> Iterator[Request]:
    """Every request that the addresses of the product allow to think of."""
    for pattern in urlpatterns:
        if isinstance(pattern, URLPattern) and pattern.name not in NOBODYS:
            for way in ways(pattern):
                yield from (Request(str(pattern.name), method, way) for method in CARRIED_BY[way])


def ways(pattern: URLPattern) -> Iterator[str]:
    """How a request to this address can name a row: in its path, by the id of a subject in its body or its query."""
    view: Any = pattern.callback
    yield "path" if "pk" in pattern.pattern.converters else "nothing"
    serializers = {getattr(view.cls, "serializer_class", None), view.initkwargs.get("serializer_class")} - {None}
    if any(isinstance(field, OwnedRelatedField) for each in serializers for field in each().fields.values()):
        yield "body"
    is_list = not pattern.pattern.converters
    if is_list and "subject_id" in getattr(getattr(view.cls, "filterset_class", None), "base_filters", {}):
        yield "query"


def expected(request: Request) -> Cell:
    cells = EXPECTED.get((request.route, request.way))
    return cells[METHODS.index(request.method)] if cells else None


ALL = sorted(set(requests()))


def test_every_request_is_judged() -> None:
    assert [request for request in ALL if expected(request) is None] == []
    assert {(request.route, request.way) for request in ALL} == EXPECTED.keys()


class Rows(NamedTuple):
    """What is somebody's."""

    subject: Subject
    session: StudySession


@pytest.fixture
def hers(alice: User) -> Rows:
    subject = make_subject(alice, "Algebra of alice")
    return Rows(subject, make_session(subject, notes="Notes of alice"))


@pytest.fixture
def his(charlie: User) -> Rows:
    subject = make_subject(charlie)
    return Rows(subject, make_session(subject))


def ask(caller: Caller, request: Request, pointed_at: Rows, own: Rows) -> Any:
    """Make the request: what the way names is what is pointed at, all else is the caller's own."""
    in_path = (pointed_at if request.way == "path" else own)._asdict()
    row = in_path.get(request.route.partition("-")[0])
    named = {"pk": row.pk if row else 0, "year": 2026, "token": "A" * 43}
    address = reverse(request.route, kwargs={name: named[name] for name in IN_PATH[request.route]})
    address += "?format=json"
    if request.way == "query":
        address += f"&subject_id={pointed_at.subject.pk}"
    in_body = pointed_at if request.way == "body" else own
    about_subjects = request.route.partition("-")[0].rstrip("s") in in_path
    times = {} if request.route == "session-start" else hour(9, 10)
    told = {"name": "Botany", "subject_id": in_body.subject.pk, "action": "discard", **times}
    body = told if about_subjects else {}
    return caller.generic(request.method, address, JSONRenderer().render(body).decode(), "application/json")


def shown(response: Any) -> bytes:
    """The body of an answer, which may be a file."""
    body: bytes = response.getvalue()
    return body


def everything_of(user: User) -> dict[str, Any]:
    """All rows of all tables that are this user's."""
    owned = {
        "User": "pk",
        "SignIn": "user",
        "FirstAnswer": "user",
        "StudyGoal": "user",
        "SecretLink": "user",
        "Subject": "owner",
        "StudySession": "owner",
        "DayShare": "owner",
    }
    models = {model.__name__: model for model in apps.get_models() if model.__name__ in owned}
    assert models.keys() == owned.keys()
    return {name: list(models[name]._default_manager.filter(**{owned[name]: user.pk}).values()) for name in models}


@pytest.mark.parametrize("request_", ALL, ids=" ".join)
def test_the_owner_is_served(request_: Request, as_alice: Caller, hers: Rows) -> None:
    response = ask(as_alice, request_, hers, hers)
    body = shown(response)
    assert response.status_code == (expected(request_) or NONE)[0], body


@pytest.mark.parametrize("request_", ALL, ids=" ".join)
def test_a_stranger_finds_nothing_and_changes_nothing(
    request_: Request, as_charlie: Caller, alice: User, hers: Rows, his: Rows
) -> None:
    before = everything_of(alice)
    response = ask(as_charlie, request_, hers, his)
    assert response.status_code == (expected(request_) or NONE)[1], shown(response)
    assert b"alice" not in shown(response)
    assert everything_of(alice) == before


@pytest.mark.parametrize("request_", [each for each in ALL if each.way != "nothing"], ids=" ".join)
def test_a_strangers_row_reads_exactly_like_none(request_: Request, as_charlie: Caller, hers: Rows, his: Rows) -> None:
    beyond = Rows(Subject(pk=9 * 10**17), StudySession(pk=9 * 10**17))
    hidden, missing = (ask(as_charlie, request_, pointed_at, his) for pointed_at in (hers, beyond))
    assert (hidden.status_code, shown(hidden)) == (missing.status_code, shown(missing))
    assert hidden.get("Allow") == missing.get("Allow")


@pytest.mark.parametrize("request_", ALL, ids=" ".join)
def test_nobody_finds_nothing_and_changes_nothing(
    request_: Request, anonymous: Caller, alice: User, hers: Rows
) -> None:
    before = everything_of(alice)
    response = ask(anonymous, request_, hers, hers)
    assert response.status_code == (expected(request_) or NONE)[2], shown(response)
    assert b"alice" not in shown(response)
    assert everything_of(alice) == before
