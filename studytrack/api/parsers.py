"""What bodies may be: strict JSON everywhere, forms where the browsable API sends them, files where they are read."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser, DataAndFiles, FormParser, MultiPartParser

from studytrack.api.problems import problem_response
from studytrack.strict_json import read_json

UTF_8 = ("", "utf-8", "utf8")


class BodyMiddleware:
    """Refuses bodies that are too long before a byte is read; a view may have a `max_body_bytes` of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.encoding = "utf-8"  # Django would decode the query by whatever charset the body is said to have
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        if request.headers.get("Transfer-Encoding"):  # WSGI has no place for it: the body would be lost in silence
            return problem_response(request, 411)
        declared = request.META.get("CONTENT_LENGTH") or "0"
        if not declared.isdecimal():
            return problem_response(request, 400, code="parse_error", detail="The length of the body is no number.")
        most = getattr(getattr(view, "cls", None), "max_body_bytes", settings.MAX_BODY_BYTES)
        digits = declared.lstrip("0")  # of which int() refuses thousands
        return problem_response(request, 413) if len(digits) > 18 or int(digits or 0) > most else None


class StrictJSONParser(BaseParser):
    """UTF-8 JSON as RFC 8259 has it: no NaN, no repeated keys, no byte order mark, nothing too long or too deep."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        request = parser_context["request"]
        if request.content_type.partition(";")[0].strip().lower() != self.media_type:  # DRF takes */* for it
            raise UnsupportedMediaType(request.content_type)
        refuse_other_encodings(request)
        try:
            return read_json(stream.read().decode("utf-8"))
        except UnicodeDecodeError:
            raise ParseError("The body is not UTF-8.") from None
        except (ValueError, RecursionError):
            raise ParseError("The body is not valid JSON.") from None


def refuse_other_encodings(request: Any) -> None:
    charset = request.META.get("CONTENT_TYPE", "").lower().partition("charset=")[2].split(";")[0].strip(' "')
    if charset not in UTF_8 or request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType(request.content_type, "Bodies are plain UTF-8.")


class FromBrowserOnly:
    """A form is taken from a browser session, which CSRF protects; from anybody else it is 415."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        request = parser_context["request"]
        # Not by the authenticator: the session's looks for its CSRF token in the form, before there is one.
        if "Authorization" in request.headers:
            raise UnsupportedMediaType(request.content_type)
        refuse_other_encodings(request)
        form = super().parse(stream, media_type, parser_context)  # type: ignore[misc]
        return DataAndFiles(lines_as_shown(form.data), form.files) if hasattr(form, "files") else lines_as_shown(form)


def lines_as_shown(fields: QueryDict) -> QueryDict:
    """The fields with lines that end as those of the text that the form showed: browsers send CRLF for every end."""
    shown = fields.copy()
    for name, texts in fields.lists():
        shown.setlist(name, [str(text).replace("\r\n", "\n") for text in texts])
    return shown


class FileParser(MultiPartParser):
    """Multipart with a file, from whoever is signed in. A browser's session shows its CSRF token here too."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        refuse_other_encodings((parser_context or {})["request"])
        return super().parse(stream, media_type, parser_context)


class BrowserFormParser(FromBrowserOnly, FormParser):
    """A plain HTML form of the browsable API."""


class BrowserMultiPartParser(FromBrowserOnly, MultiPartParser):
    """A multipart HTML form of the browsable API."""
