"""The students whose records are measured: accounts with one subject and ten sessions, made through the API."""

import json
import urllib.request
from typing import Any

PASSWORD = "correct horse 1"


class Student:
    """Signed in at `address`; knows the token and the ids that requests need."""

    def __init__(self, address: str, name: str = "student") -> None:
        self.address, self.token = address, ""
        account = {"username": name, "password": PASSWORD}
        self.id = self.post("/auth/register", account | {"email": f"{name}@example.org"})["id"]
        self.token = self.post("/auth/login", account)["access"]
        self.subject_id = self.post("/subjects", {"name": "Algebra"})["id"]
        self.session_id = [self.post("/sessions", self.session(day))["id"] for day in range(1, 11)][-1]

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def session(self, day: int) -> dict[str, Any]:
        date = f"2026-03-{day:02}"
        return {"subject_id": self.subject_id, "start_time": f"{date}T14:00:00Z", "end_time": f"{date}T15:00:00Z"}

    def post(self, path: str, body: dict[str, Any]) -> Any:
        with self.ask(self.address + path, json.dumps(body).encode()) as answer:
            return json.load(answer)

    def etag(self, path: str) -> str:
        with self.ask(self.address + path) as answer:
            return str(answer.headers["ETag"])

    def ask(self, address: str, body: bytes | None = None) -> Any:
        headers = {"Content-Type": "application/json"} | self.authorization
        return urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=10)
