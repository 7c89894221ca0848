"""The shortcut to a kept answer: what comes by it is what comes through all middlewares, and nothing else does."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts import sign_ins
from accounts.models import User
from studytrack.api import shortcut
from tests.conftest import Caller
from tests.factories import make_session, make_subject
from tests.logs import Log

pytestmark = pytest.mark.everywhere

CHANGE_EACH_TIME = ("RateLimit",)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each request, whether it was answered by the shortcut."""
    found, answer = [], shortcut.answer

    def answer_and_tell(*args: Any) -> Any:
        answered = answer(*args)
        found.append(answered is not None)
        return answered

    monkeypatch.setattr(shortcut, "answer", answer_and_tell)
    return found


def said(response: Any) -> tuple[int, str, bytes, dict[str, str]]:
    headers = {name.lower(): value for name, value in response.items() if name not in CHANGE_EACH_TIME}
    return response.status_code, response.reason_phrase, response.content, headers


@pytest.mark.parametrize("address", ["/subjects", "/sessions?page=1", "/stats/today", "/stats/heatmap.svg"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_IF_NONE_MATCH": "the one that it has"},
        {"HTTP_ORIGIN": "https://app.example.org"},
        {"HTTP_HOST": "localhost", "HTTP_X_FORWARDED_FOR": "192.0.2.1"},
        {"HTTP_COOKIE": "a=b", "HTTP_ACCEPT_ENCODING": "gzip"},
        {"secure": True},
    ],
)
def test_what_comes_by_it_is_what_comes_without(
    as_alice: Caller, alice: User, taken: list[bool], address: str, headers: dict[str, Any]
) -> None:
    """First by the view, then by all middlewares, then by the shortcut."""
    make_session(make_subject(alice), timezone.now() - timedelta(hours=3))
    first = as_alice.get(address, **headers)
    if "HTTP_IF_NONE_MATCH" in headers:
        headers["HTTP_IF_NONE_MATCH"] = first["ETag"]
    around, by_shortcut = as_alice.get(address, **headers), as_alice.get(address, **headers)
    assert taken == [False, False, True]
    assert said(by_shortcut) == said(around)
    assert int(by_shortcut["RateLimit"].partition("r=")[2].partition(";")[0]) == remaining(around) - 1


def remaining(response: Any) -> int:
    return int(response["RateLimit"].partition("r=")[2].partition(";")[0])


def test_its_line_in_the_log_is_like_any_other(as_alice: Caller, alice: User, taken: list[bool]) -> None:
    with Log() as log:
        for _ in range(3):
            as_alice.get("/subjects")
    assert taken[-1]
    around, by_shortcut = [
        {name: value for name, value in line.items() if name not in {"time", "ms"}}
        for line in log.lines("studytrack.requests")[-2:]
    ]
    assert by_shortcut == around
    assert by_shortcut["user"] == alice.pk


def test_one_manner_of_asking_serves_for_all_that_is_kept(as_alice: Caller, taken: list[bool]) -> None:
    addresses = ("/subjects", "/sessions", "/subjects?page=1&search=a")
    for address in addresses:
        as_alice.get(address)
    as_alice.get("/subjects")
    taken.clear()
    assert [as_alice.get(address).status_code for address in addresses] == [200] * 3
    assert taken == [True] * 3


@pytest.mark.parametrize(
    "changed",
    [
        {"HTTP_HOST": "evil.example.org"},
        {"HTTP_ACCEPT": "text/html"},
        {"HTTP_ORIGIN": "https://app.example.org"},
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"secure": True},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"CONTENT_LENGTH": "2"},
    ],
)
def test_who_asks_otherwise_is_judged_by_everybody(
    as_alice: Caller, taken: list[bool], changed: dict[str, Any]
) -> None:
    known(as_alice)
    as_alice.get("/subjects", **changed)
    assert taken[-2:] == [True, False]


@pytest.mark.parametrize("credentials", ["Bearer nonsense", "bearer", ""])
def test_nor_is_who_has_no_token(as_alice: Caller, taken: list[bool], credentials: str) -> None:
    known(as_alice)
    as_alice.credentials(HTTP_AUTHORIZATION=credentials)
    assert as_alice.get("/subjects").status_code == 401
    assert taken[-2:] == [True, False]


@pytest.mark.parametrize("learned", ["/stats/heatmap", "/stats/heatmap.svg"])
@pytest.mark.parametrize("accept", ["*/*", "application/json", "image/svg+xml", "text/html"])
def test_what_is_wanted_is_judged_for_each_answer(as_alice: Caller, learned: str, accept: str) -> None:
    """A manner that was let through to a picture is not let through to JSON."""
    addresses = ("/stats/heatmap", "/stats/heatmap.svg", "/subjects")

    def asked() -> list[Any]:
        answers = [as_alice.get(address, HTTP_ACCEPT=accept) for address in addresses]
        return [(answer.status_code, answer["Content-Type"]) for answer in answers]

    before = asked()
    for address in addresses:
        assert as_alice.get(address).status_code == 200  # so that it is kept
    for _ in range(3):
        as_alice.get(learned, HTTP_ACCEPT=accept)
    assert asked() == before
    assert as_alice.get("/stats/heatmap")["Content-Type"] == "application/json"


def test_what_depends_on_the_answer_is_judged_for_each(as_alice: Caller, alice: User) -> None:
    """`If-Match` names what one of them looks like."""
    first, second = make_subject(alice), make_subject(alice, "Botany")
    etag = as_alice.get(f"/subjects/{first.pk}")["ETag"]
    as_alice.get(f"/subjects/{second.pk}")
    statuses = [
        as_alice.get(f"/subjects/{subject.pk}", HTTP_IF_MATCH=etag).status_code for subject in 2 * [first, second]
    ]
    assert statuses == [200, 412, 200, 412]


@pytest.mark.parametrize("lacking", ["QUERY_STRING", "PATH_INFO"])
def test_what_a_server_need_not_say_may_be_lacking(as_alice: Caller, lacking: str) -> None:
    """PEP 3333 lets it."""
    known(as_alice)
    (manner,) = shortcut.manners
    environ = dict(manner) | {"PATH_INFO": "/subjects", "QUERY_STRING": ""}
    del environ[lacking]
    answer = shortcut.answer(environ, timezone.now().timestamp())
    assert (answer is None) == (lacking == "PATH_INFO")


@pytest.mark.parametrize("method", ["head", "options", "post", "delete"])
def test_only_get_is_answered(as_alice: Caller, taken: list[bool], method: str) -> None:
    known(as_alice)
    getattr(as_alice, method)("/subjects")
    assert taken[-2:] == [True, False]


def known(caller: Caller) -> None:
    """It asks in a manner that is known by now."""
    assert [caller.get("/subjects").status_code for _ in range(3)] == [200] * 3


def test_after_a_change_the_view_is_asked(as_alice: Caller, alice: User, taken: list[bool]) -> None:
    known(as_alice)
    make_subject(alice, "Botany")
    assert as_alice.get("/subjects").json()["count"] == 1
    assert taken[-2:] == [True, False]


def test_a_request_that_is_handed_on_is_counted_once(as_alice: Caller, alice: User, taken: list[bool]) -> None:
    known(as_alice)
    before = remaining(as_alice.get("/subjects"))
    make_subject(alice, "Botany")
    assert remaining(as_alice.get("/subjects")) == before - 1
    assert remaining(as_alice.get("/subjects/999")) == before - 2
    assert remaining(as_alice.get("/sessions?page=x")) == before - 3
    assert remaining(as_alice.get("/subjects")) == before - 4


def test_the_limit_holds(as_alice: Caller, taken: list[bool], settings: Any) -> None:
    settings.RATE_LIMIT_READ = "5/h"
    assert [as_alice.get("/subjects").status_code for _ in range(7)] == [200] * 5 + [429] * 2
    assert taken == [False, False, True, True, True, False, False]


def test_with_the_limits_window_all_begins_anew(as_alice: Caller, taken: list[bool]) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        known(as_alice)
        clock.shift(timedelta(seconds=61))
        as_alice.get("/subjects")
        assert remaining(as_alice.get("/subjects")) == remaining(as_alice.get("/subjects")) + 1
    assert taken == [False, False, True, False, True, True]


def test_with_the_token_it_ends(as_alice: Caller, taken: list[bool], settings: Any) -> None:
    settings.RATE_LIMIT_READ = "1000/d"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        known(as_alice)
        clock.shift(timedelta(minutes=30))
        assert as_alice.get("/subjects").status_code == 401
    assert taken[-1] is False


def test_with_the_sign_in_it_ends(as_alice: Caller, alice: User, taken: list[bool]) -> None:
    known(as_alice)
    sign_ins.end_all(alice)
    assert as_alice.get("/subjects").status_code == 401
    assert taken[-2:] == [True, False]


def test_manners_are_not_remembered_without_end(
    as_alice: Caller, taken: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortcut, "MANNERS_REMEMBERED", 3)
    as_alice.get("/subjects")
    for number in range(10):
        as_alice.get("/subjects", HTTP_USER_AGENT=f"browser {number}")
    assert 0 < len(shortcut.manners) <= 3
    before = set(shortcut.manners)
    as_alice.get("/subjects", HTTP_USER_AGENT="x" * 5000)
    as_alice.get("/subjects", headers={"X" * 5000: "1"})
    assert set(shortcut.manners) == before
