"""Where answers lead to, as links of the OpenAPI document: from what was made to what can be done with it."""

from collections.abc import Iterator
from typing import Any

ID = "$response.body#/id"
REFRESH = "$response.body#/refresh"


def with_links(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The document, in which what answers 201 with an id leads to all that stands below its resource's `{id}`.

    A sign-in leads to what takes its refresh token.
    """
    operations = [(path, each) for path, methods in result["paths"].items() for each in methods.values()]
    for path, operation in operations:
        resource = f"/{path.split('/')[1]}/{{id}}"
        below = [each["operationId"] for place, each in operations if f"{place}/".startswith(f"{resource}/")]
        for answer in answers_with(result, operation, "201", "id") if below else ():
            answer["links"] = {name: {"operationId": name, "parameters": {"id": ID}} for name in below}
        for answer in answers_with(result, operation, "200", "refresh"):
            answer["links"] = {
                name: {"operationId": name, "requestBody": {"refresh": REFRESH}} for name in ("refresh", "logout")
            }
    return result


def answers_with(document: dict[str, Any], operation: dict[str, Any], status: str, member: str) -> Iterator[Any]:
    """The answer of an operation with this status, if its JSON has this member."""
    answer = operation["responses"].get(status, {})
    reference = answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    schema = document["components"]["schemas"].get(reference.rpartition("/")[2], {})
    if member in schema.get("properties", {}):
        yield answer
