"""The format `csv`: plain CSV of four columns, which may be called otherwise; what is exported as CSV is read, too.

A session that runs is exported without an end. Such a line, known by its `source`, is left out: only a timer makes
sessions that run, and once it has ended a later export has it whole.
"""

from sessions.imports.clocks import moment, order_of
from sessions.imports.rows import Contents, Refused, Row, Told, row_of
from sessions.imports.tables import Cells, Table
from sessions.models import Source
from sessions.spreadsheets import restored

COLUMNS = ("subject", "start_time", "end_time", "notes")
REQUIRED = COLUMNS[:3]


def read(text: str, told: Told) -> Contents:
    """The sessions: times with an offset, or else by the clock of the zone."""
    columns = {name: (told.columns.get(name, name),) for name in COLUMNS}
    table = Table(text, columns | {"source": ("source",)}, dict.fromkeys((*REQUIRED, *told.columns)))
    order = order_of(table.values("start_time", "end_time"), told.date_order)

    def read_row(line: int, cells: Cells) -> Row | None:
        if cells.get("source") in Source.values and not cells.get("end_time"):
            return None
        for name in REQUIRED:
            if not cells.get(name, "").strip():
                raise Refused("required", f"This has no {name}.")
        times = moment(cells["start_time"], order, told.zone), moment(cells["end_time"], order, told.zone)
        return row_of(line, restored(cells["subject"]), times, restored(cells.get("notes", "")), told.now)

    return Contents(table.rows(read_row))
