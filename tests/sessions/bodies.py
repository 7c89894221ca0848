"""The JSON that sessions are shown as, written out."""

from typing import Any

from sessions.models import StudySession
from tests.factories import shown


def session_body(session: StudySession, **more: Any) -> dict[str, Any]:
    """The whole body of a session of alice, who lives in Berlin; `more` says what is different."""
    body = {
        "id": session.pk,
        "subject_id": session.subject_id,
        "subject_name": "Algebra",
        "start_time": "2026-03-02T14:00:00Z",
        "end_time": "2026-03-02T15:00:00Z",
        "duration_minutes": 60,
        "notes": "",
        "study_date": "2026-03-02",
        "time_zone": "Europe/Berlin",
        "source": "manual",
        "needs_review": False,
        "created_at": shown(session.created_at),
        "updated_at": shown(session.updated_at),
    }
    assert more.keys() <= body.keys()
    return body | more


def hour(first: int, last: int) -> dict[str, str]:
    """The times of a session on MONDAY, from one full hour (UTC) to another."""
    return {"start_time": f"2026-03-02T{first:02}:00:00Z", "end_time": f"2026-03-02T{last:02}:00:00Z"}
