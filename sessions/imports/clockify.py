"""The format `clockify`: a detailed report of Clockify as CSV, in any of its formats of dates and times."""

from sessions.imports.rows import Contents, Told
from sessions.imports.trackers import read_report

COLUMNS = {
    "project": ("Project",),
    "client": ("Client",),
    "task": ("Task", "Activity"),
    "description": ("Description",),
    "start_date": ("Start Date",),
    "start_time": ("Start Time",),
    "end_date": ("End Date",),
    "end_time": ("End Time",),
    "type": ("Type",),
    "duration": ("Duration (h)", "Duration (decimal)", "Time (h)", "Time (decimal)"),
}


def read(text: str, told: Told) -> Contents:
    """The sessions of a report. Users, groups, tags and rates are left behind."""
    return read_report(text, told, COLUMNS)
