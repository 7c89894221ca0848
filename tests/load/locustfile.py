"""What people do with StudyTrack, for Locust: students who read mostly, and somebody who guesses passwords."""

import random
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from locust import FastHttpUser, events, task
from locust.exception import RescheduleTask

from tests.load.report import print_report

PASSWORD = "load-and-measure-1"
FIRST_START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

events.quitting.add_listener(print_report)


class Person(FastHttpUser):
    """Somebody with an address of their own, who waits for as long as a 429 says."""

    abstract = True
    pause_seconds = (0.05, 0.25)

    def on_start(self) -> None:
        self.address = ".".join(["10", *(str(random.randrange(1, 255)) for _ in range(3))])
        self.tokens: dict[str, str] = {}
        self.told_to_wait = 0

    def wait_time(self) -> float:
        waiting, self.told_to_wait = self.told_to_wait, 0
        return waiting + random.uniform(*self.pause_seconds)

    def ask(self, method: str, path: str, status: int, *, body: Any = None, name: str = "") -> Any:
        """The JSON of an answer with the expected status. A 429 ends the task and is obeyed, another is a failure."""
        headers = {"X-Forwarded-For": self.address}
        if self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens['access']}"
        asked = self.client.request(method, path, name=name, json=body, headers=headers, catch_response=True)
        with asked as response:
            if response.status_code == status:
                response.success()
                return response.json() if response.text else None
            if response.status_code == 429:
                response.success()
                self.told_to_wait = int(response.headers["Retry-After"])
            else:
                response.failure(f"{response.status_code} instead of {status}")
        raise RescheduleTask


class Student(Person):
    """Registers, reads a lot, writes a little, and leaves nothing behind."""

    def on_start(self) -> None:
        super().on_start()
        self.hours = 0
        name = f"load-{secrets.token_hex(8)}"
        account = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        self.ask("POST", "/auth/register", 201, body=account)
        self.tokens = self.ask("POST", "/auth/login", 200, body={"username": name, "password": PASSWORD})
        self.subjects = [self.new_subject(subject) for subject in ("Algebra", "Botany", "Chemistry")]
        self.sessions = [self.new_session() for _ in range(12)]

    def on_stop(self) -> None:
        self.ask("DELETE", "/auth/me", 204, body={"password": PASSWORD})

    def new_subject(self, name: str) -> int:
        return int(self.ask("POST", "/subjects", 201, body={"name": name, "total_hours_goal": 100})["id"])

    def new_session(self) -> int:
        self.hours += 1
        return int(self.ask("POST", "/sessions", 201, body=self.hour(self.hours))["id"])

    def hour(self, number: int) -> dict[str, Any]:
        """One hour of study; hours of different numbers touch, and do not overlap."""
        start = FIRST_START + number * HOUR
        subject_id = random.choice(self.subjects)
        return {"subject_id": subject_id, "start_time": start.isoformat(), "end_time": (start + HOUR).isoformat()}

    @task(8)
    def list_sessions(self) -> None:
        self.ask("GET", "/sessions", 200)

    @task(4)
    def list_subjects(self) -> None:
        self.ask("GET", "/subjects", 200)

    @task(3)
    def list_sessions_of_a_subject(self) -> None:
        path = f"/sessions?subject_id={random.choice(self.subjects)}&ordering=start_time&per_page=50"
        self.ask("GET", path, 200, name="/sessions?subject_id=")

    @task(5)
    def see_a_session(self) -> None:
        self.ask("GET", f"/sessions/{random.choice(self.sessions)}", 200, name="/sessions/{id}")

    @task(4)
    def see_a_subject(self) -> None:
        self.ask("GET", f"/subjects/{random.choice(self.subjects)}", 200, name="/subjects/{id}")

    @task(1)
    def see_myself(self) -> None:
        self.ask("GET", "/auth/me", 200)

    @task(2)
    def study(self) -> None:
        self.sessions.append(self.new_session())

    @task(1)
    def study_twice_at_once(self) -> None:
        self.ask("POST", "/sessions", 409, body=self.hour(self.hours), name="/sessions (overlap)")

    @task(2)
    def take_notes(self) -> None:
        path = f"/sessions/{random.choice(self.sessions)}"
        self.ask("PATCH", path, 200, body={"notes": secrets.token_hex(20)}, name="/sessions/{id}")

    @task(1)
    def replace_a_subject(self) -> None:
        number = random.randrange(len(self.subjects))
        body = {"name": f"Subject {number}", "total_hours_goal": random.randrange(100)}
        self.ask("PUT", f"/subjects/{self.subjects[number]}", 200, body=body, name="/subjects/{id}")

    @task(1)
    def forget_a_session(self) -> None:
        self.ask("DELETE", f"/sessions/{self.sessions.pop(0)}", 204, name="/sessions/{id}")
        self.sessions.append(self.new_session())

    @task(1)
    def stay_signed_in(self) -> None:
        self.tokens = self.ask("POST", "/auth/refresh", 200, body={"refresh": self.tokens["refresh"]})


class Guesser(Person):
    """Tries passwords until the limit of signing in tells it to wait, and then does."""

    fixed_count = 1

    @task
    def guess(self) -> None:
        body = {"username": "somebody", "password": secrets.token_hex(8)}
        self.ask("POST", "/auth/login", 401, body=body, name="/auth/login (guessed)")
