"""GET /stats/heatmap.svg, and GET /stats/heatmap that accepts image/svg+xml (contract 5)."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.goals import StudyGoal
from accounts.models import User
from sessions.pictures import heatmap
from sessions.summaries import Span
from subjects.models import Subject
from tests.conftest import Caller, refusals
from tests.factories import MONDAY, make_session, make_subject
from tests.sessions.drawings import Drawing

pytestmark = [pytest.mark.everywhere, pytest.mark.usefixtures("at_two")]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def algebra(alice: User) -> Subject:
    return make_subject(alice)


def test_every_day_is_a_square_that_says_what_it_was(as_alice: Caller, alice: User, algebra: Subject) -> None:
    StudyGoal.objects.all().delete()
    alice.daily_goal_minutes, alice.rest_weekdays = 90, [7]
    alice.save()
    make_session(algebra, MONDAY - 6 * HOUR, minutes=90)
    make_session(algebra, MONDAY - 2 * DAY, minutes=29)
    response = as_alice.get("/stats/heatmap.svg?from=2026-02-28&to=2026-03-03")
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    drawing = Drawing(response.content)
    assert drawing.told() == [square[0].text for square in drawing.days()]
    assert [(square[0].text, square.get("class"), square.get("rx")) for square in drawing.days()] == [
        ("Saturday, 28 February 2026: 29 min in 1 session", "day l1 past", "2"),
        ("Sunday, 1 March 2026: nothing, rest day", "day l0 past", "5.5"),
        ("Monday, 2 March 2026: 1 h 30 min in 1 session, today", "day l4 today", "2"),
        ("Tuesday, 3 March 2026: to come", "day l0 later", "2"),
    ]
    assert drawing.title == "Study days: 1 h 59 min on 2 days, 28 February 2026 – 3 March 2026"
    assert drawing.description == "Something was studied on 2 of 4 days; the most on 2 March 2026, 1 h 30 min."


def test_it_is_the_same_picture_by_media_type(as_alice: Caller, algebra: Subject) -> None:
    make_session(algebra)
    by_type = as_alice.get("/stats/heatmap?from=2026-01-01", HTTP_ACCEPT="image/svg+xml")
    assert (by_type.status_code, by_type["Content-Type"]) == (200, "image/svg+xml")
    assert by_type.content == as_alice.get("/stats/heatmap.svg?from=2026-01-01").content


def test_squares_have_the_levels_of_the_json(as_alice: Caller, algebra: Subject) -> None:
    for days_ago in range(40):
        make_session(algebra, MONDAY - days_ago * DAY, minutes=1 + days_ago * 10)
    days = as_alice.get("/stats/heatmap").json()["days"]
    squares = Drawing(as_alice.get("/stats/heatmap.svg").content).days()
    assert len(squares) == len(days) == 365
    assert [square.get("class", "").split()[1] for square in squares] == [f"l{day['level']}" for day in days]


@pytest.mark.parametrize(("week_start", "first_row"), [(1, "Mon"), (7, "Sun"), (6, "Sat")])
def test_weeks_begin_when_the_users_do(as_alice: Caller, alice: User, week_start: int, first_row: str) -> None:
    User.objects.filter(pk=alice.pk).update(week_start=week_start)
    drawing = Drawing(as_alice.get("/stats/heatmap.svg?from=2025-01-01&to=2025-12-31").content)
    rows = [note for note in drawing.notes() if note in {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}]
    assert (rows[0], len(rows)) == (first_row, 4)
    tops = {square.get("y") for square in drawing.days() if text_of_weekday(square) == first_row}
    assert tops == {min((square.get("y", "") for square in drawing.days()), key=int)}


def text_of_weekday(square: Any) -> str:
    return square[0].text[:3]


def test_no_two_days_are_in_one_place() -> None:
    for first, last in ((date(2028, 1, 1), date(2028, 12, 31)), (date(2016, 2, 29), date(2026, 3, 1))):
        for week_start in range(1, 8):
            drawing = Drawing(heatmap.draw(nothing(Span(first, last)), week_start, last))
            width, height = (int(drawing.root.get(name, "")) for name in ("width", "height"))
            places = Counter((int(day.get("x", "")), int(day.get("y", ""))) for day in drawing.days())
            assert (len(places), set(places.values())) == ((last - first).days + 1, {1})
            assert all(x + 11 < width and y + 11 < height for x, y in places)
            assert width <= 820


def nothing(span: Span) -> dict[str, Any]:
    empty = {"seconds": 0, "session_count": 0, "level": 0, "excused": False}
    return {"from": span.first, "to": span.last, "days": [{"date": day, **empty} for day in span.days()]}


def test_a_legend_tells_of_rest_days_only_where_there_are_any(as_alice: Caller, alice: User) -> None:
    assert "rest day" not in Drawing(as_alice.get("/stats/heatmap.svg").content).notes()
    alice.rest_weekdays = [6, 7]
    alice.save()
    StudyGoal.objects.filter(user=alice).first().delete()  # type: ignore[union-attr]
    assert "rest day" in Drawing(as_alice.get("/stats/heatmap.svg").content).notes()


def test_a_year_of_nothing_says_so(as_alice: Caller) -> None:
    drawing = Drawing(as_alice.get("/stats/heatmap.svg").content)
    assert drawing.title == "Study days: Nothing studied, 3 March 2025 – 2 March 2026"
    assert drawing.description == "Nothing was studied on these 365 days."


@pytest.mark.parametrize("week_start", range(1, 8))
def test_the_first_year_is_drawn_too(as_alice: Caller, alice: User, week_start: int) -> None:
    """The obvious code asks for the first day of its first week, which is before all days that there are."""
    User.objects.filter(pk=alice.pk).update(week_start=week_start)
    response = as_alice.get("/stats/heatmap.svg?to=0002-01-01")
    assert response.status_code == 200, response.content
    drawing = Drawing(response.content)
    assert drawing.title == "Study days: Nothing studied, 2 January 1 – 1 January 2"
    assert len(drawing.days()) == 365


@pytest.mark.parametrize("query", ["from=2016-01-01", "from=2026-03-03", "from=never"])
def test_what_makes_no_sense_is_refused(as_alice: Caller, query: str) -> None:
    response = as_alice.get(f"/stats/heatmap.svg?{query}")
    assert response["Content-Type"] == "application/problem+json"
    assert [field for field, _ in refusals(response)] == ["from"]
