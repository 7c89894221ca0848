"""The formats that can be read."""

from django.db.models import TextChoices

from sessions.imports import clockify, plain, studytrack, toggl
from sessions.imports.rows import Contents, Told
from sessions.imports.texts import text_of


class Format(TextChoices):
    """What a file is."""

    STUDYTRACK = "studytrack", "StudyTrack"
    TOGGL = "toggl", "Toggl Track"
    CLOCKIFY = "clockify", "Clockify"
    CSV = "csv", "CSV"


READERS = {
    Format.STUDYTRACK: studytrack.read,
    Format.TOGGL: toggl.read,
    Format.CLOCKIFY: clockify.read,
    Format.CSV: plain.read,
}


def read(data: bytes, of: str, told: Told) -> Contents:
    """What the bytes of a file hold; raises Unreadable."""
    return READERS[Format(of)](text_of(data), told)
