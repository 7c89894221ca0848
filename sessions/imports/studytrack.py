"""The format `studytrack`: everything of an account, as `sessions.archive` writes it."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import DAY_START_HOUR_MAX, User
from accounts.zones import time_zone_names
from sessions import archive
from sessions.imports.rows import Contents, LineError, Refused, Row, Told, Unreadable, row_of
from sessions.models import Source
from studytrack.instants import NoInstant, within_calendar
from studytrack.strict_json import read_json
from subjects.models import Subject

LISTS = ("study_goals", "subjects", "sessions")
MISSING = object()


def read(text: str, told: Told) -> Contents:
    """All that the document holds."""
    document = parsed(text)
    lines = {name: lines_of(text, name, len(document[name])) for name in LISTS}

    def records(name: str, read_one: Callable[[dict[str, Any]], Any]) -> list[Any]:
        """What is not a session is read whole, or the file is not read at all."""
        found = []
        for line, member in zip(lines[name], document[name], strict=True):
            try:
                found.append(read_one(member))
            except Refused as refused:
                raise Unreadable(line, refused.code, refused.detail) from None
        return found

    def rows() -> Iterator[Row | LineError]:
        for line, member in zip(lines["sessions"], document["sessions"], strict=True):
            try:
                yield session_of(line, member, told.now)
            except Refused as refused:
                yield LineError(line, refused.code, refused.detail)

    try:
        account = account_of(document["account"])
    except Refused as refused:
        raise Unreadable(1, refused.code, refused.detail) from None
    return Contents(rows(), records("subjects", subject_of), account, records("study_goals", goal_of))


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
    if document.get("version") != archive.VERSION:
        raise Unreadable(1, "version", f"Of this format, version {archive.VERSION} can be read.")
    if not isinstance(document.get("account"), dict):
        raise Unreadable(1, "invalid", "There is no account in it.")
    for name in LISTS:
        members = document.get(name)
        if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
            raise Unreadable(1, "invalid", f"There is no list of {name} in it.")
    return document


def lines_of(text: str, name: str, count: int) -> list[int]:
    """The lines on which the members of one of the lists begin; what is nested elsewhere could be taken for them."""
    opening = re.search(rf'(?<!\\)"{name}"\s*:\s*\[\s*', text)
    found, line, counted_to = [], 1, 0
    at = opening.end() if opening else len(text)
    while text[at] != "]":
        line, counted_to = line + text.count("\n", counted_to, at), at
        found.append(line)
        _, at = json.JSONDecoder().raw_decode(text, at)
        at = re.compile(r"[\s,]*").match(text, at).end()  # type: ignore[union-attr]  # it matches always
    return found if len(found) == count else [1] * count


def account_of(members: dict[str, Any]) -> dict[str, Any]:
    columns = cleaned(User, {name: said(members, name) for name in archive.SETTINGS})
    return columns | {"created_at": exact(members, "created_at")}


def goal_of(members: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in archive.STUDY_GOAL if name != "since"]
    return cleaned(User, {name: said(members, name) for name in names}) | {"since": exact(members, "since")}


def subject_of(members: dict[str, Any]) -> dict[str, Any]:
    times = {name: exact(members, name) for name in ("created_at", "updated_at")}
    columns = cleaned(Subject, {name: said(members, name) for name in archive.SUBJECT if name not in times})
    return columns | times


def session_of(line: int, members: dict[str, Any], now: datetime) -> Row:
    end = None if members.get("end_time") is None else exact(members, "end_time")
    name, notes = text_in(members, "subject"), text_in(members, "notes")
    row = row_of(line, name, (exact(members, "start_time"), end), notes, now)
    zone, hour, source = (said(members, name) for name in ("time_zone", "day_start_hour", "source"))
    if not isinstance(zone, str) or zone not in time_zone_names():
        raise Refused("invalid_choice", "Its time_zone is no IANA name.")
    if type(hour) is not int or not 0 <= hour <= DAY_START_HOUR_MAX:
        raise Refused("invalid", f"Its day_start_hour is not 0 to {DAY_START_HOUR_MAX}.")
    if source not in Source.values:
        raise Refused("invalid_choice", "Its source is none that there is.")
    times = {name: exact(members, name) for name in ("created_at", "updated_at")}
    return row._replace(columns={"time_zone": zone, "day_start_hour": hour, "source": source, **times})


def said(members: dict[str, Any], name: str) -> Any:
    if (value := members.get(name, MISSING)) is MISSING:
        raise Refused("required", f"There is no {name}.")
    return value


def text_in(members: dict[str, Any], name: str) -> str:
    if not isinstance(value := said(members, name), str):
        raise Refused("invalid", f"Its {name} is no text.")
    return value


def exact(members: dict[str, Any], name: str) -> datetime:
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


def cleaned(model: type[models.Model], columns: dict[str, Any]) -> dict[str, Any]:
    """The columns, by the rules of the model."""
    record = model(**columns)
    try:
        record.clean_fields(exclude={field.name for field in model._meta.fields} - columns.keys())
    except ValidationError as error:
        name, errors = next(iter(error.error_dict.items()))
        raise Refused(errors[0].code or "invalid", f"{name}: {errors[0].messages[0]}") from None
    return {name: getattr(record, name) for name in columns}
