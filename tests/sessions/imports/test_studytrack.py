"""POST /sessions/import of the format `studytrack`: an account read back with nothing lost (contract 6)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.goals import StudyGoal
from accounts.models import User
from sessions import archive
from sessions.imports import formats, studytrack
from sessions.imports.rows import Told
from sessions.imports.writing import bring_in
from sessions.models import Source, StudySession
from subjects.models import PriorityLevel, Status, Subject
from tests.conftest import Caller
from tests.factories import MONDAY, make_session, make_subject
from tests.sessions.imports.files import codes, kept, refused, report, send

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")
SIX_YEARS = 6 * 365 * 86_400 * 10**6
MADE = st.integers(0, SIX_YEARS).map(lambda late: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(microseconds=late))
HOURS = st.integers(0, 12)
TEXT = st.text(st.sampled_from("aÄ<>&; '\"\n\t–𝛼"), max_size=12)


def exported(user: User) -> str:
    return "".join(archive.document(User.objects.get(pk=user.pk), NOW))


def told() -> Told:
    return Told(ZoneInfo("UTC"), NOW)


settings_of_somebody = st.fixed_dictionaries(
    {
        "time_zone": st.sampled_from(ZONES),
        "day_start_hour": HOURS,
        "week_start": st.integers(1, 7),
        "daily_goal_minutes": st.integers(0, 1440),
        "rest_weekdays": st.lists(st.integers(1, 7), unique=True),
        "created_at": MADE,
    }
)
goals = st.lists(
    st.fixed_dictionaries(
        {
            "since": MADE,
            "daily_goal_minutes": st.integers(0, 1440),
            "rest_weekdays": st.lists(st.integers(1, 7), unique=True),
            "time_zone": st.sampled_from(ZONES),
            "day_start_hour": HOURS,
        }
    ),
    min_size=1,
    max_size=3,
)
subjects = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.text(st.sampled_from("aBcÄ<>& '"), max_size=8).map(lambda text: f"x{text}"),
            "description": TEXT,
            "priority_level": st.sampled_from(PriorityLevel.values),
            "status": st.sampled_from(Status.values),
            "total_hours_goal": st.integers(0, 100_000),
            "created_at": MADE,
            "updated_at": MADE,
        }
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda subject: str(subject["name"]).casefold(),
)
sessions = st.lists(
    st.fixed_dictionaries(
        {
            "minutes": st.integers(1, 600),
            "notes": TEXT,
            "time_zone": st.sampled_from(ZONES),
            "day_start_hour": HOURS,
            "source": st.sampled_from(Source.values),
            "created_at": MADE,
            "updated_at": MADE,
        }
    ),
    max_size=4,
)


def fill(user: User, of: dict[str, Any], runs: bool) -> None:
    """Give a user what was made up: a session a day, and perhaps one that runs."""
    for name, value in of["account"].items():
        setattr(user, name, value)
    user.save()
    user.study_goals.all().delete()
    StudyGoal.objects.bulk_create(StudyGoal(user=user, **goal) for goal in of["goals"])
    kept = Subject.objects.bulk_create(Subject(owner=user, **each) for each in of["subjects"])
    for record in kept:
        record.full_clean()  # as it is written by the API: without markup
        record.save()
    for day, columns in enumerate(of["sessions"]):
        start = MONDAY + timedelta(days=day)
        end = start + timedelta(minutes=columns.pop("minutes"))
        session = StudySession(subject=kept[day % len(kept)], start_time=start, end_time=end, **columns)
        session.full_clean(exclude=["owner"])
        session.save()
    if runs:
        make_session(kept[0], NOW - timedelta(hours=13), end_time=None, source=Source.TIMER, notes="Forgotten")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    of=st.fixed_dictionaries(
        {"account": settings_of_somebody, "goals": goals, "subjects": subjects, "sessions": sessions}
    ),
    runs=st.booleans(),
)
def test_export_import_export_is_equal(alice: User, charlie: User, of: dict[str, Any], runs: bool) -> None:
    with time_machine.travel(NOW, tick=False), transaction.atomic():
        fill(alice, of, runs)
        document = exported(alice)
        came_of_it = bring_in(charlie, formats.read(document.encode(), "studytrack", told()), told())
        assert exported(charlie) == document
        assert (came_of_it.created, came_of_it.errors) == (len(of["sessions"]) + runs, [])
        assert list(charlie.day_shares.order_by("date", "number").values_list("date", "clock", "seconds")) == list(
            alice.day_shares.order_by("date", "number").values_list("date", "clock", "seconds")
        )
        transaction.set_rollback(True)


@pytest.mark.everywhere
def test_an_account_moves_by_the_api(as_alice: Caller, as_charlie: Caller, alice: User) -> None:
    as_alice.patch("/auth/me", {"daily_goal_minutes": 90, "day_start_hour": 4, "rest_weekdays": [6, 7]})
    make_session(make_subject(alice, total_hours_goal=100), notes="Groups")
    as_alice.post("/sessions/start", {"subject_id": make_subject(alice, "Botany").pk})
    document = as_alice.get("/auth/me/export").getvalue()
    response = send(as_charlie, document, "studytrack")
    assert (response.status_code, response.json()) == (200, report(2, subjects=2))
    assert as_charlie.get("/auth/me/export").getvalue() == document
    assert as_charlie.get("/auth/me").json()["daily_goal_minutes"] == 90
    assert send(as_charlie, document, "studytrack").json() == report(0, 2)


@pytest.mark.everywhere
def test_a_timer_that_has_been_stopped_since_is_known_again(as_alice: Caller, as_charlie: Caller, alice: User) -> None:
    algebra = make_subject(alice)
    make_session(algebra)
    as_alice.post("/sessions/start", {"subject_id": algebra.pk})
    file = as_alice.get("/auth/me/export").getvalue()
    assert send(as_charlie, file, "studytrack").json() == report(2, subjects=1)
    running = as_charlie.get("/sessions/running").json()
    assert as_charlie.post(f"/sessions/{running['id']}/stop").status_code == 200
    assert send(as_charlie, file, "studytrack").json() == report(0, 2)
    assert send(as_charlie, file, "studytrack", dry_run="true").json() == report(0, 2)


@pytest.mark.everywhere
def test_an_account_that_has_something_keeps_its_settings(
    as_alice: Caller, as_charlie: Caller, alice: User, charlie: User
) -> None:
    make_session(make_subject(alice, total_hours_goal=100))
    make_subject(alice, "Botany", status="archived")
    make_session(make_subject(charlie, "ALGEBRA", total_hours_goal=5), MONDAY - timedelta(days=1))
    before = as_charlie.get("/auth/me").json()
    response = send(as_charlie, as_alice.get("/auth/me/export").getvalue(), "studytrack")
    assert response.json() == report(1, subjects=1)
    assert as_charlie.get("/auth/me").json() == before
    assert list(charlie.subjects.order_by("name").values_list("name", "status", "total_hours_goal")) == [
        ("ALGEBRA", "active", 5),
        ("Botany", "archived", 0),
    ]
    assert [session.time_zone for session in charlie.studysessions.order_by("start_time")] == ["UTC", "Europe/Berlin"]
    assert charlie.study_goals.count() == 1


def altered(caller: Caller, way: str, value: Any) -> str:
    """An export of a subject and a session, of which one member is another; None takes it away."""
    document = json.loads(caller.get("/auth/me/export").getvalue())
    *path, name = way.split(".")
    inside = document
    for step in path:
        inside = inside[int(step)] if step.isdigit() else inside[step]
    if value is None:
        del inside[name]
    else:
        inside[name] = value
    return json.dumps(document, indent=1)


@pytest.mark.everywhere
@pytest.mark.parametrize(
    ("way", "value", "error"),
    [
        ("format", "other", (1, "format")),
        ("version", 2, (1, "version")),
        ("version", True, (1, "version")),
        ("account", [], (1, "invalid")),
        ("account.week_start", 8, (1, "max_value")),
        ("account.time_zone", "Berlin", (1, "invalid_choice")),
        ("account.created_at", "2026-03-02", (1, "invalid")),
        ("account.created_at", "2099-03-02T14:00:00Z", (1, "in_future")),
        ("account.rest_weekdays", {}, (1, "invalid")),
        ("study_goals.0.rest_weekdays", [8], (13, "invalid_choice")),
        ("study_goals.0.since", "2099-03-02T14:00:00Z", (13, "in_future")),
        ("subjects", {}, (1, "invalid")),
        ("subjects.0.name", 5, (22, "invalid")),
        ("subjects.0.name", "a\ud800b", (22, "forbidden_character")),
        ("subjects.0.name", "a\0b", (22, "forbidden_character")),
        ("subjects.0.name", "a\1b", (22, "forbidden_character")),
        ("subjects.0.name", "\u200b", (22, "blank")),
        ("subjects.0.name", "<i></i>", (22, "blank")),
        ("subjects.0.description", ["x"], (22, "invalid")),
        ("subjects.0.description", "a" * 513, (22, "max_length")),
        ("subjects.0.total_hours_goal", True, (22, "invalid")),
        ("subjects.0.total_hours_goal", 1.0, (22, "invalid")),
        ("subjects.0.updated_at", "2099-03-02T14:00:00Z", (22, "in_future")),
        ("subjects.0.name", "a" * 101, (22, "max_length")),
        ("subjects.0.status", "lost", (22, "invalid_choice")),
        ("subjects.0.priority_level", None, (22, "required")),
        ("sessions.0.time_zone", "Berlin", (33, "invalid_choice")),
        ("sessions.0.day_start_hour", True, (33, "invalid")),
        ("sessions.0.source", ["timer"], (33, "invalid_choice")),
        ("sessions.0.notes", 5, (33, "invalid")),
        ("sessions.0.notes", "\ud800", (33, "forbidden_character")),
        ("sessions.0.end_time", "2026-03-02T13:00:00Z", (33, "not_after_start")),
        ("sessions.0.end_time", None, (33, "required")),
        ("sessions.0.updated_at", "2099-03-02T14:00:00Z", (33, "in_future")),
        ("sessions.0.created_at", "9999-12-31T23:59:59-12:00", (33, "invalid")),
    ],
)
def test_what_is_not_of_the_format_changes_nothing(
    as_alice: Caller, as_charlie: Caller, way: str, value: Any, error: tuple[int, str]
) -> None:
    alice, charlie = User.objects.get(username="alice"), User.objects.get(username="charlie")
    make_session(make_subject(alice), notes='"sessions": [')
    assert codes(send(as_charlie, altered(as_alice, way, value), "studytrack")) == [error]
    assert not charlie.subjects.exists()
    assert User.objects.get(pk=charlie.pk).created_at == charlie.created_at


@pytest.mark.everywhere
@pytest.mark.parametrize(
    ("way", "value", "told"),
    [
        ("account.time_zone", "Berlin", "time_zone: Must be an IANA time zone name such as Europe/Berlin."),
        ("study_goals.0.rest_weekdays", [1, 1], "rest_weekdays: Each weekday may be named once."),
        (
            "study_goals.0.rest_weekdays",
            [8],
            "rest_weekdays: Must be a list of ISO weekdays, 1 (Monday) to 7 (Sunday).",
        ),
    ],
)
def test_a_rule_is_told_in_its_own_words(
    as_alice: Caller, as_charlie: Caller, way: str, value: Any, told: str
) -> None:
    """Django puts a template of its own, and not filled in, in the place of what has one of its own codes."""
    response = send(as_charlie, altered(as_alice, way, value), "studytrack")
    assert [error["detail"] for error in response.json()["errors"]] == [told]


@pytest.mark.everywhere
def test_a_file_may_have_as_many_goals_as_there_are_days(
    as_alice: Caller, as_charlie: Caller, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studytrack, "MOST_STUDY_GOALS", 2)
    goals = json.loads(altered(as_alice, "sessions", []))["study_goals"]
    assert codes(send(as_charlie, altered(as_alice, "study_goals", 3 * goals), "studytrack")) == [(27, "max_length")]
    assert send(as_charlie, altered(as_alice, "study_goals", 2 * goals), "studytrack").json() == report(0)
    assert charlie.study_goals.count() == 2


@pytest.mark.everywhere
def test_times_of_sessions_are_cut_to_the_second(as_alice: Caller, as_charlie: Caller, alice: User) -> None:
    """With fractions, of ten short sessions a subject would have some seconds and its study days none."""
    make_session(make_subject(alice), start=MONDAY, minutes=1)
    file = altered(as_alice, "sessions.0.start_time", "2026-03-02T14:00:00.600Z")
    file = file.replace("2026-03-02T14:01:00Z", "2026-03-02T14:00:30.400Z")
    assert send(as_charlie, file, "studytrack").json() == report(1, subjects=1)
    assert kept()[1] == ("Algebra", "2026-03-02T14:00:00Z", "2026-03-02T14:00:30Z", "")
    assert as_charlie.get("/subjects").json()["results"][0]["total_hours_completed"] == 0.01
    same = altered(as_alice, "sessions.0.end_time", "2026-03-02T14:00:00.900Z")
    assert codes(send(as_charlie, same, "studytrack")) == [(33, "not_after_start")]


@pytest.mark.everywhere
@pytest.mark.parametrize("spelled", ['"\\u0073essions"', '"s\\u0065ssions"   \t'])
def test_keys_may_be_spelled_with_escapes(as_alice: Caller, as_charlie: Caller, alice: User, spelled: str) -> None:
    make_session(make_subject(alice))
    file = altered(as_alice, "sessions.0.notes", 5).replace('"sessions"', spelled)
    assert codes(send(as_charlie, file, "studytrack")) == [(33, "invalid")]
    assert send(as_charlie, file.replace('"notes": 5', '"notes": ""'), "studytrack").json() == report(1, subjects=1)


@pytest.mark.everywhere
@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"version": 1, "version": 1}',
        '{"version": 1e400}',
        '{"format": NaN',
        "studytrack",
        "9" * 5000,
        "[]",
        '"studytrack"',
    ],
)
def test_what_is_no_document_is_refused(as_charlie: Caller, text: str) -> None:
    assert [line for line, _ in codes(send(as_charlie, text, "studytrack"))] == [1]


@pytest.mark.everywhere
def test_a_list_of_the_same_name_elsewhere_is_not_taken_for_it(as_alice: Caller, as_charlie: Caller) -> None:
    other = {"x": {"sessions": [1, 2]}, "y": [{"sessions": [1]}, "]", []], "z": '"sessions": ['}
    document = other | json.loads(altered(as_alice, "sessions", [{}]))
    file = json.dumps(document, indent=1)
    line = file[: file.rindex("{}")].count("\n") + 1
    assert codes(send(as_charlie, file, "studytrack")) == [(line, "required")]


@pytest.mark.everywhere
def test_invalid_json_is_told_by_its_line(as_charlie: Caller) -> None:
    response = send(as_charlie, '{"format":\n"studytrack",\n}', "studytrack")
    assert response.json() == refused((3, "invalid", "This is not valid JSON."))
