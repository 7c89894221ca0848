"""The API's pages as they are sent, without a browser: whose they are and where they lead (contract 7)."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from subjects.models import Subject
from tests.factories import make_session, make_subject, make_subjects

pytestmark = pytest.mark.everywhere

PAGES = ("/", "/subjects", "/sessions", "/auth/me", "/docs", "/redoc", "/auth/session/login")
ACTIONS = ("register", "login", "refresh", "logout", "logout-all", "password")


class Visitor(Client):
    """A browser that only reads."""

    def __init__(self, user: User | None = None) -> None:
        super().__init__(HTTP_ACCEPT="text/html")
        if user:
            self.force_login(user)

    def page(self, path: str, status: int = 200) -> str:
        response = self.get(path)
        assert (response.status_code, response["Content-Type"]) == (status, "text/html; charset=utf-8")
        return unescape(response.content.decode())


def options(page: str, name: str) -> list[str]:
    """What a choice of a form offers."""
    chosen = re.search(rf'<select class="form-control" name="{name}">(.*?)</select>', page, re.DOTALL)
    assert chosen, f"{name} is no choice"
    return re.findall(r"<option value=\"[^\"]*\"[^>]*>([^<]*)</option>", chosen[1])


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_studytracks_and_load_nothing_from_elsewhere(alice: User, path: str) -> None:
    page = Visitor(alice).page(path)
    assert re.search(r"<title>[^<]*StudyTrack", page)
    assert "Django REST framework" not in page
    assert re.findall(r"<(?:script|img|link)[^>]* (?:src|href)=\"?(?:https?:)?//[^>]*>", page) == []


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_has_a_page_that_describes_it(alice: User, action: str) -> None:
    page = Visitor(alice).page(f"/auth/{action}", 405)
    assert 'name="_content"' in page


def test_a_form_offers_ones_own_subjects_by_name(alice: User, charlie: User) -> None:
    make_subject(alice, "Algebra")
    make_subject(alice, "Physics")
    make_subject(charlie, "History")
    assert set(options(Visitor(alice).page("/sessions"), "subject_id")) == {"Algebra", "Physics"}


def test_there_is_no_way_to_formats_that_are_none(alice: User) -> None:
    assert "format=" not in Visitor(alice).page("/subjects")


def test_a_list_leads_to_its_objects_and_pages(alice: User) -> None:
    subjects = make_subjects(alice, 11)
    page = Visitor(alice).page("/subjects")
    assert f'href="/subjects/{subjects[-1].pk}">Subject 10</a>' in page
    assert 'rel="next" href="/subjects?page=2&per_page=10"' in page
    assert 'rel="prev" href="/subjects?page=1&per_page=10"' in Visitor(alice).page("/subjects?page=2")


def test_what_somebody_typed_is_shown_and_not_run(alice: User) -> None:
    session = make_session(make_subject(alice, "A & <!B"), notes='"><& </textarea')
    response = Visitor(alice).get(f"/sessions/{session.pk}").content.decode()
    assert "A &amp; &lt;!B</option>" in response
    assert "&quot;&gt;&lt;&amp; &lt;/textarea</textarea>" in response


def test_only_operators_are_led_to_the_admin(alice: User, operator: User) -> None:
    link = '<a href="/admin/">Admin</a>'
    assert (link in Visitor(operator).page("/"), link in Visitor(alice).page("/")) == (True, False)


@pytest.mark.parametrize(("user", "status"), [(None, 401), ("alice", 404)])
def test_where_there_is_nothing_there_are_no_forms(alice: User, charlie: User, user: Any, status: int) -> None:
    subject = make_subject(charlie)
    page = Visitor(alice if user else None).page(f"/subjects/{subject.pk}", status)
    assert 'data-method="PUT"' not in page
    assert 'data-method="DELETE"' not in page


def test_descriptions_are_paragraphs_with_code_in_them(alice: User) -> None:
    page = Visitor(alice).page("/subjects")
    assert "<p>Your subjects, each with its goal in hours and what your sessions have made of it.</p>" in page
    assert "<code>session_count</code> follow from the sessions and cannot be written." in page


def test_the_root_names_the_places(alice: User) -> None:
    places = Client().get("/").json()
    assert places == {
        "register": "http://testserver/auth/register",
        "login": "http://testserver/auth/login",
        "me": "http://testserver/auth/me",
        "subjects": "http://testserver/subjects",
        "sessions": "http://testserver/sessions",
        "running": "http://testserver/sessions/running",
        "import": "http://testserver/sessions/import",
        "today": "http://testserver/stats/today",
        "streak": "http://testserver/stats/streak",
        "summary": "http://testserver/stats/summary",
        "heatmap": "http://testserver/stats/heatmap",
        "export": "http://testserver/auth/me/export",
        "calendar_link": "http://testserver/auth/me/calendar",
        "heatmap_link": "http://testserver/auth/me/heatmap",
        "docs": "http://testserver/docs",
        "redoc": "http://testserver/redoc",
        "schema": "http://testserver/schema",
        "admin": "http://testserver/admin/",
    }


def test_a_form_from_elsewhere_is_refused(alice: User) -> None:
    browser = Client(enforce_csrf_checks=True, HTTP_ACCEPT="text/html")
    browser.force_login(alice)
    assert browser.post("/subjects", {"name": "Algebra"}).status_code == 403
    assert browser.post("/auth/session/logout").status_code == 403
    assert not alice.subjects.exists()


def test_logging_out_is_a_post(alice: User) -> None:
    visitor = Visitor(alice)
    assert visitor.get("/auth/session/logout").status_code == 405
    assert visitor.post("/auth/session/logout").status_code == 302
    visitor.page("/subjects", 401)


def test_a_form_begins_with_the_defaults(alice: User) -> None:
    """Else the first choice is taken, by everybody who leaves it as it is."""
    page = Visitor(alice).page("/subjects")
    assert re.findall(r'<option value="(\w+)" selected', page) == ["medium", "active"]


def test_lines_end_as_they_were_shown(alice: User) -> None:
    """Browsers end every line of a form's text with CRLF, whatever ended it before."""
    Visitor(alice).post("/subjects", {"name": "Algebra", "description": "Rings\r\nand fields"})
    assert Subject.objects.get().description == "Rings\nand fields"


def test_an_error_without_an_object_offers_no_empty_form_for_it(alice: User) -> None:
    """DRF would show one, and PUT would replace everything with nothing."""
    subject = make_subject(alice)
    response = Visitor(alice).post(f"/subjects/{subject.pk}", {"name": "Analysis"})
    assert response.status_code == 405
    assert 'data-method="PUT"' not in response.content.decode()


def test_raw_data_that_was_refused_is_kept(alice: User) -> None:
    response = Visitor(alice).post("/subjects", '{"name": "", "status": "archived"}', "application/json")
    assert raw(response) == {"name": "", "status": "archived"}


def test_a_password_that_was_refused_is_not_shown_again(alice: User) -> None:
    body = {"username": "alice", "password": "not the horse 1"}
    response = Visitor().post("/auth/login", json.dumps(body), "application/json")
    assert response.status_code == 401
    assert "not the horse 1" not in response.content.decode()
    body = {"username": "al", "email": "al@example.org", "password": "not the horse 1"}
    response = Visitor().post("/auth/register", json.dumps(body), "application/json")
    assert raw(response) == {"username": "al", "email": "al@example.org"}
    assert "not the horse 1" not in response.content.decode()


@pytest.mark.parametrize("body", ["[]", "{", '"text"', '{"name": {"name": []}}'])
def test_a_body_that_is_nothing_is_a_page_all_the_same(alice: User, body: str) -> None:
    response = Visitor(alice).post("/subjects", body, "application/json")
    assert (response.status_code, response["Content-Type"]) == (400, "text/html; charset=utf-8")


def raw(response: Any) -> Any:
    """The content that the raw data form begins with."""
    area = re.search(r'<textarea name="_content"[^>]*>(.*?)</textarea>', response.content.decode(), re.DOTALL)
    assert area, "there is no raw data form"
    return json.loads(unescape(area[1]))
