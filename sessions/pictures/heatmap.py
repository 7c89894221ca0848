"""Study days as squares, week beside week."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.template.loader import render_to_string

from sessions.pictures.words import WEEKDAYS, counted, dated, from_to, heading, spoken

MARGIN, SIDE, STEP = 16, 11, 14
LEFT, TOP = MARGIN + 32, 80
"""Where the squares begin, beside the weekdays and below the heading."""
WEEKS_A_BAND = 54
"""As many as a calendar year can touch. What is longer goes on below."""
BAND_HEIGHT = 7 * STEP + 30
NARROWEST = 340
"""Room for the heading and the legend."""


@dataclass
class Square:
    """A study day, where it is drawn."""

    day: date
    x: int
    y: int
    level: int
    excused: bool
    when: str
    text: str


class Label(NamedTuple):
    """A word beside the squares."""

    x: int
    y: int
    text: str


def draw(found: dict[str, Any], week_start: int, today: date) -> str:
    """A heatmap as `statistics.heatmap` finds it; rest days are round, so that no colour has to tell of them."""
    days = found["days"]
    squares = [_square(day, found["from"], week_start, today) for day in days]
    weeks = _week(found["to"], found["from"], week_start) + 1
    bands = -(-weeks // WEEKS_A_BAND)
    studied = [day for day in days if day["seconds"]]
    bottom = TOP + bands * BAND_HEIGHT
    shown = {
        "name": "Study days",
        "heading": heading(sum(day["seconds"] for day in days), f" on {counted(len(studied), 'day')}"),
        "subheading": from_to(found),
        "description": _described(days, studied),
        "width": max(NARROWEST, LEFT + min(weeks, WEEKS_A_BAND) * STEP + MARGIN),
        "height": bottom + 12,
        "left": LEFT,
        "legend_y": bottom - 16,
        "squares": squares,
        "labels": [*_months(squares), *_weekdays(week_start, bands)],
        "has_rest": any(day["excused"] for day in days),
        "levels": [Label(30 + level * STEP, 0, f"{level}") for level in range(5)],
    }
    return render_to_string("sessions/heatmap.svg", shown)


def _square(day: dict[str, Any], first: date, week_start: int, today: date) -> Square:
    band, week = divmod(_week(day["date"], first, week_start), WEEKS_A_BAND)
    row = (day["date"].isoweekday() - week_start) % 7
    when = "today" if day["date"] == today else "later" if day["date"] > today else "past"
    x, y = LEFT + week * STEP, TOP + band * BAND_HEIGHT + row * STEP
    return Square(day["date"], x, y, day["level"], day["excused"], when, _told(day, when))


def _week(day: date, first: date, week_start: int) -> int:
    """How many weeks after the one of the first day."""
    return ((day - first).days + (first.isoweekday() - week_start) % 7) // 7


def _told(day: dict[str, Any], when: str) -> str:
    """What a day is called by, and what was studied on it."""
    much = f"{spoken(day['seconds'])} in {counted(day['session_count'], 'session')}" if day["seconds"] else "nothing"
    notes = ", rest day" * day["excused"] + ", today" * (when == "today")
    return f"{day['date']:%A}, {dated(day['date'])}: {'to come' if when == 'later' else much}{notes}"


def _described(days: list[dict[str, Any]], studied: list[dict[str, Any]]) -> str:
    """The whole of it for those who do not see it."""
    if not studied:
        return f"Nothing was studied on these {counted(len(days), 'day')}."
    best = max(studied, key=lambda day: day["seconds"])
    most = f"the most on {dated(best['date'])}, {spoken(best['seconds'])}"
    return f"Something was studied on {len(studied):,} of {counted(len(days), 'day')}; {most}."


def _months(squares: Iterable[Square]) -> Iterator[Label]:
    """The names of the months, each above the week in which it begins; January's is the year."""
    for square in squares:
        if square.day.day == 1:
            top = square.y - (square.y - TOP) % BAND_HEIGHT
            yield Label(square.x, top - 7, f"{square.day.year}" if square.day.month == 1 else f"{square.day:%b}")


def _weekdays(week_start: int, bands: int) -> Iterator[Label]:
    """The names of every other row."""
    for band in range(bands):
        for row in range(0, 7, 2):
            y = TOP + band * BAND_HEIGHT + row * STEP + SIDE - 2
            yield Label(MARGIN, y, WEEKDAYS[(week_start - 1 + row) % 7][:3])
