"""Sessions as CSV for spreadsheets, which run a text that looks like a formula unless it is defused."""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any

COLUMNS = {
    "subject": "subject_name",
    "start_time": "start_time",
    "end_time": "end_time",
    "notes": "notes",
    "start_local": "start_local",
    "end_local": "end_local",
    "duration_minutes": "duration_minutes",
    "study_date": "study_date",
    "time_zone": "time_zone",
    "source": "source",
    "needs_review": "needs_review",
    "created_at": "created_at",
    "updated_at": "updated_at",
}
"""The columns, each with the member of a session that it shows; an import reads the first four."""
RUN_BY_SPREADSHEETS = re.compile(r"'*(?:\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")
"""How a text begins that a spreadsheet runs, blanks before it and full-width signs too, or one that was defused."""


class Line:
    """What csv writes to: the line itself."""

    def write(self, line: str) -> str:
        return line


def as_csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The rows, a line each, below the names of the columns."""
    writer: Any = csv.writer(Line())
    yield writer.writerow(COLUMNS)
    for row in rows:
        local = {name: on_the_clock(row[name]) for name in ("start_local", "end_local")}
        yield writer.writerow([cell((row | local)[member]) for member in COLUMNS.values()])


def on_the_clock(local: str | None) -> str | None:
    """A local time without its offset, which is how spreadsheets know a time when they see one."""
    return local and local[: len("2026-03-02T15:00:00")].replace("T", " ")


def cell(value: Any) -> Any:
    """A value as a cell: a number stays a number, a text is defused."""
    if isinstance(value, bool):
        return str(value).lower()
    return defused(value) if isinstance(value, str) else value


def defused(text: str) -> str:
    """The text with an apostrophe before what would be run; one apostrophe less gives back what was typed."""
    return f"'{text}" if RUN_BY_SPREADSHEETS.match(text) else text


def restored(text: str) -> str:
    """What was typed, of a text that has been defused."""
    return text[1:] if text.startswith("'") and RUN_BY_SPREADSHEETS.match(text[1:]) else text
