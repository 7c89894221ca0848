"""The format `studytrack`: everything of an account, as `sessions.archive` writes it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import DAY_START_HOUR_MAX, User
from accounts.zones import time_zone_names
from sessions import archive
from sessions.imports.rows import Contents, LineError, Refused, Row, Told, Unreadable, past, row_of
from sessions.models import Source
from studytrack.instants import NoInstant, within_calendar
from studytrack.strict_json import read_json
from subjects.models import Subject

LISTS = ("study_goals", "subjects", "sessions")
MOST_STUDY_GOALS = 10_000
"""One a day for 27 years. Each day is judged by one of them, so all of them are read whenever one is judged."""
TYPES = ((models.IntegerField, int, "whole number"), (models.JSONField, list, "list"), (models.Field, str, "text"))
"""What a column is in JSON; the first that it is an instance of."""
BETWEEN = re.compile(r"[ \t\r\n,:]*")
MISSING = object()
Members = dict[str, Any]
Placed = tuple[int, Members]
"""What is said of one thing, and the line that it begins on."""


def read(text: str, told: Told) -> Contents:
    """All that the document holds."""
    document = parsed(text)
    lines = lines_of(text)
    if beyond := lines["study_goals"][MOST_STUDY_GOALS:]:
        raise Unreadable(beyond[0], "max_length", f"No more than {MOST_STUDY_GOALS} study_goals are kept.")
    goals, subjects, sessions = (list(zip(lines[name], document[name], strict=True)) for name in LISTS)
    (account,) = records(account_of, [(1, document["account"])], told.now)
    return Contents(
        rows(sessions, told.now),
        records(subject_of, subjects, told.now),
        account,
        records(goal_of, goals, told.now),
    )


def records(read_one: Callable[[Members, datetime], Members], of: Iterable[Placed], now: datetime) -> list[Members]:
    """What is not a session is read whole, or the file is not read at all."""
    found = []
    for line, members in of:
        try:
            found.append(read_one(members, now))
        except Refused as refused:
            raise Unreadable(line, refused.code, refused.detail) from None
    return found


def rows(of: Iterable[Placed], now: datetime) -> Iterator[Row | LineError]:
    for line, members in of:
        try:
            yield session_of(line, members, now)
        except Refused as refused:
            yield LineError(line, refused.code, refused.detail)


def parsed(text: str) -> dict[str, Any]:
    """The document, if it is one of this format and version."""
    try:
        document = read_json(text)
    except json.JSONDecodeError as error:
        raise Unreadable(error.lineno, "invalid", "This is not valid JSON.") from None
    except (ValueError, RecursionError):
        raise Unreadable(1, "invalid", "This is not valid JSON.") from None
    if not isinstance(document, dict) or document.get("format") != archive.FORMAT:
        raise Unreadable(1, "format", "This is not of the format studytrack.")
    if type(version := document.get("version")) is not int or version != archive.VERSION:
        raise Unreadable(1, "version", f"Of this format, version {archive.VERSION} can be read.")
    if not isinstance(document.get("account"), dict):
        raise Unreadable(1, "invalid", "There is no account in it.")
    for name in LISTS:
        members = document.get(name)
        if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
            raise Unreadable(1, "invalid", f"There is no list of {name} in it.")
    return document


def lines_of(text: str) -> dict[str, list[int]]:
    """The lines on which the members of the lists begin."""
    lines: dict[str, list[int]] = {name: [] for name in LISTS}
    line, counted_to = 1, 0
    for name, at in beginnings(text):
        if name in lines:
            line, counted_to = line + text.count("\n", counted_to, at), at
            lines[name].append(line)
    return lines


def beginnings(document: str) -> Iterator[tuple[str, int]]:
    """Where in the text of a JSON object the members of its own lists begin, each with the name of its list."""
    decode = json.JSONDecoder().raw_decode
    at = past_what_is_between(document, document.index("{") + 1)
    while document[at] != "}":
        name, at = decode(document, at)
        at = past_what_is_between(document, at)
        if document[at] == "[":
            at = past_what_is_between(document, at + 1)
            while document[at] != "]":
                yield name, at
                at = past_what_is_between(document, decode(document, at)[1])
            at += 1
        else:
            at = decode(document, at)[1]
        at = past_what_is_between(document, at)


def past_what_is_between(text: str, at: int) -> int:
    return BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches always


def account_of(members: Members, now: datetime) -> Members:
    return columns_of(User, members, archive.SETTINGS) | times_of(members, ["created_at"], now)


def goal_of(members: Members, now: datetime) -> Members:
    names = [name for name in archive.STUDY_GOAL if name != "since"]
    return columns_of(User, members, names) | times_of(members, ["since"], now)


def subject_of(members: Members, now: datetime) -> Members:
    names = [name for name in archive.SUBJECT if name not in archive.TIMES]
    return columns_of(Subject, members, names) | times_of(members, archive.TIMES, now)


def session_of(line: int, members: Members, now: datetime) -> Row:
    end = None if said(members, "end_time") is None else moment_in(members, "end_time")
    name, notes = text_in(members, "subject"), text_in(members, "notes")
    row = row_of(line, name, (moment_in(members, "start_time"), end), notes, now)
    zone, hour, source = (said(members, name) for name in ("time_zone", "day_start_hour", "source"))
    if not isinstance(zone, str) or zone not in time_zone_names():
        raise Refused("invalid_choice", "Its time_zone is no IANA name.")
    if type(hour) is not int or not 0 <= hour <= DAY_START_HOUR_MAX:
        raise Refused("invalid", f"Its day_start_hour is not 0 to {DAY_START_HOUR_MAX}.")
    if source not in Source.values:
        raise Refused("invalid_choice", "Its source is none that there is.")
    kept = {"time_zone": zone, "day_start_hour": hour, "source": source}
    return row._replace(columns=kept | times_of(members, archive.TIMES, now))


def said(members: Members, name: str) -> Any:
    if (value := members.get(name, MISSING)) is MISSING:
        raise Refused("required", f"There is no {name}.")
    return value


def typed(members: Members, name: str, wanted: type, kind: str) -> Any:
    """What is said, if it is of this type and no other: `true` is not 1."""
    if type(value := said(members, name)) is not wanted:
        raise Refused("invalid", f"Its {name} is no {kind}.")
    return value


def text_in(members: Members, name: str) -> str:
    text: str = typed(members, name, str, "text")
    return text


def moment_in(members: Members, name: str) -> datetime:
    """A moment, to the microsecond."""
    try:
        moment = datetime.fromisoformat(text_in(members, name))
        if moment.tzinfo is None:
            raise Refused("invalid", f"Its {name} has no offset.")
        return within_calendar(moment.astimezone(UTC))
    except NoInstant as error:
        raise Refused(error.code, str(error)) from None
    except (ValueError, OverflowError):
        raise Refused("invalid", f"Its {name} is no time as RFC 3339 has it.") from None


def times_of(members: Members, names: Iterable[str], now: datetime) -> dict[str, datetime]:
    """When something was made, changed or wanted, which is never in the future."""
    return {name: past(moment_in(members, name), now) for name in names}


def columns_of(model: type[models.Model], members: Members, names: Iterable[str]) -> Members:
    """Columns, by their types and by the rules of the model."""
    record, fields = model(), [model._meta.get_field(name) for name in names]
    for field in fields:
        wanted, kind = next((wanted, kind) for of, wanted, kind in TYPES if isinstance(field, of))
        setattr(record, field.name, typed(members, field.name, wanted, kind))
    try:
        record.clean_fields(exclude={field.name for field in model._meta.fields if field not in fields})
    except ValidationError as error:
        name, errors = next(iter(error.error_dict.items()))
        raise Refused(errors[0].code or "invalid", f"{name}: {errors[0].messages[0]}") from None
    return {field.name: getattr(record, field.name) for field in fields}
