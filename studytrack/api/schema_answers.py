"""What operations share in the OpenAPI document: the shapes of problems, the answers that refuse, the headers."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, PolymorphicProxySerializer
from rest_framework import serializers

from studytrack.api.idempotency import KEY_MAX_LENGTH
from studytrack.api.problems import CODES, RETRY_AFTER_SECONDS, problem

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
NOT_MODIFIED = {"description": "It is still what `If-None-Match` names."}
ON_EVERY_ANSWER = ("X-Request-ID", "Cache-Control", "Vary")
ON_COUNTED_ANSWERS = ("RateLimit-Policy", "RateLimit")
HEADERS_OF_STATUS = {"401": ("WWW-Authenticate",), "429": ("Retry-After",), "503": ("Retry-After",)}
