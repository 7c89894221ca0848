"""What can be brought in: a file of sessions, or of everything."""

from typing import Any, cast

from rest_framework.exceptions import APIException
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from sessions import import_schema
from sessions.import_serializers import MOST_BYTES, ImportSerializer, LineErrorSerializer, ReportSerializer
from sessions.imports import formats
from sessions.imports.rows import Contents, LineError, LinesRefused, Told, Unreadable
from sessions.imports.writing import bring_in
from studytrack.api.idempotency import idempotent
from studytrack.api.viewsets import in_turn

FRAME_BYTES = 64 * 1024


class FileRefused(APIException):
    """400: lines of the file break rules, and nothing of it was written."""

    status_code = 400
    default_code = "validation_error"
    default_detail = "The request is invalid."

    def __init__(self, errors: list[LineError]) -> None:
        super().__init__()
        self.members = {"errors": [{"field": "file", **each} for each in LineErrorSerializer(errors, many=True).data]}


@import_schema.sessions
class ImportView(GenericAPIView):
    """Brings in a file of sessions: of StudyTrack, Toggl Track or Clockify, or plain CSV.

    Subjects that you do not have are made. Sessions that are there already are left out, so a file can be sent twice.
    A session that would overlap another is an error of its line. One error, and nothing is written, unless you say
    `skip_errors`.
    """

    serializer_class = ImportSerializer
    parser_classes = (MultiPartParser,)
    max_body_bytes = MOST_BYTES + FRAME_BYTES

    @idempotent
    def post(self, request: Request) -> Response:
        asked: Any = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told, file = asked.told(), asked.validated_data["file"]
        try:
            # Nobody waits for the user's row while the file is read.
            return self.bring_in(request, formats.read(file.read(), asked.validated_data["format"], told), told)
        except Unreadable as unreadable:
            raise FileRefused([unreadable.error]) from None
        except LinesRefused as refused:
            raise FileRefused(refused.errors) from None

    @in_turn
    def bring_in(self, request: Request, contents: Contents, told: Told) -> Response:
        report = bring_in(cast(User, request.user), contents, told)
        return Response(dict(ReportSerializer(report).data))  # without its serializer: the page shows the form anew
