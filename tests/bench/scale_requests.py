"""What is asked of databases of different sizes, each time for the first time: no answer is cached."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import md5
from http.client import HTTPConnection
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg

from tests.bench.scale_data import SUBJECTS_EACH, WORDS, Population

A_MONTH, DIFFERENT_MONTHS = timedelta(days=30), 900
"""So many of them begin and end within the thousand days on which somebody ordinary has studied."""
COPIED = {
    "subjects_subject": "id",
    "study_sessions_studysession": "subject_id",
    "study_sessions_dayshare": "subject_id",
}
COLUMNS = """
    SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped
"""


@dataclass
class Place:
    """A server with its database, and how many users of which kind it has."""

    address: str
    database: psycopg.Connection[Any]
    population: Population

    def __post_init__(self) -> None:
        self.server = HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        self.tokens: dict[int, str] = {}

    def ask(self, user: int, method: str, path: str, body: Any = None) -> float:
        """For how many milliseconds the answer was waited for; what is refused or empty is no measurement."""
        headers = {"Authorization": f"Bearer {self.token(user)}", "Content-Type": "application/json"}
        began = perf_counter()
        self.server.request(method, path, json.dumps(body) if body else None, headers)
        response = self.server.getresponse()
        content = response.read()
        milliseconds = (perf_counter() - began) * 1000
        if response.status >= 300 or b'"results":[]' in content:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:500]!r}")
        return milliseconds

    def token(self, user: int) -> str:
        """An access token of the sign-in that the user was made with."""
        from studytrack.api.tokens import issue

        if user not in self.tokens:
            digest, now = md5(str(user).encode()).hexdigest(), datetime.now(UTC)
            made = issue(user, UUID(digest), digest, now=now, expires_at=now + timedelta(days=1))
            self.tokens[user] = made["access"]
        return self.tokens[user]

    def session(self, user: int, number: int) -> int:
        """The id of one of a user's sessions."""
        found = self.database.execute(
            "SELECT id FROM study_sessions_studysession WHERE owner_id = %s ORDER BY start_time OFFSET %s LIMIT 1",
            [user, number % self.population.each],
        ).fetchone()
        assert found
        return int(found[0])


@dataclass(frozen=True)
class Visit:
    """The request of this number, by one user."""

    place: Place
    user: int
    number: int

    @property
    def subject(self) -> int:
        return (self.user - 1) * SUBJECTS_EACH + 1 + self.number % SUBJECTS_EACH

    @property
    def last_day(self) -> date:
        return self.place.population.last_day

    def get(self, path: str) -> float:
        """A parameter that nobody knows is part of an answer's key: each is asked for the first time."""
        return self.place.ask(self.user, "GET", f"{path}{'&' if '?' in path else '?'}never={self.number}")

    def one_object(self) -> float:
        return self.get(f"/sessions/{self.place.session(self.user, self.number)}")

    def by_date(self) -> float:
        first = self.last_day - A_MONTH - timedelta(days=self.number % DIFFERENT_MONTHS)
        return self.get(f"/sessions?study_date_from={first}&study_date_to={first + A_MONTH}")

    def search(self) -> float:
        return self.get(f"/sessions?search={WORDS[self.number % len(WORDS)]}")

    def create(self) -> float:
        """One second, on the day after the last that was studied."""
        midnight = datetime.combine(self.last_day + timedelta(days=1), datetime.min.time(), UTC)
        start = midnight + timedelta(seconds=2 * self.number)
        times = {"start_time": start.isoformat(), "end_time": (start + timedelta(seconds=1)).isoformat()}
        body = {"subject_id": self.subject, "notes": f"Rings and fields {self.number}", **times}
        return self.place.ask(self.user, "POST", "/sessions", body)

    def delete_subject(self) -> float:
        """A subject with its sessions, which are then put back."""
        copies = {table: (f"copy_of_{table}", column) for table, column in COPIED.items()}
        for table, (copy, column) in copies.items():
            self._execute(f"CREATE TEMPORARY TABLE {copy} AS SELECT * FROM {table} WHERE {column} = {self.subject}")
        milliseconds = self.place.ask(self.user, "DELETE", f"/subjects/{self.subject}")
        for table, (copy, _) in copies.items():
            columns = self.place.database.execute(COLUMNS, [table]).fetchone()
            assert columns
            self._execute(f"INSERT INTO {table} ({columns[0]}) SELECT {columns[0]} FROM {copy}")
            self._execute(f"DROP TABLE {copy}")
        return milliseconds

    def _execute(self, statement: str) -> None:
        self.place.database.execute(statement.encode())


DEEP, DELETE = "page 5,000", "delete subject"
REQUESTS: dict[str, Callable[[Visit], float]] = {
    "first page": lambda visit: visit.get("/sessions"),
    DEEP: lambda visit: visit.get("/sessions?page=5000"),
    "count": lambda visit: visit.get("/sessions?per_page=1"),
    "one object": Visit.one_object,
    "filtered by subject": lambda visit: visit.get(f"/sessions?subject_id={visit.subject}"),
    "filtered by date range": Visit.by_date,
    "search in notes": Visit.search,
    "subjects with totals": lambda visit: visit.get("/subjects"),
    "create": Visit.create,
    DELETE: Visit.delete_subject,
}
"""Deep pages only the large user has."""
