"""GET /schema, the OpenAPI document: it is whole, it is true, and it is the one that is committed (contract 7)."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.urls import get_resolver

from tests.conftest import Caller
from tests.openapi import COMMITTED, DOCUMENT, OPERATIONS, SCHEMAS, examples, parameters, resolved, wrong

pytestmark = pytest.mark.everywhere

JSON, PICTURE, PROBLEM = "application/json", "image/svg+xml", "application/problem+json"
ANSWERS = {
    "GET /": "200 401 406 429 500 503",
    "POST /auth/register": "201 400 406 409 413 415 429 500 503",
    "POST /auth/login": "200 400 401 406 413 415 429 500 503",
    "POST /auth/refresh": "200 400 401 406 413 415 429 500 503",
    "POST /auth/logout": "204 400 406 413 415 429 500 503",
    "POST /auth/logout-all": "204 401 403 406 429 500 503",
    "POST /auth/password": "204 400 401 403 406 413 415 429 500 503",
    "GET /auth/me": "200 304 401 406 429 500 503",
    "PATCH /auth/me": "200 400 401 403 406 409 412 413 415 429 500 503",
    "DELETE /auth/me": "204 400 401 403 406 412 413 415 429 500 503",
    "GET /auth/me/export": "200 304 401 429 500 503",
    "GET /auth/me/calendar": "200 304 401 404 406 429 500 503",
    "GET /auth/me/heatmap": "200 304 401 404 406 429 500 503",
    "POST /auth/me/calendar": "201 401 403 406 429 500 503",
    "POST /auth/me/heatmap": "201 401 403 406 429 500 503",
    "DELETE /auth/me/calendar": "204 401 403 404 406 412 429 500 503",
    "DELETE /auth/me/heatmap": "204 401 403 404 406 412 429 500 503",
    "GET /calendar/{token}.ics": "200 304 404 429 500 503",
    "GET /heatmap/{token}.svg": "200 304 404 406 429 500 503",
    "GET /subjects": "200 304 400 401 406 429 500 503",
    "POST /subjects": "201 400 401 403 406 409 413 415 422 429 500 503",
    "GET /subjects/{id}": "200 304 401 404 406 429 500 503",
    "PUT /subjects/{id}": "200 400 401 403 404 406 409 412 413 415 429 500 503",
    "PATCH /subjects/{id}": "200 400 401 403 404 406 409 412 413 415 429 500 503",
    "DELETE /subjects/{id}": "204 401 403 404 406 412 429 500 503",
    "GET /sessions": "200 304 400 401 406 429 500 503",
    "POST /sessions": "201 400 401 403 406 409 413 415 422 429 500 503",
    "POST /sessions/start": "201 400 401 403 406 409 413 415 422 429 500 503",
    "GET /sessions/running": "200 204 304 401 406 429 500 503",
    "GET /sessions/export": "200 304 400 401 429 500 503",
    "POST /sessions/import": "200 400 401 403 406 409 413 415 422 429 500 503",
    "GET /sessions/{id}": "200 304 401 404 406 429 500 503",
    "PUT /sessions/{id}": "200 400 401 403 404 406 409 412 413 415 429 500 503",
    "PATCH /sessions/{id}": "200 400 401 403 404 406 409 412 413 415 429 500 503",
    "DELETE /sessions/{id}": "204 401 403 404 406 412 429 500 503",
    "POST /sessions/{id}/stop": "200 400 401 403 404 406 413 415 429 500 503",
    "POST /sessions/{id}/resolve": "200 204 400 401 403 404 406 409 413 415 429 500 503",
    "GET /stats/summary": "200 304 400 401 406 429 500 503",
    "GET /stats/summary.svg": "200 304 400 401 406 429 500 503",
    "GET /stats/today": "200 304 401 406 429 500 503",
    "GET /stats/streak": "200 304 401 406 429 500 503",
    "GET /stats/heatmap": "200 304 400 401 406 429 500 503",
    "GET /stats/heatmap.svg": "200 304 400 401 406 429 500 503",
    "GET /stats/year/{year}": "200 304 401 404 406 429 500 503",
    "GET /health/live": "200 406 500",
    "GET /health/ready": "200 406 500 503",
}
"""Every operation, and every answer that it can give."""
DRAWN = {
    "GET /stats/summary": [JSON, PICTURE],
    "GET /stats/summary.svg": [PICTURE],
    "GET /stats/heatmap": [JSON, PICTURE],
    "GET /stats/heatmap.svg": [PICTURE],
    "GET /heatmap/{token}.svg": [PICTURE],
}
OPEN = {"POST /auth/register", "POST /auth/login", "POST /auth/refresh", "POST /auth/logout"}
BY_SECRET = {"GET /calendar/{token}.ics", "GET /heatmap/{token}.svg"}
FILES = {
    "GET /sessions/export": [JSON, "text/csv", "text/calendar"],
    "GET /calendar/{token}.ics": ["text/calendar"],
}
HEALTH = {"GET /health/live", "GET /health/ready"}


def contents() -> list[tuple[str, Any]]:
    """Every body that is described, with where it is described."""
    bodies = []
    for name, operation in OPERATIONS.items():
        answers = {status: resolved(answer) for status, answer in operation["responses"].items()}
        described = answers | {"request": operation.get("requestBody", {})}
        for place, node in described.items():
            bodies += [(f"{name} {place}", content) for content in node.get("content", {}).values()]
    return bodies


def test_the_committed_document_is_what_the_code_says_and_valid(tmp_path: Path) -> None:
    anew = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(anew))
    assert anew.read_text() == COMMITTED.read_text(), "make openapi"


def test_it_is_served_to_everybody_and_the_same_on_every_host(anonymous: Caller) -> None:
    for host in ("testserver", "localhost"):
        response = anonymous.get("/schema", HTTP_HOST=host)
        assert response.status_code == 200
        assert response["Content-Type"] == "application/vnd.oai.openapi; charset=utf-8"
        assert response.content == COMMITTED.read_bytes()


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
def test_its_pages_load_everything_from_this_host(anonymous: Caller, page: str) -> None:
    """The obvious page asks a font server and a content delivery network."""
    html = anonymous.get(page, HTTP_ACCEPT="text/html").content.decode()
    addresses = re.findall(r'(?:src|href)="([^"]*)"', html)
    assert '"/schema"' in html
    assert all(finders.find(address.removeprefix("/static/")) for address in addresses), addresses
    assert not re.search(r"https?:", html)


def test_every_operation_says_every_answer() -> None:
    assert {name: " ".join(each["responses"]) for name, each in OPERATIONS.items()} == ANSWERS


def test_every_route_of_the_api_is_described() -> None:
    routes = set()
    for pattern in get_resolver().url_patterns:
        view = getattr(getattr(pattern, "callback", None), "cls", None)
        if view is None or view.__module__.startswith("drf_spectacular"):
            continue
        methods = getattr(pattern.callback, "actions", None) or {m for m in view.http_method_names if hasattr(view, m)}
        path = "/" + str(pattern.pattern).replace("<id:pk>", "{id}").replace("<year:year>", "{year}").replace(
            "<token:token>", "{token}"
        )
        routes |= {f"{method.upper()} {path}" for method in set(methods) - {"head", "options"}}
    assert routes == set(ANSWERS)


def test_every_operation_is_named_and_told_of() -> None:
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    assert len({each["operationId"] for each in OPERATIONS.values()}) == len(OPERATIONS)
    for name, each in OPERATIONS.items():
        assert all((each["summary"], each["description"])), name
        (tag,) = each["tags"]
        assert tag in tags, name


def test_every_parameter_and_member_is_told_of() -> None:
    assert all(parameter["description"] for each in OPERATIONS.values() for parameter in parameters(each))
    untold = {
        f"{component}.{name}"
        for component, schema in SCHEMAS.items()
        for name, member in schema.get("properties", {}).items()
        if "description" not in member and "const" not in member and name != "results"
    }
    assert untold == set()


def test_every_body_has_examples_that_are_of_its_schema() -> None:
    for place, content in contents():
        assert examples(content), place
        for example in examples(content):
            assert wrong(content["schema"], example) == [], place


def test_only_errors_are_problems() -> None:
    for name, operation in OPERATIONS.items():
        for status, answer in operation["responses"].items():
            kinds = list(resolved(answer).get("content", {}))
            expected = [PROBLEM] if status >= "400" else (DRAWN | FILES).get(name, [JSON])
            assert kinds == ([] if status in ("204", "304") else expected), (name, status)


def test_who_may_call_is_said() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert {name: (each["type"], each.get("scheme")) for name, each in schemes.items()} == {
        "bearer": ("http", "bearer"),
        "browserSession": ("apiKey", None),
    }
    signed_in: list[dict[str, list[str]]] = [{"bearer": []}, {"browserSession": []}]
    for name, each in OPERATIONS.items():
        anybody = [*signed_in, {}] if name == "GET /" else signed_in
        assert each["security"] == ([] if name in OPEN | BY_SECRET | HEALTH else anybody), name


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (
            "GET /subjects",
            {
                "status": {"type": "string", "enum": ["active", "completed", "archived"]},
                "priority_level": {"type": "string", "enum": ["low", "medium", "high"]},
                "search": {"type": "string", "maxLength": 200},
            },
        ),
        (
            "GET /sessions",
            {
                "subject_id": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 2**63 - 1},
                "start_after": {"type": "string", "format": "date-time"},
                "start_before": {"type": "string", "format": "date-time"},
                "study_date_from": {"type": "string", "format": "date"},
                "study_date_to": {"type": "string", "format": "date"},
                "running": {"type": "boolean"},
                "needs_review": {"type": "boolean"},
                "search": {"type": "string", "maxLength": 200},
            },
        ),
    ],
)
def test_filters_have_the_types_that_they_are_read_as(operation: str, expected: dict[str, Any]) -> None:
    found = {each["name"]: each["schema"] for each in parameters(OPERATIONS[operation]) if each["in"] == "query"}
    assert found.pop("page") == {"type": "integer", "minimum": 1, "maximum": 10**16, "default": 1}
    assert found.pop("per_page") == {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}
    assert found.pop("ordering")["type"] == "array"
    assert found == expected


def test_what_creates_for_a_user_takes_a_key() -> None:
    takes = {name for name, each in OPERATIONS.items() for p in parameters(each) if p["name"] == "Idempotency-Key"}
    says = {name for name, each in OPERATIONS.items() if "422" in each["responses"]}
    assert takes == says == {"POST /subjects", "POST /sessions", "POST /sessions/start", "POST /sessions/import"}
    for name in takes:
        assert "Idempotent-Replayed" in min(OPERATIONS[name]["responses"].items())[1]["headers"]


def test_orders_are_named() -> None:
    orders = {
        name: parameter["schema"]
        for name, each in OPERATIONS.items()
        for parameter in parameters(each)
        if parameter["name"] == "ordering"
    }
    subjects = ["name", "created_at", "updated_at", "priority_level", "total_hours_goal"]
    sessions = ["start_time", "duration_minutes", "created_at"]
    assert {name: set(order["items"]["enum"]) for name, order in orders.items()} == {
        "GET /subjects": {*subjects, *(f"-{name}" for name in subjects)},
        "GET /sessions": {*sessions, *(f"-{name}" for name in sessions)},
        "GET /sessions/export": {*sessions, *(f"-{name}" for name in sessions)},
    }
    assert [order["default"] for order in orders.values()] == [["-created_at"], ["-start_time"], ["-start_time"]]


def test_ids_in_paths_are_positive_numbers() -> None:
    ids = [p["schema"] for name, each in OPERATIONS.items() for p in parameters(each) if p["name"] == "id"]
    assert ids == [{"type": "integer", "format": "int64", "minimum": 1}] * 10


def test_passwords_go_in_and_never_out() -> None:
    for name, schema in SCHEMAS.items():
        for member, kind in schema.get("properties", {}).items():
            if "password" in member:
                assert (name[-7:], kind["writeOnly"]) == ("Request", True), (name, member)
    assert SCHEMAS["NewPassword"] == {"type": "string", "format": "password", "minLength": 8, "maxLength": 128}
    assert SCHEMAS["LoginRequest"]["properties"]["password"]["format"] == "password"


def test_answers_have_all_their_members() -> None:
    answers = {name: schema for name, schema in SCHEMAS.items() if not name.endswith("Request")}
    objects = {name: schema for name, schema in answers.items() if "properties" in schema}
    assert {"Subject", "User", "Problem"} < set(objects)
    for name, schema in objects.items():
        assert set(schema["required"]) == set(schema["properties"]), name


def test_what_is_derived_cannot_be_written() -> None:
    writable = {name: set(SCHEMAS[name]["properties"]) for name in ("SubjectRequest", "StudySessionRequest")}
    assert writable == {
        "SubjectRequest": {"name", "description", "priority_level", "status", "total_hours_goal"},
        "StudySessionRequest": {"subject_id", "start_time", "end_time", "notes"},
    }
    assert SCHEMAS["Subject"]["properties"]["progress_percent"]["readOnly"]


def test_defaults_are_those_of_put_and_post_and_not_of_patch() -> None:
    defaults = {
        name: {member: kind["default"] for member, kind in SCHEMAS[name]["properties"].items() if "default" in kind}
        for name in ("SubjectRequest", "PatchedSubjectRequest", "Subject")
    }
    put = {"description": "", "priority_level": "medium", "status": "active", "total_hours_goal": 0}
    assert defaults == {"SubjectRequest": put, "PatchedSubjectRequest": {}, "Subject": {}}


def test_what_was_made_leads_to_what_can_be_done_with_it() -> None:
    leads = {
        name: set(answer["links"])
        for name, each in OPERATIONS.items()
        for answer in each["responses"].values()
        if "links" in answer
    }
    session = {"get_session", "replace_session", "change_session", "delete_session", "stop_session", "resolve_session"}
    assert leads == {
        "POST /auth/login": {"refresh", "logout"},
        "POST /auth/refresh": {"refresh", "logout"},
        "POST /subjects": {"get_subject", "replace_subject", "change_subject", "delete_subject"},
        "POST /sessions": session,
        "POST /sessions/start": session,
    }
    link = OPERATIONS["POST /sessions"]["responses"]["201"]["links"]["get_session"]
    assert link == {"operationId": "get_session", "parameters": {"id": "$response.body#/id"}}


def test_what_a_page_leaves_empty_may_be_empty() -> None:
    """A form sends all its fields."""
    never = {
        parameter["name"]
        for each in OPERATIONS.values()
        for parameter in parameters(each)
        if parameter["in"] == "query" and not parameter.get("allowEmptyValue")
    }
    assert never == {"page", "per_page", "format"}


def test_shapes_may_overlap() -> None:
    """`oneOf` would refuse a subject's group of a summary, which is a group like any other, and has a label."""
    assert not any("oneOf" in schema for schema in SCHEMAS.values())
    assert len(SCHEMAS["SummaryGroup"]["anyOf"]) == 2
