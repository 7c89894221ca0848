"""What is measured, relative to what, and which targets there are."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.bench.client import Student
from tests.bench.wrk import Load

NOOP = Load("no-op view", "/noop")
CACHED_LIST, CACHED_OBJECT, UNCHANGED = "cached list", "cached object", "cached list, If-None-Match"
UNCACHED_LIST, POST, POST_MUCH_CACHED = "uncached list of 10", "POST /sessions", "POST /sessions, much cached"
QUICK = (CACHED_LIST, CACHED_OBJECT)


@dataclass(frozen=True)
class Measure:
    """A load, on which of the servers, relative to what, and how much it should reach."""

    load: Load
    server: str
    target: float | None = None
    relative_to: str = NOOP.name
    first: Load | None = field(default=None)
    """What is done before, unmeasured."""


def measures(reader: Student, writer: Student) -> list[Measure]:
    """All of them, in the order of the table."""
    one_second = json.dumps({"subject_id": writer.subject_id, "start_time": "%s", "end_time": "%e"})
    writing: dict[str, Any] = {"method": "POST", "body": one_second}
    writing["headers"] = writer.authorization | {"Content-Type": "application/json"}
    unchanged = reader.authorization | {"If-None-Match": reader.etag("/sessions")}
    # A parameter that nobody knows is part of an answer's key: each is kept beside the others.
    keeping_much = Load("keeping much", "/sessions?never=%d", headers=writer.authorization)
    post = Load(POST, "/sessions", **writing)
    return [
        Measure(NOOP, "noop"),
        Measure(Load(CACHED_LIST, "/sessions", headers=reader.authorization), "app", 0.55),
        Measure(Load(CACHED_OBJECT, f"/sessions/{reader.session_id}", headers=reader.authorization), "app", 0.55),
        Measure(Load(UNCHANGED, "/sessions", headers=unchanged), "app", 1.0, relative_to=CACHED_LIST),
        Measure(Load(UNCACHED_LIST, "/sessions", headers=reader.authorization), "forgetting", 0.12),
        Measure(post, "app", 0.07),
        Measure(Load(POST_MUCH_CACHED, "/sessions", **writing), "app", 0.07, first=keeping_much),
    ]
