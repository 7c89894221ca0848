"""How the OpenAPI document is made: what drf-spectacular cannot know by itself about StudyTrack's operations."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_class, get_view_model, is_patched_serializer

from studytrack.api import schema_answers as answers
from studytrack.api import schema_headers as headers
from studytrack.api.files import FileAnswers
from studytrack.api.filters import QueryFilter, TotalOrderingFilter
from studytrack.api.parsers import FromBrowserOnly
from studytrack.api.problems import MEDIA_TYPE
from studytrack.api.ratelimits import SAFE_METHODS, UNCOUNTED
from studytrack.api.serializers import RecordSerializer

MEMBERS_EVERYWHERE = {
    "id": "Its id.",
    "created_at": "When it was made.",
    "updated_at": "When it was last changed.",
}
CONDITIONS = {"GET": "If-None-Match", "PUT": "If-Match", "PATCH": "If-Match", "DELETE": "If-Match"}
NEVER_EMPTY = ("page", "per_page", "format")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def in_the_order_of_urls(endpoints: list[Any]) -> list[Any]:
    """The endpoints as the URLconf has them, the methods of each in their usual order."""
    paths = list(dict.fromkeys(path for path, *_ in endpoints))
    return sorted(endpoints, key=lambda endpoint: (paths.index(endpoint[0]), METHODS.index(endpoint[2])))


def of_any_shape(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The document, in which what has several shapes may have more than one of them: `oneOf` would forbid it."""
    for schema in result["components"]["schemas"].values():
        if "oneOf" in schema:
            schema["anyOf"] = schema.pop("oneOf")
    return result


class AutoSchema(SpectacularAutoSchema):
    """Adds what every operation of StudyTrack has: its tag, its refusals, its headers."""

    def get_operation(self, *args: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args)
        if operation:
            if operation["security"] == [{}]:
                operation["security"] = []  # open, whatever credentials come along
            self._add_refusals(operation)
            self._add_headers(operation["responses"])
            self._add_empty_values(operation)
            self._add_conditions(operation)
            self._add_idempotency(operation)
        return operation

    def get_tags(self) -> list[str]:
        app = type(self.view).__module__.partition(".")[0]
        return ["Service" if app == "studytrack" else app.capitalize()]

    def map_parsers(self) -> list[str]:
        """Forms are for the pages of the browsable API, not for those who read this."""
        return [p.media_type for p in self.view.get_parsers() if not isinstance(p, FromBrowserOnly)]

    def get_request_serializer(self) -> Any:
        return None if self.method == "DELETE" else super().get_request_serializer()

    def _get_request_body(self, *args: Any) -> Any:
        """DELETE has a body too, where extend_schema names one."""
        if self.method != "DELETE" or self.get_request_serializer() is None:
            return super()._get_request_body(*args)
        self.method = "POST"
        try:
            return super()._get_request_body(*args)
        finally:
            self.method = "DELETE"

    def _add_refusals(self, operation: dict[str, Any]) -> None:
        responses = operation["responses"]
        of_keys = answers.REFUSALS_OF_KEYS if self._takes_idempotency_key() else ()
        of_method = answers.REFUSALS_OF_METHOD.get(self.method, ())
        of_forms = () if isinstance(self.view, FileAnswers) else (answers.NOT_ACCEPTABLE,)
        for refusal in (*of_keys, *self._refusals(operation), *of_method, *of_forms):
            if str(refusal.status) not in responses:  # what is more particular goes before
                responses[str(refusal.status)] = self._shared(refusal)
        operation["responses"] = dict(sorted(responses.items()))

    def _refusals(self, operation: dict[str, Any]) -> Iterator[answers.SharedRefusal]:
        """The refusals that follow from what an operation takes, and from whom."""
        places = {parameter["in"] for parameter in operation.get("parameters", ())}
        schemes = {name for requirement in operation["security"] for name in requirement}
        is_read, is_counted = self.method in SAFE_METHODS, self.path not in UNCOUNTED
        if "requestBody" in operation:
            yield from (answers.INVALID_BODY, answers.PAYLOAD_TOO_LARGE, answers.UNSUPPORTED_MEDIA_TYPE)
        if "query" in places:
            yield answers.INVALID_QUERY
        if schemes:
            yield answers.UNAUTHORIZED
        if BrowserSessionScheme.name in schemes and not is_read:
            yield answers.FORBIDDEN
        if "path" in places:
            yield answers.NOT_FOUND
        if not is_read and issubclass(get_class(self.get_request_serializer()), RecordSerializer):
            yield answers.CONFLICT
        if is_counted:
            yield from (answers.TOO_MANY_REQUESTS, answers.UNAVAILABLE)
        yield answers.SERVER_ERROR

    def _add_empty_values(self, operation: dict[str, Any]) -> None:
        """What a page's form leaves empty is as if it were left out."""
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query" and parameter["name"] not in NEVER_EMPTY:
                parameter["allowEmptyValue"] = True

    def _add_conditions(self, operation: dict[str, Any]) -> None:
        """What is a user's has a tag, shared or not: to read it if it is new, to change it as it was seen."""
        condition = CONDITIONS.get(self.method)
        is_ones_own = operation["security"] and {} not in operation["security"]
        if condition is None or not (is_ones_own or getattr(self.view, "is_shared", False)):
            return
        self._add_parameter(operation, condition)
        if self.method == "GET":
            tag = {"ETag": self._component("headers", "ETag", headers.HEADERS["ETag"])}
            not_modified = answers.NOT_MODIFIED | {"headers": self._headers("304") | tag}
            operation["responses"]["200"]["headers"] |= tag
            operation["responses"]["304"] = self._component("responses", "NotModified", not_modified)
            operation["responses"] = dict(sorted(operation["responses"].items()))

    def _add_idempotency(self, operation: dict[str, Any]) -> None:
        """What creates may be asked for again; the answer then says that it is not new."""
        if self._takes_idempotency_key():
            self._add_parameter(operation, "Idempotency-Key")
            name, done = "Idempotent-Replayed", min(operation["responses"])
            operation["responses"][done]["headers"][name] = self._component("headers", name, headers.HEADERS[name])

    def _takes_idempotency_key(self) -> bool:
        handler = getattr(self.view, getattr(self.view, "action", None) or self.method.lower())
        return getattr(handler, "takes_idempotency_key", False)

    def _add_parameter(self, operation: dict[str, Any], name: str) -> None:
        parameter = self._component("parameters", name, headers.PARAMETERS[name])
        operation["parameters"] = [*operation.get("parameters", ()), parameter]

    def _shared(self, refusal: answers.SharedRefusal) -> dict[str, Any]:
        status = str(refusal.status)
        answer = self._get_response_for_code(refusal.answer, status, [MEDIA_TYPE])
        return self._component("responses", refusal.name, answer | {"headers": self._headers(status)})

    def _add_headers(self, responses: dict[str, Any]) -> None:
        is_counted = self.path not in UNCOUNTED
        for status, answer in responses.items():
            if "$ref" not in answer:
                answer["headers"] = answer.get("headers", {}) | self._headers(status, is_counted)

    def _headers(self, status: str, is_counted: bool = True) -> dict[str, Any]:
        counted = headers.ON_COUNTED_ANSWERS if is_counted else ()
        names = (*headers.ON_EVERY_ANSWER, *counted, *headers.HEADERS_OF_STATUS.get(status, ()))
        return {name: self._component("headers", name, headers.HEADERS[name]) for name in names}

    def _component(self, kind: str, name: str, schema: dict[str, Any]) -> dict[str, Any]:
        component = ResolvedComponent(name, kind, schema, object=name)
        self.registry.register_on_missing(component)
        return component.ref

    def _resolve_path_parameters(self, variables: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._resolve_path_parameters(variables)
        for parameter in parameters:
            parameter["description"] = f"The id of the {get_view_model(self.view)._meta.verbose_name}."
        return parameters

    def _get_serializer_field_meta(self, field: Any, direction: Any) -> dict[str, Any]:
        meta = super()._get_serializer_field_meta(field, direction)
        if description := MEMBERS_EVERYWHERE.get(field.field_name):
            meta.setdefault("description", description)
        return meta

    def _get_paginator(self) -> Any:
        paginator = super()._get_paginator()
        if paginator:
            paginator.address = self.path
        return paginator

    def _postprocess_serializer_schema(self, schema: Any, serializer: Any, direction: Any) -> Any:
        """An answer has all its members; defaults are for what a POST or a PUT leaves out."""
        schema = super()._postprocess_serializer_schema(schema, serializer, direction)
        if direction == "response" and schema.get("properties"):
            schema["required"] = list(schema["properties"])
        if direction == "response" or is_patched_serializer(serializer, direction):
            for member in schema.get("properties", {}).values():
                member.pop("default", None)
        return schema


class BrowserSessionScheme(OpenApiAuthenticationExtension):
    """The session of the browsable API."""

    target_class = "rest_framework.authentication.SessionAuthentication"
    name = "browserSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The session of a browser, from `/auth/session/login`. Changes need the CSRF token too.",
        }


class QueryFilterExtension(DjangoFilterExtension):
    """Filters as parameters: described by the serializer fields that read them."""

    priority = 1
    ordering_description: ClassVar = "The order: one or more of these, with commas between; `-` is for descending."

    def resolve_filter_field(self, auto_schema: Any, model: Any, filterset: Any, name: str, filter_field: Any) -> Any:
        if isinstance(filter_field, QueryFilter):
            schema = auto_schema._map_serializer_field(filter_field.reads, "request")
            auto_schema._insert_field_validators(filter_field.reads, schema)
            description = filter_field.extra.get("help_text")
        elif isinstance(filter_field, TotalOrderingFilter):
            names = [choice for choice, _ in filter_field.extra["choices"]]
            schema = {
                "type": "array",
                "items": {"type": "string", "enum": names},
                "default": [model._meta.ordering[0]],
            }
            description = self.ordering_description
        else:
            return super().resolve_filter_field(auto_schema, model, filterset, name, filter_field)
        style = {"style": "form", "explode": False} if schema.get("type") == "array" else {}
        return [{"name": name, "in": "query", "description": description, "schema": schema, **style}]
