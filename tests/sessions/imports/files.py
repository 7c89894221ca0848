"""How tests send files."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from sessions.models import StudySession
from tests.conftest import Caller, problem
from tests.factories import shown

ADDRESS = "/sessions/import"
HEADER = "subject,start_time,end_time,notes"
MONDAY_LINE = "Algebra,2026-03-02T14:00:00Z,2026-03-02T15:00:00Z,Groups"
TUESDAY_LINE = "Botany,2026-03-03T14:00:00Z,2026-03-03T15:00:00Z,"


def csv_of(*lines: str, header: str = HEADER) -> str:
    return "\n".join([header, *lines]) + "\n"


def send(caller: Caller, content: str | bytes, of: str = "csv", **more: Any) -> Any:
    """Import a file."""
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("sessions.csv", data)
    headers = {name: more.pop(name) for name in [*more] if name.startswith("HTTP_")}
    return caller.post(ADDRESS, {"file": file, "format": of, **more}, format="multipart", **headers)


def report(created: int, duplicates: int = 0, subjects: int = 0, *errors: tuple[int, str, str]) -> dict[str, Any]:
    """The whole body of what has come of a file."""
    lines = [{"line": line, "code": code, "detail": detail} for line, code, detail in errors]
    return {"created": created, "duplicates": duplicates, "errors": lines, "subjects_created": subjects}


def refused(*errors: tuple[int, str, str]) -> dict[str, Any]:
    """The whole body of a 400 about lines."""
    lines = [{"field": "file", "line": line, "code": code, "detail": detail} for line, code, detail in errors]
    return problem(400, "validation_error", "Bad Request", "The request is invalid.", errors=lines)


def codes(response: Any) -> list[tuple[int, str]]:
    """The line and the code of each error."""
    assert response.status_code == 400, response.content
    return [(error["line"], error["code"]) for error in response.json()["errors"]]


def kept() -> list[tuple[str, str, str, str]]:
    """All sessions: subject, start, end and notes, in the order of time."""
    sessions = StudySession.objects.select_related("subject").order_by("start_time")
    return [
        (each.subject.name, shown(each.start_time), shown(each.end_time) if each.end_time else "", each.notes)
        for each in sessions
    ]
