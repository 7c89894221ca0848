"""The committed OpenAPI document as what is fuzzed: the WSGI application of this process, asked by alice."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from django.utils import timezone
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection

from accounts import sign_ins
from accounts.models import User
from studytrack.wsgi import application
from tests.factories import make_user
from tests.openapi import COMMITTED, OPERATIONS, resolved

collect_ignore_glob = (
    [] if "DATABASE_URL" in os.environ else ["test_*"]
)  # what is made up is made up at the collection
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "15"))
"""How many requests are made up for each operation, and walks from link to link, beside those that always are."""
ANSWERS = Counter[int]()
CONFIG = {
    "seed": 20261122,
    "base-url": "http://localhost",
    "suppress-health-check": ["all"],  # of how fast data are made up: the machine may be busy
    "generation": {"max-examples": EXAMPLES, "deterministic": True},
    "checks": {
        # A name that is taken, an end before its start: no schema says what is right of two members together,
        # or with what is there already. `Idempotency-Key` and `If-Match` are such, too: 422, 412.
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "304", "400", "401", "403", "404", "409", "412", "422"],
        },
        # What has changed since it was seen is refused before the body is looked at.
        "negative_data_rejection": {
            "expected-statuses": ["400", "401", "403", "404", "405", "406", "409", "412", "415", "422"],
        },
    },
}


SIGNED_IN = "a-token-of-alice"


def server(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The application as a server calls it; who is said to be signed in gets a sign-in of their own for the request.

    Some operations end all sign-ins that there are, and the requests are made up long before they are sent.
    """
    if environ.get("HTTP_AUTHORIZATION") == f"Bearer {SIGNED_IN}":
        user = User.objects.order_by("pk").first() or make_user("alice")  # under whatever name by now
        environ["HTTP_AUTHORIZATION"] = f"Bearer {sign_ins.begin(user, timezone.now())['access']}"

    def starting(status: str, *more: Any) -> Any:
        ANSWERS[int(status.partition(" ")[0])] += 1
        return start_response(status, *more)

    response: Any = application(environ, starting)
    try:
        return [b"".join(response)]
    finally:
        if hasattr(response, "close"):
            response.close()


DOCUMENT = schemathesis.openapi.from_path(COMMITTED, config=SchemathesisConfig.from_dict(CONFIG))
DOCUMENT.app = server


@DOCUMENT.auth()
class SignedIn:
    """Where the document asks for it, alice is signed in."""

    def get(self, case: Any, context: Any) -> str:
        return SIGNED_IN

    def set(self, case: Any, access: str, context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {access}"


def is_read_otherwise(case: Any) -> bool:
    """Whether the body has a number for a text, or digits in a text for a number: both are read (contract 1)."""
    content = OPERATIONS[case.operation.label].get("requestBody", {}).get("content", {})
    return "application/json" in content and _is_read_otherwise(case.body, content["application/json"]["schema"])


def _is_read_otherwise(value: Any, schema: dict[str, Any]) -> bool:
    schema = resolved(schema)
    if isinstance(value, dict):
        members = schema.get("properties", {})
        return any(_is_read_otherwise(each, members[name]) for name, each in value.items() if name in members)
    if isinstance(value, list):
        return any(_is_read_otherwise(each, schema.get("items", {})) for each in value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return (is_number and schema.get("type") == "string") or (
        isinstance(value, str) and value.lstrip("-").isdigit() and schema.get("type") in ("integer", "boolean")
    )


def checks_that_are_wrong_for(case: Any) -> list[Any]:
    return [negative_data_rejection] if is_read_otherwise(case) else []


@pytest.fixture(autouse=True)
def counted(alice: User, record_property: Callable[[str, object], None]) -> Iterator[None]:
    ANSWERS.clear()
    yield
    record_property("requests sent", ANSWERS.total())
    record_property("5xx", sum(count for status, count in ANSWERS.items() if status >= 500))
