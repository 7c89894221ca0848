"""Everything that StudyTrack answers, once: each request with the answer that is right."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from tests.faults.app import Answer, App, Caller

numbers = count(1)
PASSWORD = "correct horse 1"


@dataclass
class Tour:
    """One new person's way through all endpoints; what was answered is kept by endpoint."""

    app: App
    caller: Caller
    answers: list[tuple[str, Answer]] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def ask(self, route: str, method: str, path: str, body: Any = None, *, status: int = 200, **shows: Any) -> Any:
        """The answer's body, which has to show these members."""
        answer = self.caller.ask(method, path, body)
        self.answers.append((f"{method} {route}", answer))
        is_json = "json" in answer.headers.get("content-type", "") and bool(answer.content)
        said: Any = answer.body if is_json else {}
        if answer.status != status or any(said.get(name) != value for name, value in shows.items()):
            self.mistakes.append(f"{method} {path}: {answer.status} {answer.content[:300]!r}, not {status} {shows}")
        return said

    def take(self) -> "Tour":
        self._arrive()
        self._study()
        self._sum_up()
        self._take_out()
        self._look_around()
        self._leave()
        return self

    def _arrive(self) -> None:
        self.name = f"person{next(numbers)}"
        who = {"username": self.name, "password": PASSWORD}
        self.ask("register", "POST", "/auth/register", who | {"email": f"{self.name}@example.org"}, status=201)
        tokens = self.ask("login", "POST", "/auth/login", who)
        tokens = self.ask("refresh", "POST", "/auth/refresh", {"refresh": tokens.get("refresh", "")})
        self.caller.token, self.refresh = tokens.get("access", ""), tokens.get("refresh", "")
        self.ask("me", "PATCH", "/auth/me", {"daily_goal_minutes": 30}, daily_goal_minutes=30)
        self.ask("me", "GET", "/auth/me", username=self.name, daily_goal_minutes=30)
        new = {"current_password": PASSWORD, "new_password": PASSWORD + "0"}
        self.ask("password", "POST", "/auth/password", new, status=204)

    def _study(self) -> None:
        subject = self.ask("subjects", "POST", "/subjects", {"name": "Algebra"}, status=201, name="Algebra")
        path = f"/subjects/{subject.get('id')}"
        self.ask("subjects", "GET", "/subjects", count=1)
        self.ask("subject", "GET", path, name="Algebra", session_count=0)
        self.ask("subject", "PATCH", path, {"name": "Geometry"}, name="Geometry")
        self.ask("subject", "GET", path, name="Geometry")
        self.ask("subject", "PUT", path, {"name": "Botany"}, name="Botany")
        self.ask("subject", "GET", path, name="Botany")
        self._keep_time(subject.get("id"))
        self.ask("subject", "GET", path, session_count=1)
        self.ask("subjects", "POST", "/subjects", {"name": "Chess"}, status=201)
        self.ask("subjects", "GET", "/subjects", count=2)

    def _keep_time(self, subject: int) -> None:
        hour = {"subject_id": subject, "start_time": "2026-03-02T14:00:00Z", "end_time": "2026-03-02T15:00:00Z"}
        session = self.ask("sessions", "POST", "/sessions", hour, status=201, duration_minutes=60)
        path = f"/sessions/{session.get('id')}"
        self.ask("sessions", "GET", "/sessions", count=1)
        self.ask("session", "GET", path, notes="")
        self.ask("session", "PATCH", path, {"notes": "Rings"}, notes="Rings")
        self.ask("session", "GET", path, notes="Rings")
        self.ask("session", "PUT", path, hour, notes="")
        self.ask("session", "GET", path, notes="")
        started = self.ask("session-start", "POST", "/sessions/start", {"subject_id": subject}, status=201)
        self.ask("session-running", "GET", "/sessions/running", id=started.get("id"))
        self.ask("session-stop", "POST", f"/sessions/{started.get('id')}/stop", {})
        self.ask("session", "DELETE", f"/sessions/{started.get('id')}", status=204)
        long_ago = f"{datetime.now(UTC) - timedelta(hours=14):%Y-%m-%dT%H:%M:%SZ}"
        forgotten = {"subject_id": subject, "start_time": long_ago}
        forgotten = self.ask("session-start", "POST", "/sessions/start", forgotten, status=201, needs_review=True)
        self.ask(
            *("session-resolve", "POST", f"/sessions/{forgotten.get('id')}/resolve", {"action": "discard"}), status=204
        )
        self.ask("sessions", "GET", "/sessions", count=1)

    def _sum_up(self) -> None:
        year = self.ask("stats-year", "GET", "/stats/year/2026")
        day: dict[str, Any] = {"from": "2026-03-02", "to": "2026-03-02"}
        self.ask("stats-summary", "GET", "/stats/summary?from=2026-03-02&to=2026-03-02", **day)
        self.ask("stats-today", "GET", "/stats/today", goal_minutes=30)
        self.ask("stats-streak", "GET", "/stats/streak", longest=1)
        self.ask("stats-heatmap", "GET", "/stats/heatmap?from=2026-03-02&to=2026-03-02", **day)
        self.ask("stats-year", "GET", "/stats/year/2026", **year)

    def _take_out(self) -> None:
        for what in ("summary", "heatmap"):
            self.ask(f"stats-{what}-picture", "GET", f"/stats/{what}.svg?from=2026-03-02&to=2026-03-02")
        self.ask("session-export", "GET", "/sessions/export?format=csv")
        self.ask("me-export", "GET", "/auth/me/export")
        for what in ("calendar", "heatmap"):
            link = self.ask(f"me-{what}", "POST", f"/auth/me/{what}", status=201).get("url", "")
            self.ask(f"me-{what}", "GET", f"/auth/me/{what}")
            self.ask(what, "GET", urlsplit(link).path)
            self.ask(f"me-{what}", "DELETE", f"/auth/me/{what}", status=204)
            self.ask(what, "GET", urlsplit(link).path, status=404)

    def _look_around(self) -> None:
        for route, path in {
            "root": "/",
            "docs": "/docs",
            "redoc": "/redoc",
            "session-login": "/auth/session/login",
        }.items():
            self.ask(route, "GET", path)
        self.ask("schema", "GET", "/schema")
        self.ask("live", "GET", "/health/live")
        self.ask("ready", "GET", "/health/ready", database="ok")

    def _leave(self) -> None:
        self.ask("logout", "POST", "/auth/logout", {"refresh": self.refresh}, status=204)
        self.ask("me", "GET", "/auth/me", status=401)
        who = {"username": self.name, "password": PASSWORD + "0"}
        self.caller.token = self.ask("login", "POST", "/auth/login", who).get("access", "")
        self.ask("logout-all", "POST", "/auth/logout-all", status=204)
        self.ask("subjects", "GET", "/subjects", status=401)
        self.caller.token = ""
        self.caller.token = self.ask("login", "POST", "/auth/login", who).get("access", "")
        self.ask("me", "DELETE", "/auth/me", {"password": PASSWORD + "0"}, status=204)
        self.ask("subjects", "GET", "/subjects", status=401)
