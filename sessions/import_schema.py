"""What the OpenAPI document says about bringing data in."""

from drf_spectacular.utils import OpenApiExample, PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework import serializers

from sessions.import_serializers import ReportSerializer
from studytrack.api.problems import MEDIA_TYPE
from studytrack.api.schema_answers import (
    FieldErrorSerializer,
    ProblemSerializer,
    ValidationProblemSerializer,
    example,
    invalid,
    refusal,
)
from studytrack.api.schema_operations import shown

OVERLAP = {"line": 3, "code": "overlap", "detail": "This overlaps line 2."}
PLAIN = "subject,start_time,end_time,notes\nAlgebra,2026-03-02T14:00:00Z,2026-03-02T16:30:00Z,Groups\n"
ASKED = {"file": PLAIN, "format": "csv", "time_zone": "Europe/Berlin", "dry_run": True, "skip_errors": False}


class FileErrorSerializer(FieldErrorSerializer):
    """One thing that is wrong with a file."""

    line = serializers.IntegerField(min_value=1, help_text="The line of the file; the header is line 1.")


class FileProblemSerializer(ValidationProblemSerializer):
    """What is wrong with each line of a file."""

    errors = FileErrorSerializer(many=True, help_text="All that is wrong, of up to 1000 lines.")


sessions = extend_schema_view(
    post=extend_schema(
        operation_id="import_sessions",
        summary="Bring sessions in",
        description="Reads a file of sessions and writes what is not there already: sessions of the same subject with "
        "the same start and end are duplicates. Subjects that you do not have are made. With an error nothing is "
        "written, unless `skip_errors` is true and there are no more than 1000; `dry_run` writes nothing and answers "
        "the same. `toggl` and `clockify` are detailed reports as CSV, of one person. `studytrack` is what "
        "`GET /auth/me/export` gives: into an account without subjects and sessions it brings settings, goals and "
        "the account's age too, into any other only what is missing of subjects and sessions.",
        examples=[OpenApiExample("Example", ASKED, request_only=True, media_type="multipart/form-data")],
        responses={
            200: shown(
                ReportSerializer,
                "What has come of it.",
                {"created": 1, "duplicates": 0, "subjects_created": 1, "errors": [OVERLAP]},
            ),
            (400, MEDIA_TYPE): refusal(
                "Lines of the file break rules, the file cannot be read, or the request is wrong.",
                example(400, errors=[{"field": "file", **OVERLAP}]),
                invalid("time_zone", "invalid_choice", "Must be an IANA time zone name such as Europe/Berlin."),
                example(400, code="parse_error", detail="Malformed request."),
                shape=PolymorphicProxySerializer(
                    "InvalidFileProblem",
                    [FileProblemSerializer, ValidationProblemSerializer, ProblemSerializer],
                    resource_type_field_name=None,
                ),
            ),
            (413, MEDIA_TYPE): refusal("The file is longer than 10 MiB.", example(413)),
            (415, MEDIA_TYPE): refusal(
                "The body is not multipart.",
                example(415, detail='Unsupported media type "application/json" in request.'),
            ),
        },
    )
)
