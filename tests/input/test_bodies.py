"""What is no body, whatever it would have said: one parser for every endpoint (contract 1)."""

from functools import partial
from itertools import product
from typing import Any

import pytest

from accounts.models import User
from tests.conftest import Caller
from tests.factories import PASSWORD, make_subject
from tests.input.conftest import Wanted, assert_refused

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
Refusal = tuple[int, Wanted]
NOT_JSON, LARGE = (400, "parse_error"), (413, "")
NO_OBJECT: Refusal = (400, [(None, "invalid")])
MOST_BYTES = 64 * 1024
BODIES: dict[str, tuple[bytes, Refusal]] = {
    "half": (b'{"name": "Algebra"', NOT_JSON),
    "two": (b'{"name": "Algebra"}{"name": "Algebra"}', NOT_JSON),
    "a comma too many": (b'{"name": "Algebra",}', NOT_JSON),
    "single quotes": (b"{'name': 'Algebra'}", NOT_JSON),
    "a comment": (b'{"name": "Algebra"} // a subject', NOT_JSON),
    "names without quotes": (b'{name: "Algebra"}', NOT_JSON),
    "a form": (b"name=Algebra", NOT_JSON),
    "markup": (b"<name>Algebra</name>", NOT_JSON),
    "spaces": (b" \n\t ", NOT_JSON),
    "a key twice": (b'{"name": "Algebra", "name": "Botany"}', NOT_JSON),
    "a key twice, spelled otherwise": (b'{"name": "Algebra", "n\\u0061me": "Botany"}', NOT_JSON),
    "a key twice, deep inside": (b'{"name": "Algebra", "x": [{"a": {"b": 1, "b": 1}}]}', NOT_JSON),
    "NaN": (b'{"name": "Algebra", "x": NaN}', NOT_JSON),
    "Infinity": (b'{"name": "Algebra", "x": Infinity}', NOT_JSON),
    "minus Infinity": (b'{"name": "Algebra", "x": -Infinity}', NOT_JSON),
    "1e400": (b'{"name": "Algebra", "x": 1e400}', NOT_JSON),
    "-1e400": (b'{"name": "Algebra", "x": -1e400}', NOT_JSON),
    "5,000 digits": (b'{"name": "Algebra", "x": ' + b"1" * 5000 + b"}", NOT_JSON),
    "a leading zero": (b'{"name": "Algebra", "x": 01}', NOT_JSON),
    "a plus": (b'{"name": "Algebra", "x": +1}', NOT_JSON),
    "hexadecimal": (b'{"name": "Algebra", "x": 0x1}', NOT_JSON),
    "True": (b'{"name": "Algebra", "x": True}', NOT_JSON),
    "a raw NUL": (b'{"name": "Alg\x00ebra"}', NOT_JSON),
    "a raw newline": (b'{"name": "Alg\nebra"}', NOT_JSON),
    "a bad escape": (b'{"name": "Alg\\xebra"}', NOT_JSON),
    "half an escape": (b'{"name": "Alg\\u00"}', NOT_JSON),
    "21 deep": (b'{"name": "Algebra", "x": ' + b"[" * 21 + b"]" * 21 + b"}", NOT_JSON),
    "1,000 deep": (b'{"name": "Algebra", "x": ' + b"[" * 1000 + b"]" * 1000 + b"}", NOT_JSON),
    "1,000 deep, objects": (b'{"x":' * 1000 + b"1" + b"}" * 1000, NOT_JSON),
    "10,000 deep, never closed": (b"[" * 10_000, NOT_JSON),
    "a byte order mark": (b'\xef\xbb\xbf{"name": "Algebra"}', NOT_JSON),
    "UTF-16": ('{"name": "Algebra"}'.encode("utf-16"), NOT_JSON),
    "UTF-16 without a mark": ('{"name": "Algebra"}'.encode("utf-16-le"), NOT_JSON),
    "UTF-32": ('{"name": "Algebra"}'.encode("utf-32"), NOT_JSON),
    "UTF-7": ('{"name": "Ärzte"}'.encode("utf-7").replace(b'"', b"+ACI-"), NOT_JSON),
    "Latin-1": ('{"name": "Ärzte"}'.encode("latin-1"), NOT_JSON),
    "overlong UTF-8": (b'{"name": "Alg\xc0\xafebra"}', NOT_JSON),
    "surrogates in UTF-8": (b'{"name": "\xed\xa0\x80"}', NOT_JSON),
    "gzip": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xabV", NOT_JSON),
    "a list": (b'[{"name": "Algebra"}]', NO_OBJECT),
    "a text": (b'"Algebra"', NO_OBJECT),
    "a number": (b"1", NO_OBJECT),
    "true": (b"true", NO_OBJECT),
    "null": (b"null", (400, [(None, "null")])),
    "a byte too long": (b'{"name": "' + b"x" * (MOST_BYTES - 11) + b'"}', LARGE),
    "a list of 40,000": (b"[" + b"0," * 40_000 + b"0]", LARGE),
}
KINDS: dict[str, dict[str, str]] = {
    "text": {"content_type": "text/plain"},
    "nothing": {"content_type": ""},
    "nonsense": {"content_type": "nonsense"},
    "a wildcard": {"content_type": "*/*"},
    "half a wildcard": {"content_type": "application/*"},
    "a list of types": {"content_type": f"{JSON}, text/plain"},
    "a patch": {"content_type": "application/merge-patch+json"},
    "JSON by another name": {"content_type": "text/json"},
    "XML": {"content_type": "application/xml"},
    "a form": {"content_type": FORM},
    "a form in parts": {"content_type": "multipart/form-data; boundary=x"},
    "UTF-16": {"content_type": f"{JSON}; charset=utf-16"},
    "UTF-7": {"content_type": f"{JSON}; charset=utf-7"},
    "UTF-32 in quotes": {"content_type": f'{JSON}; charset="utf-32"'},
    "Latin-1": {"content_type": f"{JSON}; charset=iso-8859-1"},
    "zlib": {"content_type": f"{JSON}; charset=zlib"},
    "punycode": {"content_type": f"{JSON}; charset=punycode"},
    "the second of two charsets": {"content_type": f"{JSON}; charset=utf-8; charset=utf-16"},
    "a file as charset": {"content_type": f"{JSON}; charset=../../etc/passwd"},
    "gzip": {"HTTP_CONTENT_ENCODING": "gzip"},
    "brotli": {"HTTP_CONTENT_ENCODING": "br"},
    "identity twice": {"HTTP_CONTENT_ENCODING": "identity, identity"},
    "an encoding of none": {"HTTP_CONTENT_ENCODING": "none"},
}
READ_NO_BODY = [
    ("POST", "/auth/logout-all"),
    ("POST", "/auth/me/calendar"),
    ("DELETE", "/auth/me/calendar"),
    ("POST", "/auth/me/heatmap"),
    ("DELETE", "/subjects/{id}"),
    ("GET", "/subjects"),
    ("HEAD", "/subjects"),
    ("OPTIONS", "/subjects"),
    ("GET", "/sessions/export"),
    ("GET", "/stats/today"),
    ("GET", "/auth/me"),
    ("GET", "/health/live"),
    ("GET", "/"),
]
"""Where a body says nothing, and still has to be of a kind that is read."""
LENGTHS: dict[str, tuple[str, Refusal]] = {
    "negative": ("-1", NOT_JSON),
    "no number": ("abc", NOT_JSON),
    "a fraction": ("19.0", NOT_JSON),
    "two": ("19, 19", NOT_JSON),
    "a plus": ("+19", NOT_JSON),
    "too short": ("5", NOT_JSON),
    "too long": ("65537", LARGE),
    "far too long": ("9" * 30, LARGE),
}


def send(
    caller: Caller, body: bytes, path: str = "/subjects", method: str = "POST", content_type: str = JSON, **more: Any
) -> Any:
    as_text: Any = body  # that a body may be bytes the stubs do not know
    return caller.generic(method, path, as_text, content_type, **more)


@pytest.mark.parametrize("path", ["/subjects", "/auth/login", "/auth/register", "/auth/refresh", "/auth/logout"])
def test_what_is_no_body(as_alice: Caller, path: str, subtests: pytest.Subtests) -> None:
    for name, (body, (status, wanted)) in BODIES.items():
        with subtests.test(name):
            assert_refused(partial(send, as_alice, body, path), status, wanted)


@pytest.mark.parametrize("path", ["/subjects", "/sessions/start", "/auth/password", "/auth/login"])
def test_what_is_said_to_be_something_else(as_alice: Caller, path: str, subtests: pytest.Subtests) -> None:
    for name, said in KINDS.items():
        with subtests.test(name):
            assert_refused(partial(send, as_alice, b'{"name": "Algebra"}', path, **said), 415)


@pytest.mark.parametrize(("method", "path"), READ_NO_BODY)
def test_so_it_is_where_no_body_is_read(
    as_alice: Caller, alice: User, method: str, path: str, subtests: pytest.Subtests
) -> None:
    """A body that no view asks for is never seen by a parser: whatever it says it is would pass."""
    address = path.format(id=make_subject(alice).pk)
    as_alice.get(address.removesuffix("export"))  # an answer that is kept does not pass for another either
    for name in ("text", "a form", "UTF-16", "gzip"):
        with subtests.test(name):
            assert_refused(partial(send, as_alice, b"{}", address, method, **KINDS[name]), 415)


def test_what_is_no_length(as_alice: Caller, subtests: pytest.Subtests) -> None:
    for name, (length, (status, wanted)) in LENGTHS.items():
        with subtests.test(name):
            assert_refused(partial(send, as_alice, b'{"name": "Algebra"}', CONTENT_LENGTH=length), status, wanted)


def test_a_body_without_a_length_is_refused(as_alice: Caller, subtests: pytest.Subtests) -> None:
    for coding, method in product(("chunked", "gzip, chunked", "identity", "CHUNKED"), ("POST", "GET")):
        with subtests.test(coding, method=method):
            asked = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": coding}
            assert_refused(partial(send, as_alice, b'{"name": "Algebra"}', method=method, **asked), 411, "error")


def test_a_password_in_what_cannot_be_read_is_not_shown(anonymous: Caller) -> None:
    body = f'{{"password": "{PASSWORD}"'.encode()
    assert_refused(partial(send, anonymous, body, "/auth/login"), *NOT_JSON)
