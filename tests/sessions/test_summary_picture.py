"""GET /stats/summary.svg, and GET /stats/summary that accepts image/svg+xml (contract 5)."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from sessions.pictures import shares
from sessions.pictures.shares import SUBJECTS_AT_MOST
from subjects.models import Subject
from tests.conftest import Caller, refusals
from tests.factories import MONDAY, make_session, make_subject
from tests.sessions.drawings import SVG, Drawing

pytestmark = [pytest.mark.everywhere, pytest.mark.usefixtures("at_two")]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def algebra(alice: User) -> Subject:
    return make_subject(alice)


def draw(caller: Caller, query: str) -> Drawing:
    response = caller.get(f"/stats/summary.svg?{query}")
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml"), response.content
    return Drawing(response.content)


def test_weeks_are_bars_as_high_as_their_time(as_alice: Caller, algebra: Subject) -> None:
    make_session(algebra, MONDAY - HOUR, minutes=60)
    make_session(algebra, MONDAY - 14 * DAY, minutes=240)
    drawing = draw(as_alice, "group_by=week&from=2026-02-16&to=2026-03-02")
    assert drawing.told() == [
        "16 February 2026 – 22 February 2026: 4 h in 1 session",
        "23 February 2026 – 1 March 2026: 0 min",
        "2 March 2026 – 8 March 2026: 1 h in 1 session",
    ]
    assert [bar.get("height") for bar in drawing.of_class("bar")] == ["180.0", "45.0"]
    assert drawing.title == "Study: 5 h, 16 February 2026 – 2 March 2026, by week"
    assert drawing.description == "The most is 4 h: 16 February 2026 – 22 February 2026."


@pytest.mark.parametrize("by", ["day", "week", "month", "weekday", "hour"])
def test_bars_are_as_high_as_the_seconds_of_the_json(as_alice: Caller, algebra: Subject, by: str) -> None:
    for hours_ago in (2, 16, 30, 77, 300):
        make_session(algebra, MONDAY - hours_ago * HOUR, minutes=150 - hours_ago // 3)
    query = f"from=2026-02-01&to=2026-03-02&group_by={by}"
    seconds = [each["seconds"] for each in as_alice.get(f"/stats/summary?{query}&fill=true").json()["groups"]]
    drawing = draw(as_alice, query)
    heights = [float(bar.get("height", "")) for bar in drawing.of_class("bar")]
    assert len(drawing.told()) == len(seconds)
    assert len(heights) == len([each for each in seconds if each])
    for height, second in zip(heights, filter(None, seconds), strict=True):
        assert height / sum(heights) == pytest.approx(second / sum(seconds), abs=0.001)


def test_it_is_the_same_picture_by_media_type(as_alice: Caller, algebra: Subject) -> None:
    make_session(algebra)
    by_type = as_alice.get("/stats/summary?group_by=week", HTTP_ACCEPT="image/svg+xml")
    assert (by_type.status_code, by_type["Content-Type"]) == (200, "image/svg+xml")
    assert by_type.content == as_alice.get("/stats/summary.svg?group_by=week").content


def test_weekdays_are_in_the_order_of_the_users_week(as_alice: Caller, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(week_start=7)
    names = [told.partition(":")[0] for told in draw(as_alice, "group_by=weekday").told()]
    assert names == ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]


def test_subjects_have_the_shares_of_the_json(as_alice: Caller, alice: User, algebra: Subject) -> None:
    make_session(algebra, MONDAY - 3 * HOUR, minutes=60)
    make_session(make_subject(alice, "Botany"), MONDAY - DAY, minutes=125)
    make_subject(alice, "Chemistry")
    drawing = draw(as_alice, "group_by=subject")
    groups = as_alice.get("/stats/summary?group_by=subject").json()["groups"]
    assert [each["percent"] for each in groups] == [67.57, 32.43]
    assert drawing.told() == ["Botany: 2 h 5 min, 67.57 %", "Algebra: 1 h, 32.43 %"]
    assert drawing.words() == ["3 h 5 min", "Botany", "2 h 5 min", "Algebra", "1 h"]
    assert drawing.description == "Botany: 2 h 5 min, 67.57 %; Algebra: 1 h, 32.43 %"
    assert [bar.get("width") for bar in drawing.of_class("bar")] == ["195.95", "94.05"]


def test_subjects_for_which_there_is_no_room_are_one_more_share() -> None:
    labels = [f"Subject {number}" for number in range(100)]
    drawing = Drawing(shares.draw(by_subject(labels)))
    assert len(drawing.of_class("bar")) == SUBJECTS_AT_MOST
    assert drawing.told()[-2:] == ["Subject 10: 1 min, 1.00 %", "89 other subjects: 1 h 29 min, 89.00 %"]


def by_subject(labels: list[str]) -> dict[str, Any]:
    """A summary of subjects with a minute each."""
    each = {"seconds": 60, "minutes": 1, "session_count": 1, "percent": round(100 / len(labels), 2)}
    groups = [{"key": number, "label": label, **each} for number, label in enumerate(labels)]
    days = {"from": MONDAY.date(), "to": MONDAY.date(), "group_by": "subject"}
    return {**days, "totals": {"seconds": 60 * len(labels)}, "groups": groups}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("A" * 100, "A" * 28 + "…"),
        ("線" * 100, "線" * 14 + "…"),
        ("e\u0301" * 50, "e\u0301" * 28 + "…"),
        ("A & B \"or\" 'C'", "A & B \"or\" 'C'"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("not\ufffecharacters\uffff", "not�characters�"),
    ],
)
def test_a_name_has_the_room_that_there_is(name: str, shown: str) -> None:
    """U+FFFE and U+FFFF are text to the API, and no XML: with one of them in it, the whole picture is an error."""
    assert Drawing(shares.draw(by_subject([name]))).words() == ["1 min", shown, "1 min"]


def test_a_name_is_shown_and_not_run(as_alice: Caller, alice: User) -> None:
    """Names have no tags since they were cleaned; those that came by another way are text here all the same."""
    name = "</text><script>alert(1)</script>&lt;\"'"
    Subject.objects.bulk_create([Subject(owner=alice, name=name)])
    make_session(alice.subjects.get(), MONDAY - HOUR)
    drawing = draw(as_alice, "group_by=subject")
    assert drawing.told() == [f"{name}: 1 h, 100.00 %"]
    assert {each.tag.removeprefix(SVG) for each in drawing.root.iter()} == {
        *("svg", "title", "desc", "style", "rect", "text", "g")
    }


@pytest.mark.parametrize("by", ["day", "week", "month", "weekday", "hour", "subject"])
def test_nothing_is_drawn_too(as_alice: Caller, by: str) -> None:
    drawing = draw(as_alice, f"group_by={by}")
    assert drawing.title.startswith("Study: Nothing studied, ")
    assert drawing.description == "Nothing was studied."
    assert drawing.of_class("bar") == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=2024-03-01", "too_long"),
        ("from=2016-01-01&group_by=week", "too_long"),
        ("from=2016-01-01&group_by=month", "too_long"),
        ("from=2026-03-03", "after_to"),
    ],
)
def test_more_bars_than_anybody_can_tell_apart_are_refused(as_alice: Caller, query: str, code: str) -> None:
    response = as_alice.get(f"/stats/summary.svg?{query}")
    assert response["Content-Type"] == "application/problem+json"
    assert refusals(response) == [("from", code)]


@pytest.mark.parametrize(
    "query",
    [
        "from=2024-03-02",
        "from=2016-03-01&group_by=week",
        *(f"from=0002-01-01&to=9998-12-31&group_by={by}" for by in ("subject", "weekday", "hour")),
    ],
)
def test_what_stays_small_may_be_of_many_days(as_alice: Caller, algebra: Subject, query: str) -> None:
    make_session(algebra, MONDAY - HOUR)
    assert draw(as_alice, query).title.count("1 h, ") == 1
