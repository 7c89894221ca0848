"""How a refusal is judged: by its status, its codes, and by what it must neither do nor say."""

import re
import time
from collections.abc import Callable
from typing import Any

from django.apps import apps

from studytrack.api.problems import CODES
from tests.factories import PASSWORD

SLOWEST_CPU_SECONDS = 1.0
"""Of this process alone: what else the machine does is not the answer's fault."""
INSIDES = re.compile(
    r"Traceback|File \"|\.py\b|site-packages|/tmp/|/home/|object at 0x|Exception|Error:|codec|"
    r"\b(SELECT|INSERT|UPDATE|DELETE FROM|WHERE|constraint|relation|column)\b|"
    r"(?i:psycopg|postgres|sqlite|django|rest_framework|redis|jwt|granian|bleach|bcrypt)"
)
MEMBERS = ["type", "title", "status", "code", "detail"]
Wanted = str | list[tuple[str | None, str]]
"""The code of a problem, or the field and the code of each error of a 400."""


def rows() -> dict[str, list[Any]]:
    """Every row of every table of ours."""
    own = [model for model in apps.get_models() if model.__module__.partition(".")[0] != "django"]
    return {model.__name__: list(model._base_manager.order_by("pk").values_list()) for model in own}


def assert_refused(ask: Callable[[], Any], status: int, wanted: Wanted = "") -> None:
    """Asking is answered by just this problem, in under a second, writes no row and tells nothing of the insides."""
    before, began = rows(), time.process_time()
    response = ask()
    took = time.process_time() - began
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    if response.wsgi_request.method != "HEAD":
        assert_problem(response.json(), status, wanted)
        assert_says_nothing(response)
    assert rows() == before
    assert took < SLOWEST_CPU_SECONDS


def assert_problem(body: dict[str, Any], status: int, wanted: Wanted) -> None:
    if isinstance(wanted, str):
        assert list(body)[:5] == MEMBERS
        assert "errors" not in body
        assert (body["status"], body["code"]) == (status, wanted or CODES[status])
    else:
        assert list(body) == [*MEMBERS, "errors", "request_id"]
        assert (body["status"], body["code"]) == (status, "validation_error")
        assert [(error["field"], error["code"]) for error in body["errors"]] == wanted


def assert_says_nothing(response: Any) -> None:
    """Neither what the product is made of, nor a secret that came with the request."""
    said = f"{response.content.decode()} {dict(response.items())}"
    assert INSIDES.search(said) is None, said
    authorization = response.wsgi_request.headers.get("Authorization", "").partition(" ")[2]
    for secret in filter(None, (PASSWORD, authorization)):
        assert secret not in said
