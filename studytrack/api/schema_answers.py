"""What operations share in the OpenAPI document: the shapes of problems, and the answers that refuse."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, PolymorphicProxySerializer
from rest_framework import serializers

from studytrack.api.problems import CODES, problem

REQUEST_ID = "5f0c7a52b0e94d0f9d3f3c3a1e6f2b48"
OTHER_CODES = ("parse_error", "not_authenticated", "error")


class ConstantField(serializers.CharField):
    """A text that is always the same."""

    def __init__(self, value: str) -> None:
        super().__init__()
        self.value = value


class ConstantExtension(OpenApiSerializerFieldExtension):
    """What is always the same is a `const`."""

    target_class = ConstantField

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "const": self.target.value}


class ProblemSerializer(serializers.Serializer):
    """What went wrong, as RFC 9457 has it."""

    type = serializers.CharField(help_text="Always `about:blank`: the status says what kind of problem it is.")
    title = serializers.CharField(help_text="The status in words.")
    status = serializers.IntegerField(min_value=400, max_value=599, help_text="The status of the answer.")
    code: serializers.Field = serializers.ChoiceField(
        [*(code for code in CODES.values() if code != "validation_error"), *OTHER_CODES],
        help_text="What kind of problem it is, for programs.",
    )
    detail = serializers.CharField(help_text="What is wrong, for people.")
    request_id = serializers.RegexField(r"^[A-Za-z0-9_-]{8,64}$", help_text="The same as in `X-Request-ID`.")


class FieldErrorSerializer(serializers.Serializer):
    """One thing that is wrong with a request."""

    field = serializers.CharField(allow_null=True, help_text="Its JSON name, dotted; null for the whole object.")
    code = serializers.CharField(help_text="Which rule is broken, for programs.")
    detail = serializers.CharField(help_text="Which rule is broken, for people.")


class ValidationProblemSerializer(ProblemSerializer):
    """What is wrong with each field of a request."""

    code = ConstantField("validation_error")
    errors = FieldErrorSerializer(many=True, help_text="All that is wrong.")  # type: ignore[assignment]


class QuotaProblemSerializer(ProblemSerializer):
    """A problem that says how many there may be."""

    code = ConstantField("conflict")
    quota = serializers.IntegerField(min_value=1, help_text="How many of them a user may have.")


def example(status: int, **members: Any) -> dict[str, Any]:
    """The body of a problem; what is not given follows from the status."""
    request: Any = HttpRequest()
    request.id = REQUEST_ID
    return problem(request, status, **members)


def invalid(field: str, code: str, detail: str) -> dict[str, Any]:
    """The body of a 400 about one field."""
    return example(400, errors=[{"field": field, "code": code, "detail": detail}])


def refusal(description: str, *bodies: dict[str, Any], shape: Any = ProblemSerializer) -> OpenApiResponse:
    """An answer that refuses, with examples of its body."""
    return OpenApiResponse(shape, description, [OpenApiExample(body["code"], body) for body in bodies])


def refused_body(*bodies: dict[str, Any]) -> OpenApiResponse:
    """The 400 of an operation that reads a body."""
    return refusal(
        "The body breaks a rule, or cannot be read.",
        *bodies,
        example(400, code="parse_error", detail="The body is not valid JSON."),
        shape=PolymorphicProxySerializer(
            "InvalidBodyProblem", [ValidationProblemSerializer, ProblemSerializer], resource_type_field_name=None
        ),
    )


@dataclass(frozen=True)
class SharedRefusal:
    """A refusal that many operations give: it stands once in the document, under its name."""

    name: str
    status: int
    answer: OpenApiResponse


INVALID_BODY = SharedRefusal(
    "InvalidBody",
    400,
    refused_body(invalid("name", "max_length", "Ensure this field has no more than 100 characters.")),
)
INVALID_QUERY = SharedRefusal(
    "InvalidQuery",
    400,
    refusal(
        "A parameter is outside of what it may be.",
        invalid("per_page", "invalid", "This must be a whole number from 1 to 100, in plain digits."),
        shape=ValidationProblemSerializer,
    ),
)
UNAUTHORIZED = SharedRefusal(
    "Unauthorized",
    401,
    refusal(
        "There are no credentials, or something is wrong with them.",
        example(401, code="not_authenticated", detail="Authentication credentials were not provided."),
        example(401, detail="This token is not valid, or no longer."),
    ),
)
FORBIDDEN = SharedRefusal(
    "Forbidden",
    403,
    refusal(
        "A browser session asks for a change without a CSRF token.",
        example(403, detail="CSRF Failed: CSRF token missing."),
    ),
)
NOT_FOUND = SharedRefusal(
    "NotFound", 404, refusal("You have nothing with this id; whether somebody else does is not told.", example(404))
)
NOT_ACCEPTABLE = SharedRefusal(
    "NotAcceptable",
    406,
    refusal("`Accept` asks for what there is not: answers are JSON.", example(406)),
)
CONFLICT = SharedRefusal(
    "Conflict",
    409,
    refusal(
        "Another change came in between.",
        example(409, detail="This conflicts with another change. Try again."),
    ),
)
CONFLICT_OR_RUNNING = SharedRefusal(
    "ConflictOrRunning",
    409,
    refusal(
        "You have as many as there may be: `quota`; the first request with this `Idempotency-Key` is still running; "
        "or another change came in between.",
        example(409, detail="The first request with this key is still running."),
        shape=PolymorphicProxySerializer(
            "CreationConflictProblem", [QuotaProblemSerializer, ProblemSerializer], resource_type_field_name=None
        ),
    ),
)
PRECONDITION_FAILED = SharedRefusal(
    "PreconditionFailed",
    412,
    refusal(
        "`If-Match` does not name what is there now.",
        example(412, detail="This has changed since you saw it. Read it again."),
    ),
)
PAYLOAD_TOO_LARGE = SharedRefusal("PayloadTooLarge", 413, refusal("The body is longer than 64 KiB.", example(413)))
UNSUPPORTED_MEDIA_TYPE = SharedRefusal(
    "UnsupportedMediaType",
    415,
    refusal(
        "The body is not JSON in UTF-8.",
        example(415, detail="Send the body as application/json."),
    ),
)
KEY_REUSED = SharedRefusal(
    "KeyReused",
    422,
    refusal(
        "The `Idempotency-Key` has been used for another request.",
        example(422, detail="This key has been used for another request. Take a new one."),
    ),
)
TOO_MANY_REQUESTS = SharedRefusal(
    "TooManyRequests", 429, refusal("The limit of this minute is reached.", example(429))
)
SERVER_ERROR = SharedRefusal("ServerError", 500, refusal("Something went wrong here, not with you.", example(500)))
UNAVAILABLE = SharedRefusal("Unavailable", 503, refusal("A server that is needed does not answer.", example(503)))
REFUSALS_OF_KEYS = (CONFLICT_OR_RUNNING, KEY_REUSED)
REFUSALS_OF_METHOD = dict.fromkeys(("PUT", "PATCH", "DELETE"), (PRECONDITION_FAILED,))
NOT_MODIFIED = {"description": "It is still what `If-None-Match` names."}
