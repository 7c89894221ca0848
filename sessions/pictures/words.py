"""How pictures say lengths, dates and names."""

import re
from datetime import date
from typing import Any
from unicodedata import combining, east_asian_width

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What a name may hold and XML may not, not even escaped: a single one, and nothing is drawn."""
ISOLATE = "\u2068{}\u2069"
"""Around a name that may be written from right to left, so that what stands beside it stays in its place."""


def spoken(seconds: int) -> str:
    """A length in hours and minutes, rounded down."""
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return f"{minutes} min" if minutes or not seconds else "less than a minute"
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def heading(seconds: int, more: str = "") -> str:
    """What is said first of all."""
    return f"{spoken(seconds)}{more}" if seconds else "Nothing studied"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def dated(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def from_to(found: dict[str, Any]) -> str:
    """The days that a statistic is of."""
    first, last = found["from"], found["to"]
    return dated(first) if first == last else f"{dated(first)} – {dated(last)}"


def drawable(name: str) -> str:
    """A name as XML can hold it, on one line."""
    return ISOLATE.format(" ".join(NOT_IN_XML.sub("�", name).split()))


def shortened(name: str, columns: int) -> str:
    """As much of a name as has room in so many columns; letters of the East take two."""
    shown, taken = "", 0
    for letter in " ".join(NOT_IN_XML.sub("�", name).split()):
        taken += 0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1
        if taken > columns:
            return ISOLATE.format(f"{shown.rstrip()}…")
        shown += letter
    return ISOLATE.format(shown)
