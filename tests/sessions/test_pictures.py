"""What all pictures have in common: type, tag, errors, and for how long they are kept (contract 5)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from accounts.models import User
from tests.conftest import NOT_AUTHENTICATED, Caller, problem
from tests.factories import MONDAY, make_session, make_subject
from tests.sessions.drawings import Drawing
from tests.sessions.test_today import kept_seconds

pytestmark = [pytest.mark.everywhere, pytest.mark.usefixtures("at_two")]

PICTURES = ["/stats/heatmap.svg", "/stats/summary.svg", "/stats/summary.svg?group_by=subject"]
BROWSERS_IMAGES = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
BROWSERS_PAGES = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"


@pytest.fixture(params=PICTURES)
def address(request: pytest.FixtureRequest, alice: User) -> str:
    make_session(make_subject(alice), MONDAY - timedelta(hours=2))
    return request.param


@pytest.mark.parametrize("accept", ["", "*/*", "image/svg+xml", "image/*", BROWSERS_IMAGES, BROWSERS_PAGES])
def test_whoever_takes_anything_or_pictures_gets_it(as_alice: Caller, address: str, accept: str) -> None:
    headers: Any = {"HTTP_ACCEPT": accept} if accept else {}
    response = as_alice.get(address, **headers)
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Vary"].startswith("Authorization, Accept")


def test_it_has_a_name_and_a_description_for_who_does_not_see_it(as_alice: Caller, address: str) -> None:
    drawing = Drawing(as_alice.get(address).content)
    assert (drawing.root.get("role"), drawing.root.get("aria-labelledby")) == ("img", "title description")
    assert [drawing.root[0].get("id"), drawing.root[1].get("id")] == ["title", "description"]
    assert "1 h" in drawing.title
    assert drawing.description.endswith(("1 h.", "1 h: Monday, 2 March 2026.", "100.00 %"))


def test_it_may_have_a_style_and_nothing_else(as_alice: Caller, address: str) -> None:
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert as_alice.get(address)["Content-Security-Policy"] == policy
    assert as_alice.get(address)["Content-Security-Policy"] == policy, "one that was kept"


def test_it_is_not_sent_to_who_has_it(as_alice: Caller, address: str) -> None:
    tag = as_alice.get(address)["ETag"]
    again = as_alice.get(address, HTTP_IF_NONE_MATCH=tag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)


def test_a_head_is_the_get_without_the_picture(as_alice: Caller, address: str) -> None:
    shown, head = as_alice.get(address), as_alice.head(address)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "ETag", "Content-Length"):
        assert head[name] == shown[name]


def test_what_is_no_picture_is_not_to_be_had_here(as_alice: Caller, address: str) -> None:
    response = as_alice.get(address, HTTP_ACCEPT="application/json")
    assert response.status_code == 406
    assert response["Content-Type"] == "application/problem+json"
    detail = "This is not to be had in any of the forms that are accepted."
    assert response.json() == problem(406, "not_acceptable", "Not Acceptable", detail)


@pytest.mark.parametrize("statistic", ["/stats/today", "/stats/streak", "/stats/year/2026", "/subjects"])
def test_what_is_not_drawn_is_not_to_be_had_as_a_picture(as_alice: Caller, statistic: str) -> None:
    assert as_alice.get(statistic, HTTP_ACCEPT="image/svg+xml").status_code == 406


def test_nobody_sees_nothing(anonymous: Caller, address: str) -> None:
    response = anonymous.get(address)
    assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")
    assert response.json() == NOT_AUTHENTICATED


def test_a_stranger_sees_their_own(as_charlie: Caller, address: str) -> None:
    assert "Nothing studied" in Drawing(as_charlie.get(address).content).title


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_only_read(as_alice: Caller, address: str, method: str) -> None:
    response = getattr(as_alice, method)(address)
    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")


def test_what_may_be_asked_is_told_in_json(as_alice: Caller, address: str) -> None:
    response = as_alice.options(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.json()["renders"] == ["image/svg+xml"]


@pytest.mark.parametrize("accept", ["*/*", "image/svg+xml"])
def test_it_is_kept_and_forgotten_with_a_change(
    as_alice: Caller, alice: User, address: str, accept: str, django_assert_num_queries: Any
) -> None:
    first = as_alice.get(address, HTTP_ACCEPT=accept)
    with django_assert_num_queries(0):
        kept = as_alice.get(address, HTTP_ACCEPT=accept)
    assert (kept.content, kept.headers["Content-Type"]) == (first.content, "image/svg+xml")
    make_session(alice.subjects.get(), MONDAY - timedelta(hours=6), minutes=30)
    assert "1 h 30 min" in Drawing(as_alice.get(address, HTTP_ACCEPT=accept).content).title


def test_what_is_kept_of_a_picture_is_not_given_for_the_json(as_alice: Caller, address: str) -> None:
    as_alice.get(address)
    response = as_alice.get(address.replace(".svg", ""))
    assert response["Content-Type"] == "application/json"


def test_a_kept_picture_ends_with_the_day(alice: User, address: str, at_two: time_machine.Traveller) -> None:
    """Kept for five minutes, yesterday's would still be given after midnight."""
    at_two.shift(timedelta(hours=9, seconds=-3))
    before = Drawing(Caller(alice).get(address).content).title
    assert kept_seconds() in (None, 2, 3)
    at_two.shift(timedelta(seconds=3))
    if kept_seconds() is not None:
        cache.clear()  # Redis goes by a clock of its own
    after = Drawing(Caller(alice).get(address).content).title
    assert ("2 March 2026" in before, "3 March 2026" in after) == (True, True)
