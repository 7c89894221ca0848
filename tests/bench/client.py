"""The student whose record is measured: an account with one subject and ten sessions, made through the API."""

import json
import urllib.request
from typing import Any

PASSWORD = "correct horse 1"


class Student:
    """Signed in at `address`; knows the token and the ids that requests need."""

    def __init__(self, address: str) -> None:
        self.address, self.token = address, ""
        name = {"username": "student", "password": PASSWORD}
        self.post("/auth/register", name | {"email": "student@example.org"})
        self.token = self.post("/auth/login", name)["access"]
        self.subject_id = self.post("/subjects", {"name": "Algebra"})["id"]
        self.session_id = [self.post("/sessions", self.session(day))["id"] for day in range(1, 11)][-1]

    def session(self, day: int) -> dict[str, Any]:
        date = f"2026-03-{day:02}"
        return {"subject_id": self.subject_id, "start_time": f"{date}T14:00:00Z", "end_time": f"{date}T15:00:00Z"}

    def post(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {self.token}"} if self.token else {}
        )
        request = urllib.request.Request(self.address + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
