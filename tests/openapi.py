"""The OpenAPI document as tests read it, and in what an answer differs from it."""

import re
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

COMMITTED = Path("docs/openapi.yaml")
DOCUMENT: Any = yaml.safe_load(COMMITTED.read_text())
OPERATIONS: dict[str, Any] = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
WHOLE = {
    name: schema | {"additionalProperties": False} if "properties" in schema else schema
    for name, schema in SCHEMAS.items()
}
"""The schemas, taken to describe every member."""
TIMES = FormatChecker(formats=())
TIMES.checks("date-time")(lambda text: text is None or re.fullmatch(r"[\d-]{10}T[\d:]{8}Z", text) is not None)


def resolved(node: Any) -> Any:
    """The node itself, or the component that it refers to."""
    if "$ref" not in node:
        return node
    _, _, kind, name = node["$ref"].split("/")
    return DOCUMENT["components"][kind][name]


def parameters(operation: Any) -> list[Any]:
    """What an operation takes beside a body."""
    return [resolved(parameter) for parameter in operation.get("parameters", ())]


def wrong(schema: Any, value: Any) -> list[str]:
    """In what a value differs from a schema."""
    validator = Draft202012Validator({"components": {"schemas": WHOLE}, **schema}, format_checker=TIMES)
    return [error.message for error in validator.iter_errors(value)]


def examples(content: Any) -> list[Any]:
    return [example["value"] for example in content["examples"].values()]


def asked(operation: str) -> Any:
    """The example of an operation's request."""
    return examples(OPERATIONS[operation]["requestBody"]["content"]["application/json"])[0]


def operation_of(response: Any) -> str:
    path = re.sub(r"(?<=/year)/[1-9][0-9]*$", "/{year}", response.request["PATH_INFO"])
    path = re.sub(r"/[1-9][0-9]*(?=/|$)", "/{id}", path)
    return f"{response.request['REQUEST_METHOD']} {path}"


def described(response: Any) -> Any:
    """What the document says about an answer of this operation with this status."""
    return resolved(OPERATIONS[operation_of(response)]["responses"][str(response.status_code)])


def differences(response: Any) -> list[str]:
    """In what an answer differs from what the document says: in its headers, its media type, its body."""
    answer = described(response)
    always = [name for name, header in answer["headers"].items() if resolved(header).get("required", True)]
    missing = [f"no {name}" for name in always if name not in response]
    if not response.content:
        return missing + (["no body"] if "content" in answer else [])
    content = answer["content"].get(response["Content-Type"])
    return [*missing, *(wrong(content["schema"], body_of(response)) if content else [response["Content-Type"]])]


def body_of(response: Any) -> Any:
    return response.json() if "json" in response["Content-Type"] else response.content.decode()
