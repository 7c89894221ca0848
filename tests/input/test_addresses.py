"""What is no path, no query and no method: one spelling each (contract 1)."""

from functools import partial
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from accounts.links import Purpose, SecretLink
from accounts.models import User
from tests.conftest import Caller
from tests.factories import make_session, make_subject
from tests.input.conftest import Wanted, assert_refused

pytestmark = pytest.mark.everywhere


def refused(parameter: str, code: str, *texts: str) -> list[tuple[str, Wanted]]:
    """Queries with one parameter, and the error that each brings about."""
    return [(f"{parameter}={text}", [(parameter, code)]) for text in texts]


SPELLINGS = [
    "0N", "00N", "+N", "-N", "0", "-0", "N.0", "N.", "Ne0", "0xN", "N_", "%20N", "N%20", "%2BN", "N%00", "%00",
    "N%0A", "N%0D%0A", "N/", "N//", "/N", "N;a=b", "N,2", "N%2F", "N%2E0", "..", "%2e%2e", "../subjects",
    "N%3Fa=b", "%", "%zz", "null", "true", "me", "*", "'", "N'--", "%D9%A1", "%EF%BC%91", "%C3%28", "%ED%A0%80",
    "\u0661", "\uff11", "\u00b9", " N", "N ", "9" * 19, "9" * 5000, "1" + "0" * 18, "a" * 2000,
]  # fmt: skip
"""Of the id N in a path: none of them is one."""
OF_ONE = [
    ("GET", "/subjects/{}", "subject"),
    ("DELETE", "/subjects/{}", "subject"),
    ("DELETE", "/sessions/{}", "session"),
    ("POST", "/sessions/{}/stop", "session"),
]
NOWHERE = [
    "/subject", "/Subjects", "/subjects/", "/subjects.json", "/subjects%2F", "/subjects;", "/api/subjects",
    "/v1/subjects", "/sessions/start/", "/sessions/Running", "/sessions/1/start", "/sessions/1/stop/", "/auth",
    "/auth/", "/auth/Login", "/auth/me/", "/stats", "/stats/", "/stats/week", "/stats/heatmap.png",
    "/stats/summary.svg/", "/stats/year", "/stats/year/", "/stats/year/0", "/stats/year/99", "/stats/year/0999",
    "/stats/year/9999", "/stats/year/10000", "/stats/year/2026.0", "/stats/year/%D9%A2026", "/calendar/",
    "/calendar/x.ics", "/calendar/" + "A" * 42 + ".ics", "/calendar/" + "A" * 44 + ".ics",
    "/calendar/" + "A" * 42 + "%00.ics", "/calendar/" + "A" * 43, "/heatmap/" + "A" * 43 + ".png",
    "/heatmap/../subjects", "/%00", "/%ff", "/.env", "/.git/config", "/static/../manage.py",
    "/static/..%2f..%2fmanage.py", "/" + "a" * 8000,
]  # fmt: skip
LISTS: list[tuple[str, Wanted]] = [
    *refused("page", "invalid", "", "0", "-1", "01", "1.0", "1e1", "%2B1", "+1", "1%20", "abc", "%00", "1%00"),
    *refused("page", "invalid", "%D9%A1", "%EF%BC%91"),
    *refused("page", "invalid", "9" * 30, "9" * 4000, "1&page=0"),
    *refused("per_page", "invalid", "", "0", "101", "-10", "010", "10.0", "%D9%A1", "all"),
    *refused("search", "null_characters_not_allowed", "%00"),
    *refused("search", "max_length", "x" * 201),
    *refused("ordering", "invalid_choice", "id", "owner", "owner__password", "--name", "name%20desc", "%3F", "%00"),
    *refused("ordering", "invalid_choice", "created_at,,", ","),
    *refused("ordering", "invalid_choice", "created_at;DROP TABLE subjects"),
]
OF_SUBJECTS: list[tuple[str, Wanted]] = [
    *refused("status", "invalid_choice", "asleep", "0", "true", "active%00", "active,archived"),
    *refused("priority_level", "invalid_choice", "urgent", "1", "%20low", "low%20"),
]
OF_SESSIONS: list[tuple[str, Wanted]] = [
    *refused("subject_id", "invalid", "x", "1.0", "true", "1,2", "%2B1", "%D9%A1", "1%00", "9" * 400),
    *refused("subject_id", "min_value", "0", "-1"),
    *refused("subject_id", "max_value", str(2**63)),
    *refused("start_after", "invalid", "today", "2026-03-02", "1772460000", "%00"),
    *refused("start_after", "nonexistent", "2026-03-29T02:30:00"),
    *refused("start_before", "invalid", "2026-03-02T14:00:61Z"),
    *refused("start_before", "invalid", "2026-03-02T14:00:00+01:00"),  # a plus in a query is a space
    *refused("start_before", "out_of_range", "9999-12-31T23:59:59Z"),
    *refused("study_date_from", "invalid", "2026-3-2", "2026-02-30", "20260302", "now"),
    *refused("study_date_to", "invalid", "2026-03-02T00:00:00Z", "%D9%A2026-03-02"),
    *refused("running", "invalid_choice", "1", "0", "yes", "TRUE", "on", "null", "true%20"),
    *refused("needs_review", "invalid_choice", "True"),
]
OF_STATISTICS: list[tuple[str, Wanted]] = [
    *refused("from", "invalid", "yesterday", "2026-02-30", "2026-3-2", "%00", "1"),
    *refused("from", "out_of_range", "0001-01-01"),
    *refused("from", "after_to", "2026-03-02&to=2026-03-01"),
    *refused("to", "out_of_range", "9999-12-31"),
]
OF_SUMMARIES: list[tuple[str, Wanted]] = [
    *refused("group_by", "invalid_choice", "year", "1", "day,week", "day%00"),
    *refused("fill", "invalid_choice", "1", "yes", "TRUE"),
    *refused("from", "too_long", "1990-01-01&fill=true"),
]
OF_EXPORTS: list[tuple[str, Wanted]] = [
    ("", [("format", "required")]),
    *refused("format", "invalid_choice", "", "xml", "csv%00", "../csv", "json,csv", "xlsx"),
]
QUERIES: list[tuple[str, str, Wanted]] = [
    *(("/subjects", *each) for each in (*LISTS, *OF_SUBJECTS)),
    *(("/sessions", *each) for each in (*LISTS, *OF_SESSIONS)),
    *(("/sessions/export", f"format=csv&{query}", wanted) for query, wanted in OF_SESSIONS),
    *(("/sessions/export", *each) for each in OF_EXPORTS),
    *((path, *each) for path in ("/stats/summary", "/stats/heatmap", "/stats/heatmap.svg") for each in OF_STATISTICS),
    *(("/stats/summary", *each) for each in OF_SUMMARIES),
]
METHODS = ["TRACE", "CONNECT", "PROPFIND", "QUERY", "LOCK", "PURGE", "X" * 100]
EVERYWHERE = ["/subjects", "/sessions/1", "/auth/login", "/stats/today", "/health/live", "/docs", "/schema", "/"]
NOT_ALLOWED = {
    "GET": ["/auth/login", "/auth/logout", "/auth/logout-all", "/sessions/start", "/sessions/1/stop"],
    "POST": ["/subjects/1", "/auth/me", "/sessions/running", "/stats/summary", "/health/ready", "/schema"],
    "PUT": ["/subjects", "/auth/me", "/auth/me/calendar"],
    "PATCH": ["/subjects", "/stats/today"],
    "DELETE": ["/subjects", "/sessions/export", "/docs", "/auth/me/export"],
}


def test_what_is_no_id(as_alice: Caller, alice: User, subtests: pytest.Subtests) -> None:
    session = make_session(make_subject(alice), end_time=None)
    for spelling, (method, path, row) in product(SPELLINGS, OF_ONE):
        named = spelling.replace("N", str(session.subject_id if row == "subject" else session.pk))
        with subtests.test(spelling[:20], method=method, path=path):
            assert_refused(partial(as_alice.generic, method, path.format(named)), 404)


def test_what_is_nowhere(as_alice: Caller, alice: User, subtests: pytest.Subtests) -> None:
    SecretLink.objects.replace(alice, Purpose.CALENDAR, timezone.now())
    for path, method in product(NOWHERE, ("GET", "POST")):
        with subtests.test(path[:40], method=method):
            assert_refused(partial(as_alice.generic, method, path), 404)


def test_a_link_that_is_not_known_opens_nothing(anonymous: Caller, alice: User, subtests: pytest.Subtests) -> None:
    heatmap = SecretLink.objects.replace(alice, Purpose.HEATMAP, timezone.now())
    for path in (f"/calendar/{'A' * 43}.ics", f"/heatmap/{'A' * 43}.svg", f"/calendar/{heatmap}.ics"):
        with subtests.test(path):
            assert_refused(partial(anonymous.get, path), 404)


def test_what_is_no_query(as_alice: Caller, subtests: pytest.Subtests) -> None:
    for path, query, wanted in QUERIES:
        with subtests.test(path, query=query[:40]):
            assert_refused(partial(as_alice.get, f"{path}?{query}"), 400, wanted)


def test_what_is_no_method(as_alice: Caller, subtests: pytest.Subtests) -> None:
    not_allowed = [(method, path) for method, paths in NOT_ALLOWED.items() for path in paths]
    for method, path in [*product(METHODS, EVERYWHERE), *not_allowed]:
        with subtests.test(method[:20], path=path):
            assert_refused(partial(as_alice.generic, method, path), 405)


def test_no_header_makes_another_method(as_alice: Caller, alice: User, subtests: pytest.Subtests) -> None:
    address = f"/subjects/{make_subject(alice).pk}"
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        with subtests.test(header):
            asked: Any = {"path": f"{address}?_method=DELETE", "headers": {header: "DELETE"}}
            assert_refused(partial(as_alice.post, data={}, **asked), 405)
            assert as_alice.get(**asked).status_code == 200
