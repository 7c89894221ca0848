"""A summary as bars: how much on each day, in each week or month, on which weekday, at which hour."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.template.loader import render_to_string

from sessions.pictures.words import WEEKDAYS, counted, dated, from_to, heading, spoken
from sessions.summaries import GroupBy

WIDTH, MARGIN, TOP, PLOT_HEIGHT = 720, 16, 72, 180
LEFT, RIGHT, BOTTOM = MARGIN + 64, WIDTH - MARGIN, TOP + PLOT_HEIGHT
FRAME = {
    "width": WIDTH,
    "height": BOTTOM + 36,
    "top": TOP,
    "plot_height": PLOT_HEIGHT,
    "left": LEFT,
    "right": RIGHT,
    "bottom": BOTTOM,
}
WIDEST_BAR, PART_OF_ROOM = 48, 0.78
LINES_AT_MOST, LABELS_AT_MOST = 4, 12
LONG = timedelta(days=400)
MINUTES_BETWEEN_LINES = (15, 30, 60, 120, 180, 240, 360, 720)


@dataclass
class Bar:
    """A group, where it is drawn, and what is below it."""

    x: float
    y: float
    height: float
    text: str
    label: str


class Line(NamedTuple):
    """A height that is labelled."""

    y: float
    label: str


def draw(found: dict[str, Any], week_start: int) -> str:
    """A summary with all its groups, the empty ones too; weekdays in the order of the user's week."""
    groups = found["groups"]
    if found["group_by"] == GroupBy.WEEKDAY:
        groups = sorted(groups, key=lambda group: (group["key"] - week_start) % 7)
    highest, step = _axis([group["seconds"] for group in groups])
    room = (RIGHT - LEFT) / len(groups)
    wide = min(WIDEST_BAR, PART_OF_ROOM * room)
    shown = {
        **FRAME,
        "name": "Study",
        "heading": heading(found["totals"]["seconds"]),
        "subheading": f"{from_to(found)}, by {found['group_by']}",
        "description": _described(found),
        "room": round(room, 2),
        "bar_width": round(wide, 2),
        "inset": round((room - wide) / 2, 2),
        "middle": round(room / 2, 2),
        "lines": [Line(_y(at, highest), spoken(at)) for at in range(0, highest + 1, step)],
        "bars": list(_bars(found["group_by"], groups, highest, room)),
    }
    return render_to_string("sessions/bars.svg", shown)


def _axis(seconds: list[int]) -> tuple[int, int]:
    """The height of the axis and the way from line to line, in round numbers of seconds."""
    most = max(*seconds, 3600)
    steps = [60 * minutes for minutes in MINUTES_BETWEEN_LINES]
    while steps[-1] * LINES_AT_MOST < most:
        steps.append(2 * steps[-1])
    step = next(step for step in steps if step * LINES_AT_MOST >= most)
    return -(-most // step) * step, step


def _y(seconds: int, highest: int) -> float:
    return round(BOTTOM - PLOT_HEIGHT * seconds / highest, 2)


def _bars(group_by: str, groups: list[dict[str, Any]], highest: int, room: float) -> Iterator[Bar]:
    every = -(-len(groups) // LABELS_AT_MOST)
    is_long = groups[-1]["period_end"] - groups[0]["period_start"] > LONG
    for number, group in enumerate(groups):
        y, x = _y(group["seconds"], highest), round(LEFT + number * room, 2)
        told = f"{called(group_by, group)}: {spoken(group['seconds'])}"
        sessions = f" in {counted(group['session_count'], 'session')}" if group["session_count"] else ""
        label = "" if number % every else short(group_by, group, is_long)
        yield Bar(x, y, round(BOTTOM - y, 2), told + sessions, label)


def _described(found: dict[str, Any]) -> str:
    """The whole of it for those who do not see it."""
    if not found["totals"]["seconds"]:
        return "Nothing was studied."
    best = max(found["groups"], key=lambda group: group["seconds"])
    return f"The most is {spoken(best['seconds'])}: {called(found['group_by'], best)}."


def called(group_by: str, group: dict[str, Any]) -> str:
    """A group by its whole name."""
    match group_by:
        case GroupBy.DAY:
            return f"{group['period_start']:%A}, {dated(group['period_start'])}"
        case GroupBy.WEEK:
            return f"{dated(group['period_start'])} – {dated(group['period_end'])}"
        case GroupBy.MONTH:
            return f"{group['period_start']:%B} {group['period_start'].year}"
        case GroupBy.WEEKDAY:
            return WEEKDAYS[group["key"] - 1]
        case _:
            return f"{group['key']}:00 – {group['key'] + 1}:00"


def short(group_by: str, group: dict[str, Any], is_long: bool) -> str:
    """A group as there is room for it below its bar; of a long span the days do not matter, but the years."""
    first = group["period_start"]
    match group_by:
        case GroupBy.DAY | GroupBy.WEEK if not is_long:
            return f"{first.day} {first:%b}"
        case GroupBy.DAY | GroupBy.WEEK | GroupBy.MONTH if is_long:
            return f"{first:%b} {first.year}"
        case GroupBy.MONTH:
            return f"{first.year}" if first.month == 1 else f"{first:%b}"
        case GroupBy.WEEKDAY:
            return WEEKDAYS[group["key"] - 1][:3]
        case _:
            return f"{group['key']}:00"
