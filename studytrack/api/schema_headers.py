"""The headers in the OpenAPI document: those that answers have, and those that requests may have."""

from typing import Any

from studytrack.api.idempotency import KEY_MAX_LENGTH
from studytrack.api.problems import RETRY_AFTER_SECONDS
from studytrack.api.schema_answers import REQUEST_ID


def header(description: str, schema: dict[str, Any], *examples: Any) -> dict[str, Any]:
    named = {str(number): {"value": value} for number, value in enumerate(examples, 1)}
    return {"description": description, "schema": schema, "examples": named}


TEXT = {"type": "string"}
TAG = '"0f343b0931126a20f133d67c2b018a3b"'
HEADERS = {
    "X-Request-ID": header(
        "The id of this request: the client's own if it sent one of 8 to 64 of `A-Z a-z 0-9 _ -`, else a new one.",
        TEXT | {"pattern": "^[A-Za-z0-9_-]{8,64}$"},
        REQUEST_ID,
    ),
    "Cache-Control": header(
        "How others may keep the answer: one's own, asked about anew; with tokens in it, not at all.",
        TEXT,
        "private, no-cache",
        "no-store",
    ),
    "Vary": header("What the answer depends on.", TEXT, "Authorization, Accept"),
    "RateLimit-Policy": header(
        "The tier that the request counts in, its requests (`q`) and seconds (`w`).",
        TEXT,
        '"read";q=100;w=60',
        '"write";q=20;w=60',
        '"auth";q=10;w=60',
    ),
    "RateLimit": header(
        "The requests that are left in this tier (`r`), and for how many seconds (`t`).", TEXT, '"read";r=57;t=12'
    ),
    "Retry-After": header("Seconds to wait.", {"type": "integer", "minimum": 1}, RETRY_AFTER_SECONDS),
    "ETag": header("The tag of what is shown; another when anything of it changes.", TEXT, TAG),
    "Idempotent-Replayed": {"required": False}
    | header("This is the first answer to the same request, given again.", TEXT | {"const": "true"}, "true"),
    "WWW-Authenticate": header("How to sign in.", TEXT, "Bearer"),
}
PARAMETERS = {
    name: {"name": name, "in": "header", "required": False, "description": description, "schema": schema}
    | {"examples": {"1": {"value": value}}}
    for name, description, schema, value in (
        (
            "If-None-Match",
            "The `ETag` of what you have: if it is still that, the answer is 304 without a body.",
            TEXT,
            TAG,
        ),
        ("If-Match", "The `ETag` of what you have seen: if it is no longer that, nothing changes: 412.", TEXT, TAG),
        (
            "Idempotency-Key",
            "Your own name for this request, such as a UUID: sent again with it within 24 hours, the request is not "
            "done again, and is answered as the first time; while the first still runs, with 409 `conflict`.",
            TEXT | {"pattern": f"^[ -~]{{1,{KEY_MAX_LENGTH}}}$"},
            "7d1f7a0e-52b5-4a53-9f0e-3a3b8a1b7c55",
        ),
    )
}
ON_EVERY_ANSWER = ("X-Request-ID", "Cache-Control", "Vary")
ON_COUNTED_ANSWERS = ("RateLimit-Policy", "RateLimit")
HEADERS_OF_STATUS = {"401": ("WWW-Authenticate",), "429": ("Retry-After",), "503": ("Retry-After",)}
