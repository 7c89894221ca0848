"""The JSON that subjects are shown as, written out."""

from typing import Any

from subjects.models import Subject
from tests.factories import shown

ALGEBRA: dict[str, Any] = {
    "name": "Algebra II",
    "description": "Rings & fields",
    "priority_level": "high",
    "status": "completed",
    "total_hours_goal": 100,
}
"""Everything that a client may write, and nothing of it a default."""
DEFAULTS: dict[str, Any] = {"description": "", "priority_level": "medium", "status": "active", "total_hours_goal": 0}


def subject_body(subject: Subject, **more: Any) -> dict[str, Any]:
    """The whole body of a subject without sessions and goal; `more` says what is different."""
    body = {
        "id": subject.pk,
        "name": subject.name,
        "description": subject.description,
        "priority_level": subject.priority_level,
        "status": subject.status,
        "total_hours_goal": subject.total_hours_goal,
        "total_hours_completed": 0,
        "progress_percent": None,
        "session_count": 0,
        "created_at": shown(subject.created_at),
        "updated_at": shown(subject.updated_at),
    }
    assert more.keys() <= body.keys()
    return body | more
