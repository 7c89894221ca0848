"""What bodies may be (contract 1)."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlencode

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.test.client import BOUNDARY, MULTIPART_CONTENT, RequestFactory, encode_multipart

from accounts.models import User
from studytrack import asgi
from studytrack.wsgi import application
from subjects.models import Subject
from tests.conftest import NOT_AUTHENTICATED, Caller, invalid, problem
from tests.factories import make_subject
from tests.studytrack.conftest import CSRF_TOKEN, Browser

pytestmark = pytest.mark.everywhere

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
KIB = 1024
NOT_JSON = problem(400, "parse_error", "Bad Request", "The body is not valid JSON.")
NOT_UTF_8 = problem(400, "parse_error", "Bad Request", "The body is not UTF-8.")
TOO_LARGE = problem(413, "payload_too_large", "Content Too Large", "The body is too large.")
NOT_SAID_TO_BE_JSON = problem(
    415, "unsupported_media_type", "Unsupported Media Type", "Send the body as application/json."
)
OTHER_ENCODING = problem(415, "unsupported_media_type", "Unsupported Media Type", "Bodies are plain UTF-8.")


def send(caller: Caller, body: bytes, content_type: str = JSON, *, path: str = "/subjects", **more: Any) -> Any:
    as_text: Any = body  # that a body may be bytes the stubs do not know
    return caller.generic("POST", path, as_text, content_type, **more)


def padded(size: int) -> bytes:
    """A body of exactly this many bytes that makes a subject."""
    start = b'{"name": "Algebra", "ignored": "'
    return start + b"x" * (size - len(start) - 2) + b'"}'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"name": "Algebra"',
        b"{'name': 'Algebra'}",
        b'{"name": "Algebra",}',
        b'{"name": "Algebra"} {}',
        b'{"name": "Algebra", "name": "Algebra"}',
        b'{"name": "Algebra", "nested": [{"a": 1, "a": 2}]}',
        b'{"name": "Algebra", "total_hours_goal": NaN}',
        b'{"name": "Algebra", "total_hours_goal": Infinity}',
        b'{"name": "Algebra", "total_hours_goal": -Infinity}',
        b'{"name": "Algebra", "total_hours_goal": 1e400}',
        b'{"name": "Algebra", "total_hours_goal": -1e400}',
        b'{"name": "Algebra", "total_hours_goal": ' + b"9" * 5000 + b"}",
        b'{"name": "Alg\x00ebra"}',
        b'\xef\xbb\xbf{"name": "Algebra"}',
    ],
)
def test_what_is_not_strict_json_is_refused(as_alice: Caller, body: bytes) -> None:
    response = send(as_alice, body, CONTENT_LENGTH=str(len(body)))
    if body:
        assert (response.status_code, response.json()) == (400, NOT_JSON)
    else:
        assert (response.status_code, response.json()) == (400, invalid("name", "required", "This field is required."))
    assert not Subject.objects.exists()


@pytest.mark.parametrize("body", ['{"name": "Algebra"}'.encode("utf-16"), '{"name": "Ä"}'.encode("latin-1")])
def test_what_is_not_utf_8_is_refused(as_alice: Caller, body: bytes) -> None:
    response = send(as_alice, body)
    assert (response.status_code, response.json()) == (400, NOT_UTF_8)
    assert not Subject.objects.exists()


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register", "/auth/refresh", "/auth/logout"])
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("depth", [1_000, 10_000])
def test_deep_nesting_is_no_error_of_ours(anonymous: Caller, path: str, opening: bytes, depth: int) -> None:
    """Python's parser raises RecursionError at 1,000, which is a 500."""
    response = send(anonymous, opening * depth, path=path)
    assert (response.status_code, response.json()) == (400, NOT_JSON)


def test_nesting_of_100_000_is_too_large_before_it_is_too_deep(anonymous: Caller) -> None:
    response = send(anonymous, b"[" * 100_000, path="/auth/login")
    assert (response.status_code, response.json()) == (413, TOO_LARGE)


@pytest.mark.parametrize("depth", [21, 500, 900])
def test_nesting_that_can_just_be_read_is_refused(as_alice: Caller, depth: int) -> None:
    """To look it up among the choices writes it as text, which needs more of the stack than reading it did: a 500."""
    response = send(as_alice, b'{"name": "Algebra", "status": ' + b"[" * depth + b"]" * depth + b"}")
    assert (response.status_code, response.json()) == (400, NOT_JSON)


def test_unknown_fields_are_ignored(as_alice: Caller) -> None:
    nested = b"[" * 10 + b"]" * 10
    assert send(as_alice, b'{"name": "Algebra", "colour": ' + nested + b"}").status_code == 201


@pytest.mark.parametrize("body", [b"[]", b"null", b"true", b"1", b'"Algebra"', b'[{"name": "Algebra"}]'])
@pytest.mark.parametrize("path", ["/subjects", "/sessions", "/auth/register", "/auth/login", "/auth/refresh"])
def test_the_body_is_an_object(as_alice: Caller, path: str, body: bytes) -> None:
    response = send(as_alice, body, path=path)
    error = response.json()["errors"]
    assert response.status_code == 400
    assert response.json() == invalid(None, error[0]["code"], error[0]["detail"])
    assert error[0]["code"] in ("invalid", "null")


@pytest.mark.parametrize("text", [b"\\ud800", b"\\udc00\\ud800", b"\\u0000"])
def test_lone_surrogates_are_no_text(as_alice: Caller, text: bytes) -> None:
    response = send(as_alice, b'{"name": "Algebra' + text + b'"}')
    expected = invalid("name", "forbidden_character", "Control characters and lone surrogates are not text.")
    assert (response.status_code, response.json()) == (400, expected)


def test_a_name_of_a_field_may_be_anything(as_alice: Caller) -> None:
    assert send(as_alice, b'{"name": "Algebra", "\\ud800": 1, "__proto__": 2}').status_code == 201


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "application/json-patch+json", "", "nonsense"]
)
def test_what_does_not_say_that_it_is_json_is_415(as_alice: Caller, content_type: str) -> None:
    response = send(as_alice, b'{"name": "Algebra"}', content_type)
    assert (response.status_code, response.json()) == (415, NOT_SAID_TO_BE_JSON)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf8"])
def test_utf_8_may_be_said(as_alice: Caller, charset: str) -> None:
    assert send(as_alice, '{"name": "Ä"}'.encode(), f"{JSON}; charset={charset}").status_code == 201
    assert Subject.objects.get().name == "Ä"


@pytest.mark.parametrize("charset", ["zlib", "utf-16", "latin-1", "base64", "none-that-is-known"])
def test_other_charsets_are_refused(as_alice: Caller, charset: str) -> None:
    """By default the body is decoded with whatever Python knows by this name, zlib's decompression too."""
    response = send(as_alice, b'{"name": "Algebra"}', f"{JSON}; charset={charset}")
    assert (response.status_code, response.json()) == (415, OTHER_ENCODING)


@pytest.mark.parametrize("charset", ["zlib", "utf-16", "base64"])
def test_a_charset_says_nothing_about_the_query(alice: User, as_alice: Caller, charset: str) -> None:
    """Django decodes the query by the charset of the body, and lets the exception out if that is no text encoding."""
    make_subject(alice, "Ärztekunde")
    bearer = {"Authorization": f"Bearer {as_alice.tokens['access']}"}
    environ = RequestFactory().get("/subjects?search=Ä", headers=bearer).environ
    environ["CONTENT_TYPE"] = f"{JSON}; charset={charset}"
    answer: Any = Mock()
    body = b"".join(application(environ, answer))
    assert (answer.call_args.args[0], json.loads(body)["count"]) == ("200 OK", 1)


def by_wsgi(path: str, form: bytes, headers: dict[str, str]) -> bytes:
    content_type = headers.pop("Content-Type")
    environ = RequestFactory().generic("POST", path, form, content_type, headers=headers).environ
    return b"".join(application(environ, Mock()))


def by_asgi(path: str, form: bytes, headers: dict[str, str]) -> bytes:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    more: Any = {"path": path, "headers": [(b"host", b"localhost"), (b"content-length", b"%d" % len(form)), *raw]}

    async def ask() -> bytes:
        door = ApplicationCommunicator(asgi.application, {"type": "http", "method": "POST", **more})
        await door.send_input({"type": "http.request", "body": form})
        await door.receive_output(10)
        content: bytes = (await door.receive_output(10))["body"]
        await door.wait()
        return content

    return async_to_sync(ask)()


@pytest.mark.parametrize("door", [by_wsgi, by_asgi])
@pytest.mark.parametrize("path", ["/auth/session/login", "/admin/login/"])
def test_a_form_of_djangos_own_is_utf_8_too(alice: User, path: str, door: Callable[..., bytes]) -> None:
    """Django decodes its fields by the charset that it names: a 500 where that is no text encoding."""
    form = encode_multipart(BOUNDARY, {"username": "Älice", "password": "guess"})
    headers = {"Content-Type": f"{MULTIPART_CONTENT}; charset=zlib", "Accept": "text/html"}
    own = {"Cookie": f"csrftoken={CSRF_TOKEN}", "X-CSRFToken": CSRF_TOKEN}
    assert 'value="Älice"' in door(path, form, headers | own).decode()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_compressed_bodies_are_refused(as_alice: Caller, encoding: str) -> None:
    response = send(as_alice, b'{"name": "Algebra"}', headers={"Content-Encoding": encoding})
    assert (response.status_code, response.json()) == (415, OTHER_ENCODING)


def test_a_body_of_64_kib_is_read_and_a_byte_more_is_not(as_alice: Caller) -> None:
    assert send(as_alice, padded(64 * KIB)).status_code == 201
    response = send(as_alice, padded(64 * KIB + 1))
    assert (response.status_code, response.json()) == (413, TOO_LARGE)


class Unreadable(BytesIO):
    """A stream that nobody may touch."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read


@pytest.mark.parametrize("path", ["/subjects", "/auth/login", "/auth/logout-all", "/auth/session/login"])
@pytest.mark.parametrize("content_type", [JSON, FORM, MULTIPART_CONTENT])
def test_what_is_too_large_is_not_read(browser: Browser, path: str, content_type: str) -> None:
    """A form's CSRF token is looked for in the body, before any parser is asked: uploads of any size are stored."""
    stream: dict[str, Any] = {"wsgi.input": Unreadable(), "CONTENT_LENGTH": str(64 * KIB + 1)}
    response = browser.generic("POST", path, "", content_type, **stream)
    assert (response.status_code, response.json()) == (413, TOO_LARGE)


def test_a_body_in_chunks_is_refused_and_not_lost(as_alice: Caller) -> None:
    """WSGI knows bodies by their length alone: Django would read none, and answer 200."""
    response = send(as_alice, b'{"name": "Algebra"}', CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    expected = problem(411, "error", "Length Required", "Send the body whole, with a Content-Length.")
    assert (response.status_code, response.json()) == (411, expected)


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register", "/auth/refresh", "/auth/logout", "/subjects"])
def test_half_a_character_is_refused_on_a_page_too(as_alice: Caller, path: str) -> None:
    """The page shows again what was typed, and is UTF-8."""
    body = r'{"username": "\ud800", "password": "\ud800", "refresh": "\ud800", "name": "\ud800"}'
    response = as_alice.generic("POST", path, body, JSON, HTTP_ACCEPT="text/html")
    assert response.status_code == 400


@pytest.mark.parametrize("content_type", ["*/*", "application/*"])
def test_a_range_of_types_is_none(as_alice: Caller, content_type: str) -> None:
    """DRF matches in both directions."""
    response = as_alice.generic("POST", "/subjects", '{"name": "Algebra"}', content_type)
    assert response.status_code == 415


@pytest.mark.parametrize("length", ["-1", "abc", "1.5", "0x10"])
def test_a_length_is_a_number(as_alice: Caller, length: str) -> None:
    response = send(as_alice, b'{"name": "Algebra"}', CONTENT_LENGTH=length)
    expected = problem(400, "parse_error", "Bad Request", "The length of the body is no number.")
    assert (response.status_code, response.json()) == (400, expected)


@pytest.mark.parametrize("length", ["9" * 5000, "0" * 30 + "65537"])
def test_a_length_is_read_to_its_last_digit(as_alice: Caller, length: str) -> None:
    """Python reads no number of thousands of digits; the first few of one can be zeros."""
    assert send(as_alice, b"{}", CONTENT_LENGTH=length).status_code == 413


@pytest.mark.parametrize(("body", "length"), [(b'{"name": "Algebra"}', "3"), (b'{"name": "Al', "60000")])
def test_a_length_that_lies_makes_no_subject(as_alice: Caller, body: bytes, length: str) -> None:
    stream: dict[str, Any] = {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": length}
    response = send(as_alice, b"", **stream)
    assert (response.status_code, response.json()) == (400, NOT_JSON)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(urlencode({"name": "Algebra"}), FORM), (encode_multipart(BOUNDARY, {"name": "Algebra"}), MULTIPART_CONTENT)],
)
class TestForms:
    """Forms of the browsable API: with its session and its CSRF token, and on no other way."""

    def test_a_browser_sends_its_form(self, browser: Browser, body: Any, content_type: str) -> None:
        response = browser.send(body, content_type)
        assert (response.status_code, response.json()["name"]) == (201, "Algebra")

    def test_without_the_token_it_is_forgery(self, browser: Browser, body: Any, content_type: str) -> None:
        response = browser.send(body, content_type, token=False)
        assert (response.status_code, response.json()) == (403, NO_CSRF_TOKEN)
        assert not Subject.objects.exists()

    def test_with_a_bearer_token_it_is_415(self, as_alice: Caller, body: Any, content_type: str) -> None:
        response = send(as_alice, body, content_type)
        assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")
        assert not Subject.objects.exists()

    def test_from_nobody_it_is_401(self, anonymous: Caller, body: Any, content_type: str) -> None:
        response = send(anonymous, body, content_type)
        assert (response.status_code, response.json()) == (401, NOT_AUTHENTICATED)

    def test_elsewhere_it_is_415(self, browser: Browser, body: Any, content_type: str) -> None:
        response = browser.send(body, content_type, path="/auth/password")
        assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")

    def test_in_another_charset_it_is_415(self, browser: Browser, body: Any, content_type: str) -> None:
        response = browser.send(body, f"{content_type}; charset=zlib")
        assert (response.status_code, response.json()) == (415, OTHER_ENCODING)


NO_CSRF_TOKEN = problem(403, "permission_denied", "Forbidden", "CSRF Failed: CSRF token missing.")


def test_json_of_a_browser_needs_the_token_too(browser: Browser) -> None:
    response = browser.send(b'{"name": "Algebra"}', JSON, token=False)
    assert (response.status_code, response.json()) == (403, NO_CSRF_TOKEN)
    assert browser.send(b'{"name": "Algebra"}', JSON).status_code == 201


@pytest.mark.parametrize("body", [urlencode({f"field{n}": "" for n in range(1001)}), "&" * 1001])
def test_a_form_of_a_thousand_fields_is_refused(browser: Browser, body: str) -> None:
    """Django refuses it while the CSRF token is looked for, where DRF makes a 500 of it."""
    response = browser.send(body, FORM, token=False)
    expected = problem(400, "parse_error", "Bad Request", "Malformed request.")
    assert (response.status_code, response.json()) == (400, expected)


def test_a_broken_multipart_form_is_refused(browser: Browser) -> None:
    response = browser.send(b"no parts", "multipart/form-data; boundary=")
    assert (response.status_code, response.json()["code"]) == (400, "parse_error")
