"""What the OpenAPI document says about subjects."""

from studytrack.api.problems import MEDIA_TYPE
from studytrack.api.schema_answers import invalid, refused_body
from studytrack.api.schema_operations import Resource
from subjects.serializers import SubjectSerializer

WRITTEN = {
    "name": "Algebra",
    "description": "",
    "priority_level": "medium",
    "status": "active",
    "total_hours_goal": 100,
}
ALGEBRA = {
    "id": 1,
    **WRITTEN,
    "total_hours_completed": 12.5,
    "progress_percent": 12.5,
    "session_count": 9,
    "created_at": "2026-02-23T08:00:00Z",
    "updated_at": "2026-03-01T09:30:00Z",
}
NEW = ALGEBRA | {
    "total_hours_completed": 0.0,
    "progress_percent": 0.0,
    "session_count": 0,
    "updated_at": "2026-02-23T08:00:00Z",
}

subjects = Resource(
    one="subject",
    serializer=SubjectSerializer,
    rule="A name that one of your subjects has, in whatever case, is 400 with the code `unique`.",
    row=ALGEBRA,
    new=NEW,
    written=WRITTEN,
    changed={"status": "completed"},
    deleted="a subject and its sessions",
    refusals={
        (400, MEDIA_TYPE): refused_body(invalid("name", "unique", "You have a subject of this name already.")),
    },
)
