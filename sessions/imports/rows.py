"""What the files of all formats are read into: rows, and errors that name their lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sessions.models import CLOCK_TOLERANCE, LONGEST, NOTES_MAX_LENGTH
from studytrack.models import folded
from studytrack.plaintext import first_forbidden_character, is_blank, to_plain_text
from subjects.models import NAME_MAX_LENGTH

MOST_ERRORS = 1000
FOREVER = datetime.max.replace(tzinfo=UTC)


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
        return self.end or FOREVER


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
    name, (start, end) = subject_name(subject), span
    start = not_in_future(start, now)
    if end is not None:
        if end - start > LONGEST:
            raise Refused("too_long", "A session lasts 24 hours at most.")
        end = not_in_future(end, now)
        if end <= start:
            raise Refused("not_after_start", "A session ends after it starts.")
    return Row(start, end, name_key(name), line, name, plain(notes, NOTES_MAX_LENGTH, "Notes"))


def not_in_future(instant: datetime, now: datetime) -> datetime:
    """The instant, or now for a clock that was a little fast."""
    if instant > now + CLOCK_TOLERANCE:
        raise Refused("in_future", "This is in the future.")
    return min(instant, now)


@lru_cache
def subject_name(text: str) -> str:
    name = plain(text, NAME_MAX_LENGTH, "The name of a subject")
    if is_blank(name):
        raise Refused("blank", "The subject has no name.")
    return name


name_key = lru_cache(folded)


def plain(text: str, most: int, what: str) -> str:
    """The text without markup, if it is one that may be kept; lengths count before and after."""
    if first_forbidden_character(text) is not None:
        raise Refused("forbidden_character", "Control characters and lone surrogates are not text.")
    if len(text) <= most:
        text = to_plain_text(text)
    if len(text) > most:
        raise Refused("max_length", f"{what} must have no more than {most} characters.")
    return text
