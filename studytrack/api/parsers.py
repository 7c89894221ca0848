"""What bodies may be: strict JSON everywhere, and forms where the browsable API sends them."""

import json
import math
from typing import Any, NoReturn

from django.conf import settings
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser, FormParser, MultiPartParser

from studytrack.api.problems import PayloadTooLarge


class StrictJSONParser(BaseParser):
    """UTF-8 JSON as RFC 8259 has it: no NaN, no repeated keys, no byte order mark, nothing too long or too deep."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        request = parser_context["request"]
        refuse_other_encodings(request)
        try:
            return json.loads(
                read_body(stream, request).decode("utf-8"),
                object_pairs_hook=unrepeated,
                parse_constant=refuse_constant,
                parse_float=finite,
            )
        except UnicodeDecodeError:
            raise ParseError("The body is not UTF-8.") from None
        except (ValueError, RecursionError):
            raise ParseError("The body is not valid JSON.") from None


def refuse_other_encodings(request: Any) -> None:
    charset = request.META.get("CONTENT_TYPE", "").lower().partition("charset=")[2].split(";")[0].strip(' "')
    if charset not in ("", "utf-8") or request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType(request.content_type, "Bodies are plain UTF-8.")


def read_body(stream: Any, request: Any) -> bytes:
    """The whole body; PayloadTooLarge before anything is read if it is said to be too long."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if not declared.isdecimal() or int(declared) > settings.MAX_BODY_BYTES:
        raise PayloadTooLarge
    body: bytes = stream.read(settings.MAX_BODY_BYTES + 1)
    if len(body) > settings.MAX_BODY_BYTES:
        raise PayloadTooLarge
    return body


def unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key is repeated")
    return members


def finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


class FromBrowserOnly:
    """A form is taken from a browser session, which CSRF protects; from anybody else it is 415."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        request = parser_context["request"]
        if not isinstance(request.successful_authenticator, SessionAuthentication):
            raise UnsupportedMediaType(request.content_type)
        return super().parse(stream, media_type, parser_context)  # type: ignore[misc]


class BrowserFormParser(FromBrowserOnly, FormParser):
    """A plain HTML form of the browsable API."""


class BrowserMultiPartParser(FromBrowserOnly, MultiPartParser):
    """A multipart HTML form of the browsable API."""
