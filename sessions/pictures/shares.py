"""A summary by subject: whose share is how large."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from sessions.pictures.words import counted, drawable, from_to, heading, shortened, spoken
from sessions.summaries import percent_of

WIDTH, MARGIN, TOP, ROW_HEIGHT = 720, 16, 72, 30
NAME_WIDTH, NAME_COLUMNS = 200, 28
LEFT, FULL = MARGIN + NAME_WIDTH + 12, 290
"""Where the bars begin, and how wide all of the time would be."""
FRAME = {
    "width": WIDTH,
    "left": LEFT,
    "right": WIDTH - MARGIN,
    "full": FULL,
    "margin": MARGIN,
    "name_width": NAME_WIDTH,
}
SUBJECTS_AT_MOST = 12


@dataclass
class Share:
    """A subject, or the rest of them."""

    y: int
    width: float
    name: str
    length: str
    percent: str
    text: str


def draw(found: dict[str, Any]) -> str:
    """A summary by subject, the most studied first; those for which there is no room are one more share."""
    drawn = list(_shares(found))
    shown = {
        **FRAME,
        "name": "Study",
        "heading": heading(found["totals"]["seconds"]),
        "subheading": f"{from_to(found)}, by subject",
        "description": "; ".join(share.text for share in drawn) or "Nothing was studied.",
        "height": TOP + max(1, len(drawn)) * ROW_HEIGHT + 8,
        "shares": drawn,
    }
    return render_to_string("sessions/shares.svg", shown)


def _shares(found: dict[str, Any]) -> Iterator[Share]:
    groups, total = found["groups"], found["totals"]["seconds"]
    kept = groups if len(groups) <= SUBJECTS_AT_MOST else groups[: SUBJECTS_AT_MOST - 1]
    for number, group in enumerate(kept):
        whole, name = drawable(group["label"]), shortened(group["label"], NAME_COLUMNS)
        yield _share(number, whole, name, group["seconds"], group["percent"])
    if rest := groups[len(kept) :]:
        name, seconds = counted(len(rest), "other subject"), sum(group["seconds"] for group in rest)
        yield _share(len(kept), name, name, seconds, percent_of(seconds, total))


def _share(number: int, whole_name: str, name: str, seconds: int, percent: float) -> Share:
    length, part = spoken(seconds), f"{percent:.2f} %"
    text = f"{whole_name}: {length}, {part}"
    return Share(TOP + number * ROW_HEIGHT, round(FULL * percent / 100, 2), name, length, part, text)
