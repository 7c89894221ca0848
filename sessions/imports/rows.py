"""What the files of all formats are read into: rows, and errors that name their lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sessions.models import NOTES_MAX_LENGTH
from sessions.periods import LAST_INSTANT
from sessions.querysets import LONGEST
from studytrack.instants import NoInstant, not_in_future
from studytrack.models import folded
from studytrack.plaintext import NotPlain, plain_text
from subjects.models import NAME_MAX_LENGTH

MOST_ERRORS = 1000


class LineError(NamedTuple):
    """What is wrong with one line of a file."""

    line: int
    code: str
    detail: str


class Unreadable(Exception):
    """The file as a whole cannot be read: it is of another kind than was said, or what it says is open."""

    def __init__(self, line: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.error = LineError(line, code, detail)


class Refused(Exception):
    """One line cannot be read."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class LinesRefused(Exception):
    """Nothing is written, because of these lines; there is no use in telling of more than some."""

    def __init__(self, errors: list[LineError]) -> None:
        super().__init__(f"{len(errors)} lines are refused.")
        more = [LineError(each.line, "too_many", "There are more errors.") for each in errors[MOST_ERRORS:]]
        self.errors = errors[:MOST_ERRORS] + more[:1]


class Row(NamedTuple):
    """A session, and the line that it stands on; line 0 is what is kept already."""

    start: datetime
    end: datetime | None
    key: str
    """Its subject's name, as names are compared."""
    line: int = 0
    subject: str = ""
    notes: str = ""
    columns: Mapping[str, Any] = {}
    """What else is said of it, by the names of the columns."""

    @property
    def until(self) -> datetime:
        return self.end or LAST_INSTANT


@dataclass(frozen=True)
class Told:
    """What is told of a file beside its format: how it is to be read, when, and what is to be written of it."""

    zone: ZoneInfo
    now: datetime
    date_order: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    skip_errors: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Contents:
    """What a file holds. Only the format `studytrack` has more than rows."""

    rows: Iterable[Row | LineError]
    subjects: list[dict[str, Any]] = field(default_factory=list)
    account: dict[str, Any] = field(default_factory=dict)
    study_goals: list[dict[str, Any]] = field(default_factory=list)


def row_of(line: int, subject: str, span: tuple[datetime, datetime | None], notes: str, now: datetime) -> Row:
    """The row, by the rules that hold for every session that is written."""
    name, this_second = subject_name(subject), now.replace(microsecond=0)
    start, end = past(span[0].replace(microsecond=0), this_second), span[1] and span[1].replace(microsecond=0)
    if end is not None:
        if end - start > LONGEST:
            raise Refused("too_long", "A session lasts 24 hours at most.")
        end = past(end, this_second)
        if end <= start:
            raise Refused("not_after_start", "A session ends after it starts.")
    return Row(start, end, name_key(name), line, name, plain("notes", notes, NOTES_MAX_LENGTH))


def past(instant: datetime, now: datetime) -> datetime:
    """The instant, if it is not in the future; of a clock that was a little fast, now."""
    try:
        return not_in_future(instant, now)
    except NoInstant as error:
        raise Refused(error.code, str(error)) from None


@lru_cache
def subject_name(text: str) -> str:
    return plain("subject", text, NAME_MAX_LENGTH, blank=False)


name_key = lru_cache(folded)


def plain(name: str, text: str, most: int, *, blank: bool = True) -> str:
    """The text of a column, as it is kept."""
    try:
        return plain_text(text, most, blank=blank)
    except NotPlain as error:
        raise Refused(error.code, f"{name}: {error}") from None
