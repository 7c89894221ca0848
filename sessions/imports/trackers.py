"""What the detailed reports of time trackers have in common: a project, and its time in separate columns."""

from sessions.imports.clocks import duration_of, moments, order_of, span
from sessions.imports.rows import Contents, Row, Told, row_of
from sessions.imports.tables import Cells, Columns, Table

WITHOUT_PROJECT = "No project"
REQUIRED = ("start_date", "start_time")


def read_report(text: str, told: Told, columns: Columns) -> Contents:
    """A report: each entry is a session of its project, and what was done is its notes; a break is none."""
    table = Table(text, columns, REQUIRED)
    order = order_of(table.values("start_date", "end_date"), told.date_order)

    def read(line: int, cells: Cells) -> Row | None:
        if cells.get("type", "").strip().casefold() == "break":
            return None
        starts = moments(cells.get("start_date", ""), cells.get("start_time", ""), order, told.zone)
        stated = cells.get("end_date", "").strip() or cells.get("end_time", "").strip()
        end_date = cells.get("end_date", "").strip() or cells.get("start_date", "")
        ends = moments(end_date, cells.get("end_time", ""), order, told.zone) if stated else []
        times = span(starts, ends, duration_of(cells.get("duration", "")))
        return row_of(line, subject_of(cells), times, notes_of(cells), told.now)

    return Contents(table.rows(read))


def subject_of(cells: Cells) -> str:
    """The project; what has none is of its client, or of a subject that says so."""
    return next((name for each in ("project", "client") if (name := cells.get(each, "").strip())), WITHOUT_PROJECT)


def notes_of(cells: Cells) -> str:
    """The task, if there is one, and what was done."""
    return ": ".join(part for each in ("task", "description") if (part := cells.get(each, "").strip()))
