"""The operators' dashboard, and the pictures on a user's page (contract 7)."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection, transaction

from accounts.models import User
from sessions.dashboard import dashboard
from sessions.models import StudySession
from sessions.shares import DayShare
from sessions.summaries import Span
from subjects.models import Subject
from tests.admin.conftest import SESSIONS, SUBJECTS, Operator, change_page
from tests.factories import MONDAY, make_session, make_subject, make_user
from tests.sessions.drawings import Drawing

DASHBOARD = f"{SESSIONS}dashboard/"
NEEDED = ("view_user", "view_subject", "view_studysession")
DAY = timedelta(days=1)


@pytest.fixture
def studied(alice: User, charlie: User) -> list[Subject]:
    """Alice signed up on the Sunday and studied for two days, charlie on the Monday and for one."""
    User.objects.filter(pk=alice.pk).update(created_at=MONDAY - DAY)
    User.objects.filter(pk=charlie.pk).update(created_at=MONDAY)
    subjects = [make_subject(alice, "Algebra"), make_subject(charlie, "Botany")]
    make_session(subjects[0], MONDAY - DAY, minutes=90)
    make_session(subjects[0], MONDAY - timedelta(hours=5), minutes=60)
    make_session(subjects[1], MONDAY - timedelta(hours=5), minutes=45)
    return subjects


def test_it_sums_up_what_everybody_did(studied: list[Subject]) -> None:
    found = dashboard(Span(date(2026, 2, 28), date(2026, 3, 2)))
    assert found == {
        "days": [
            {"date": date(2026, 2, 28), "sign_ups": 0, "active_users": 0, "hours": 0.0},
            {"date": date(2026, 3, 1), "sign_ups": 1, "active_users": 1, "hours": 1.5},
            {"date": date(2026, 3, 2), "sign_ups": 1, "active_users": 2, "hours": 1.75},
        ],
        "totals": {"sign_ups": 2, "active_users": 2, "hours": 3.25},
        "busiest": [{"subject": studied[0], "hours": 2.5}, {"subject": studied[1], "hours": 0.75}],
    }


def test_its_page_has_the_numbers_and_leads_to_the_subjects(operator: User, studied: list[Subject]) -> None:
    with time_machine.travel(MONDAY, tick=False):
        page = Operator(operator).page(DASHBOARD)
    assert re.findall(r"<strong>([\d.]+)</strong> ([a-z -]+)", page) == [
        *(("2", "sign-ups"), ("2", "active users"), ("3.25", "hours studied"))
    ]
    assert f'<a href="{SUBJECTS}{studied[0].pk}/change/"><bdi>Algebra</bdi></a>' in page
    drawn = json.loads(re.findall(r'<script id="drawn" type="application/json">(.*?)</script>', page)[0])
    assert {name: numbers[-2:] for name, numbers in drawn.items()} == {
        "dates": ["1 Mar", "2 Mar"],
        "sign_ups": [1, 1],
        "active_users": [1, 2],
        "hours": [1.5, 1.75],
        "subjects": ["\u2068Algebra\u2069", "\u2068Botany\u2069"],
        "subject_hours": [2.5, 0.75],
    }


@pytest.mark.parametrize(("query", "days"), [("", 30), ("?days=90", 90), ("?days=365", 365), ("?days=7.0", 30)])
def test_it_is_of_so_many_days(as_operator: Operator, query: str, days: int) -> None:
    assert len(as_operator.get(f"{DASHBOARD}{query}").context["days"]) == days


def test_a_name_is_shown_and_not_run(as_operator: Operator, alice: User) -> None:
    Subject.objects.bulk_create([Subject(owner=alice, name="</script><script>alert(1)</script>")])
    make_session(alice.subjects.get(), datetime.now(tz=MONDAY.tzinfo) - DAY)
    content = as_operator.get(DASHBOARD).content.decode()
    assert "<script>alert" not in content
    assert "</script><script>alert" in unescape(json.loads(drawn_in(content))["subjects"][0])


def drawn_in(content: str) -> str:
    return re.findall(r'<script id="drawn" type="application/json">(.*?)</script>', content)[0]


def test_many_users_cost_no_more_queries_than_one(as_operator: Operator, alice: User) -> None:
    now = datetime.now(tz=MONDAY.tzinfo)
    make_session(make_subject(alice), now - DAY)
    of_one = as_operator.queries(DASHBOARD)
    for number in range(30):
        make_session(make_subject(make_user(f"student-{number}")), now - DAY)
    # session, operator; by day, sign-ups, totals, busiest, their names
    assert (of_one, as_operator.queries(DASHBOARD)) == (7, 7)


@pytest.mark.parametrize("table", [User, DayShare])
def test_every_sum_is_from_an_index(studied: list[Subject], table: Any) -> None:
    """Without one, the whole table is read whatever the days are."""
    starts = (MONDAY - number * DAY for number in range(10, 1010))
    StudySession.objects.bulk_create(
        StudySession(subject=studied[0], start_time=start, end_time=start + DAY / 24) for start in starts
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("ANALYZE")
        span = Span(date(2026, 2, 28), date(2026, 3, 2))
        plans = [plan for plan in explained(cursor, lambda: dashboard(span)) if table._meta.db_table in plan]
    index = {User: "user_created", DayShare: "day_share_everybodys"}[table]
    counted = [plan for plan in plans if "IN (" not in plan and "Join" not in plan and "Nested" not in plan]
    assert len(counted) == {User: 1, DayShare: 3}[table]
    assert all(index in plan for plan in counted), counted


def explained(cursor: Any, ask: Callable[[], object]) -> list[str]:
    """The plans of the SELECTs that asking is made of."""
    asked: list[tuple[str, Any]] = []

    def noted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(noted):
        ask()
    plans = []
    for sql, params in asked:
        cursor.execute(f"EXPLAIN {sql}", params)
        plans.append("\n".join(row[0] for row in cursor.fetchall()))
    return plans


@pytest.mark.parametrize("missing", NEEDED)
def test_it_takes_the_permission_to_see_all_of_it(alice: User, missing: str) -> None:
    assistant = make_user("assistant", is_staff=True)
    permitted = [name for name in NEEDED if name != missing]
    assistant.user_permissions.set(Permission.objects.filter(codename__in=permitted))
    pages = Operator(assistant)
    assert DASHBOARD not in pages.page("/admin/")
    assert [pages.get(path).status_code for path in (DASHBOARD, picture(alice, "days"))] == [403, 403]
    assistant.user_permissions.set(Permission.objects.filter(codename__in=NEEDED))
    assert DASHBOARD in pages.page("/admin/")
    assert [pages.get(path).status_code for path in (DASHBOARD, picture(alice, "days"))] == [200, 200]


def test_users_are_sent_to_the_login(alice: User) -> None:
    for path in (DASHBOARD, picture(alice, "days")):
        response = Operator(alice).get(path)
        assert (response.status_code, response["Location"]) == (302, f"/admin/login/?next={path}")


def picture(user: User, name: str) -> str:
    return f"{SESSIONS}of/{user.pk}/{name}.svg"


@pytest.mark.parametrize(("name", "title"), [("days", "Study days: 2 h 30 min"), ("weeks", "Study: 2 h 30 min")])
def test_a_users_page_has_the_users_pictures(operator: User, studied: list[Subject], name: str, title: str) -> None:
    alice = studied[0].owner
    with time_machine.travel(MONDAY, tick=False):
        pages = Operator(operator)
        assert f'<img src="{picture(alice, name)}" alt="' in pages.page(change_page(alice))
        response = pages.get(picture(alice, name))
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    assert Drawing(response.content).title.startswith(title)


def test_a_users_subjects_are_a_picture(operator: User, studied: list[Subject]) -> None:
    with time_machine.travel(MONDAY, tick=False):
        drawing = Drawing(Operator(operator).get(picture(studied[1].owner, "subjects")).content)
    assert drawing.told() == ["Botany: 45 min, 100.00 %"]


@pytest.mark.parametrize("path", ["of/999999999/days.svg", "of/{}/months.svg"])
def test_what_is_not_there_is_not_drawn(as_operator: Operator, alice: User, path: str) -> None:
    assert as_operator.get(f"{SESSIONS}{path.format(alice.pk)}").status_code == 404


def test_a_session_shows_how_it_is_split(as_operator: Operator, alice: User) -> None:
    session = make_session(make_subject(alice), MONDAY.replace(hour=22, minute=30), 90)
    page = as_operator.page(change_page(session))
    assert "2026-03-02: 0:30:00, 2026-03-03: 1:00:00" in page
    running = make_session(make_subject(alice, "Botany"), MONDAY + DAY, end_time=None)
    assert "not booked while it runs" in as_operator.page(change_page(running))
    assert StudySession.objects.count() == 2


def test_a_user_shows_what_was_wanted_since_when(as_operator: Operator, alice: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        alice.daily_goal_minutes, alice.rest_weekdays = 90, [6, 7]
        alice.save()
    page = as_operator.page(change_page(alice))
    assert "90 minutes a day since 2026-03-02 14:00 UTC, rest on Saturday, Sunday" in page
    assert "0 minutes a day since" in page
