"""The formats that can be read."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.db.models import TextChoices

from sessions.imports import clockify, plain, studytrack, toggl
from sessions.imports.rows import MOST_ERRORS, Contents, LineError, LinesRefused, Row, Told
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
    """What the bytes of a file hold, all of it read; raises Unreadable or LinesRefused."""
    contents = READERS[Format(of)](text_of(data), told)
    return replace(contents, rows=list(_bounded(contents.rows)))


def _bounded(rows: Iterable[Row | LineError]) -> Iterator[Row | LineError]:
    """The rows; of more errors than are told, no more is read."""
    errors: list[LineError] = []
    for each in rows:
        if isinstance(each, LineError):
            errors.append(each)
            if len(errors) > MOST_ERRORS:
                raise LinesRefused(errors)
        yield each
