"""Sessions as a calendar, RFC 5545: each an event in UTC that keeps its UID.

Written here and not by the library `icalendar`, which takes ten times as long; the tests read it with that.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from sessions.models import StudySession

MEDIA_TYPE = "text/calendar; charset=utf-8"
LINE_OCTETS = 75
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": "\\n"})
BEGINNING = (
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//StudyTrack//StudyTrack//EN",
    "CALSCALE:GREGORIAN",
    "NAME:StudyTrack",
    "X-WR-CALNAME:StudyTrack",
    "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    "X-PUBLISHED-TTL:PT1H",
)


def as_calendar(sessions: Iterable[StudySession]) -> Iterator[str]:
    """The calendar, an event at a time."""
    yield _lines(BEGINNING)
    for session in sessions:
        yield _lines(_event(session))
    yield _lines(["END:VCALENDAR"])


def _event(session: StudySession) -> Iterator[str]:
    """One session as an event; one that runs has no end yet, and is tentative."""
    changed = max(session.updated_at, session.subject.updated_at)  # the subject's name is shown as well
    yield "BEGIN:VEVENT"
    yield f"UID:session-{session.pk}-{_utc(session.created_at)}@studytrack"
    yield f"DTSTAMP:{_utc(changed)}"
    yield f"CREATED:{_utc(session.created_at)}"
    yield f"LAST-MODIFIED:{_utc(changed)}"
    yield f"DTSTART:{_utc(session.start_time)}"
    if session.end_time:
        yield f"DTEND:{_utc(session.end_time)}"
    yield f"STATUS:{'CONFIRMED' if session.end_time else 'TENTATIVE'}"
    yield f"SUMMARY:{_text(session.subject.name)}"
    if session.notes:
        yield f"DESCRIPTION:{_text(session.notes)}"
    yield "END:VEVENT"


def _utc(instant: datetime) -> str:
    moment = instant.astimezone(UTC)
    return f"{moment.year:04}{moment:%m%dT%H%M%SZ}"  # %Y has four digits only from the year 1000 on


def _text(text: str) -> str:
    return text.replace("\r\n", "\n").translate(ESCAPES)


def _lines(lines: Iterable[str]) -> str:
    return "".join(_folded(line) for line in lines)


def _folded(line: str) -> str:
    """A content line, cut where it is too long in octets, but never within a character."""
    octets, folds = line.encode(), []
    while len(octets) > LINE_OCTETS:
        cut = LINE_OCTETS
        while octets[cut] & 0b1100_0000 == 0b1000_0000:  # within a character of UTF-8
            cut -= 1
        folds.append(octets[:cut])
        octets = b" " + octets[cut:]
    return b"".join(fold + b"\r\n" for fold in (*folds, octets)).decode()
