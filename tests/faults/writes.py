"""Every request that writes, cut off from a server at each of its steps: a 5xx must not have happened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count, product
from typing import Any, LiteralString, NamedTuple

from tests.faults.app import Answer, App, Caller
from tests.faults.proxy import LOSE_REPLY, LOSE_REQUEST, Fault, Proxy
from tests.faults.tour import PASSWORD

HOUR = {"start_time": "2026-03-02T14:00:00Z", "end_time": "2026-03-02T15:00:00Z"}
UNKNOWN = "Whether this was done is not known."
FINGERPRINTS: LiteralString = """
SELECT tablename, query_to_xml(
    format('SELECT md5(string_agg(t::text, %L ORDER BY t::text)) FROM %I t', '|', tablename), false, true, ''
)::text FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'accounts_owedforgetting' ORDER BY tablename
"""
"""Of every table one value that changes with any of its rows; what is owed to Redis is paid by whoever comes next."""

numbers = count(1)


class Request(NamedTuple):
    """One that writes."""

    method: str
    path: str
    body: Any
    headers: dict[str, str] = {}


@dataclass
class Person:
    """Somebody new, signed in, with a subject and a session."""

    caller: Caller
    name: str = field(default_factory=lambda: f"writer{next(numbers)}")
    refresh: str = ""

    def __post_init__(self) -> None:
        self.who = {"username": self.name, "password": PASSWORD}
        self.do("POST", "/auth/register", self.who | {"email": f"{self.name}@example.org"})
        tokens = self.do("POST", "/auth/login", self.who)
        self.caller.token, self.refresh = tokens["access"], tokens["refresh"]
        self.subject = self.do("POST", "/subjects", {"name": "Algebra"})["id"]
        self.session = self.do("POST", "/sessions", {"subject_id": self.subject} | HOUR)["id"]

    def renew(self) -> None:
        """Tokens for another half an hour."""
        tokens = self.do("POST", "/auth/refresh", {"refresh": self.refresh})
        self.caller.token, self.refresh = tokens["access"], tokens["refresh"]

    def do(self, method: str, path: str, body: Any) -> Any:
        answer = self.caller.ask(method, path, body)
        assert answer.status < 300, answer.content
        return answer.body


PAGE = {"Accept": "text/html"}
WRITES: dict[str, Callable[[Person], Request]] = {
    "POST /auth/register": lambda p: Request(
        "POST",
        "/auth/register",
        {"username": f"new-{p.name}", "email": f"new-{p.name}@example.org", "password": PASSWORD},
    ),
    "POST /auth/login": lambda p: Request("POST", "/auth/login", p.who),
    "POST /auth/refresh": lambda p: Request("POST", "/auth/refresh", {"refresh": p.refresh}),
    "POST /auth/logout": lambda p: Request("POST", "/auth/logout", {"refresh": p.refresh}),
    "POST /auth/logout-all": lambda p: Request("POST", "/auth/logout-all", None),
    "POST /auth/password": lambda p: Request(
        "POST", "/auth/password", {"current_password": PASSWORD, "new_password": PASSWORD + "0"}
    ),
    "PATCH /auth/me": lambda p: Request("PATCH", "/auth/me", {"daily_goal_minutes": 45}),
    "DELETE /auth/me": lambda p: Request("DELETE", "/auth/me", {"password": PASSWORD}),
    "POST /auth/me/calendar": lambda p: Request("POST", "/auth/me/calendar", None),
    "POST /subjects": lambda p: Request("POST", "/subjects", {"name": "Botany"}),
    "POST /subjects, with a key": lambda p: Request(
        "POST", "/subjects", {"name": "Botany"}, {"Idempotency-Key": p.name}
    ),
    "POST /subjects, as a page": lambda p: Request("POST", "/subjects", {"name": "Botany"}, PAGE),
    "PUT /subjects/{id}": lambda p: Request("PUT", f"/subjects/{p.subject}", {"name": "Chess"}),
    "PATCH /subjects/{id}": lambda p: Request("PATCH", f"/subjects/{p.subject}", {"name": "Chess"}),
    "PATCH /subjects/{id}, as a page": lambda p: Request("PATCH", f"/subjects/{p.subject}", {"name": "Chess"}, PAGE),
    "DELETE /subjects/{id}": lambda p: Request("DELETE", f"/subjects/{p.subject}", None),
    "POST /sessions": lambda p: Request(
        "POST",
        "/sessions",
        {"subject_id": p.subject, "start_time": "2026-03-03T14:00:00Z", "end_time": "2026-03-03T15:00:00Z"},
    ),
    "POST /sessions, as a page": lambda p: Request(
        "POST",
        "/sessions",
        {"subject_id": p.subject, "start_time": "2026-03-03T14:00:00Z", "end_time": "2026-03-03T15:00:00Z"},
        PAGE,
    ),
    "PATCH /sessions/{id}": lambda p: Request("PATCH", f"/sessions/{p.session}", {"notes": "Rings"}),
    "DELETE /sessions/{id}": lambda p: Request("DELETE", f"/sessions/{p.session}", None),
    "POST /sessions/start": lambda p: Request("POST", "/sessions/start", {"subject_id": p.subject}),
}


@dataclass
class Cuts:
    """What came of cutting one kind of request at each step."""

    steps: int = 0
    sent: int = 0
    unavailable: int = 0
    lies: list[str] = field(default_factory=list)
    """Answers of 5xx to what has happened, of 2xx to what has not, and other answers."""


def cut(
    app: App,
    proxy: Proxy,
    write: Callable[[Person], Request],
    *,
    kinds: tuple[str, ...] = (LOSE_REQUEST, LOSE_REPLY),
    well_between: bool = False,
) -> Cuts:
    """Send the request once as it is, and then cut at each of the steps that it took: before, and after it was done.

    A cut opens the breaker of Redis, so that there is nothing to cut for a while: `well_between` waits.
    """
    found = Cuts()
    if well_between:
        app.wait_until_well()
    with proxy.failing(Fault()) as counting:
        person = Person(app.caller())
        before = counting.questions
        healthy, has_changed = send(app, person, write(person))
        found.steps = counting.questions - before
        assert healthy.status < 300, healthy.content
        assert has_changed
    for kind, step in product(kinds, range(1, found.steps + 1)):
        if well_between:
            app.wait_until_well()
        if has_changed:
            person = Person(app.caller())
        with proxy.failing(Fault(kind, at=step)):
            answer, has_changed = send(app, person, write(person))
        found.sent += 1
        found.unavailable += answer.status == 503
        is_known = answer.status == healthy.status or answer.is_unavailable or is_page_of_503(answer)
        if not is_known or has_changed != (answer.status < 300):
            found.lies.append(
                f"{kind} {step} of {found.steps}: {answer.status}, {has_changed=} {answer.content[:200]!r}"
            )
    return found


def is_page_of_503(answer: Answer) -> bool:
    return answer.status == 503 and "retry-after" in answer.headers and "html" in answer.headers["content-type"]


def send(app: App, person: Person, request: Request) -> tuple[Answer, bool]:
    """The answer, and whether anything has changed in any table."""
    before = app.rows(FINGERPRINTS)
    answer = person.caller.ask(request.method, request.path, request.body, **request.headers)
    return answer, app.rows(FINGERPRINTS) != before
