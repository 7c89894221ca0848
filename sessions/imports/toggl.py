"""The format `toggl`: a detailed report of Toggl Track as CSV, of now or of former years."""

from sessions.imports.rows import Contents, Told
from sessions.imports.trackers import read_report

COLUMNS = {
    "project": ("Project",),
    "client": ("Client",),
    "task": ("Task",),
    "description": ("Description",),
    "start_date": ("Start date",),
    "start_time": ("Start time",),
    "end_date": ("End date", "Stop date"),
    "end_time": ("End time", "Stop time"),
    "duration": ("Duration",),
}


def read(text: str, told: Told) -> Contents:
    """The sessions of a report. Users, tags and amounts are left behind."""
    return read_report(text, told, COLUMNS)
