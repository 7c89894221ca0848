"""What bodies may be: strict JSON everywhere, forms where the browsable API sends them, files where they are read."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, FormParser, MultiPartParser

from studytrack.api.problems import problem_response
from studytrack.strict_json import read_json

UTF_8 = ("utf-8", "utf8")


class BodyMiddleware:
    """Refuses a body by what its headers say, before a byte is read; a view may have a `max_body_bytes` of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        if request.headers.get("Transfer-Encoding"):  # WSGI has no place for it: the body would be lost in silence
            return problem_response(request, 411)
        if not declared_length(request.META).isdecimal():
            return problem_response(request, 400, code="parse_error", detail="The length of the body is no number.")
        endpoint = getattr(view, "cls", None)  # a view of Django's own has none, and reads its forms itself
        digits = declared_length(request.META).lstrip("0")  # of which int() refuses thousands
        if len(digits) > 18 or int(digits or 0) > getattr(endpoint, "max_body_bytes", settings.MAX_BODY_BYTES):
            return problem_response(request, 413)
        complaint = wrong_kind(request, endpoint.parser_classes) if endpoint and digits else ""
        return problem_response(request, 415, detail=complaint) if complaint else None


def declared_length(said: Mapping[str, Any]) -> str:
    return said.get("CONTENT_LENGTH") or "0"


def has_body(said: Mapping[str, Any]) -> bool:
    """Whether a body comes with a request, by what WSGI has of it."""
    return declared_length(said).strip("0") != "" or "HTTP_TRANSFER_ENCODING" in said


def wrong_kind(request: HttpRequest, parsers: Iterable[type[BaseParser]]) -> str:
    """What is wrong with the kind of body that a request says it has, whether it will be read or not."""
    is_browser = "Authorization" not in request.headers  # the session's token against forgery is in the form itself
    kinds = [parser.media_type for parser in parsers if is_browser or not issubclass(parser, FromBrowserOnly)]
    if request.content_type not in kinds:
        return f"Send the body as {' or '.join(map(str, kinds))}."
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    return "" if charset in UTF_8 and encoding == "identity" else "Bodies are plain UTF-8."


class StrictJSONParser(BaseParser):
    """UTF-8 JSON as RFC 8259 has it: no NaN, no repeated keys, no byte order mark, nothing too long or too deep."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return read_json(stream.read().decode("utf-8"))
        except UnicodeDecodeError:
            raise ParseError("The body is not UTF-8.") from None
        except (ValueError, RecursionError):
            raise ParseError("The body is not valid JSON.") from None


class FromBrowserOnly:
    """A form is taken from a browser session, which CSRF protects; from anybody else it is 415."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        form = super().parse(stream, media_type, parser_context)  # type: ignore[misc]
        return DataAndFiles(lines_as_shown(form.data), form.files) if hasattr(form, "files") else lines_as_shown(form)


def lines_as_shown(fields: QueryDict) -> QueryDict:
    """The fields with lines that end as those of the text that the form showed: browsers send CRLF for every end."""
    shown = fields.copy()
    for name, texts in fields.lists():
        shown.setlist(name, [str(text).replace("\r\n", "\n") for text in texts])
    return shown


class BrowserFormParser(FromBrowserOnly, FormParser):
    """A plain HTML form of the browsable API."""


class BrowserMultiPartParser(FromBrowserOnly, MultiPartParser):
    """A multipart HTML form of the browsable API."""
