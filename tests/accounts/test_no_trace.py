"""A deleted account leaves no trace in any table nor in Redis (contract 2): every row and every key is searched."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.admin.conftest import SIGN_INS, USERS, Operator, change_page, subject_form, user_form
from tests.conftest import Caller
from tests.factories import PASSWORD, make_session, make_user

ID = 7_202_611_221
KNOWING = {
    *("accounts_user", "accounts_signin", "accounts_browsersession", "accounts_firstanswer", "accounts_knownnetwork"),
    *("accounts_studygoal", "accounts_secretlink", "django_admin_log"),
    *("subjects_subject", "study_sessions_studysession", "study_sessions_dayshare"),
}
"""The tables that know of her; whoever adds one adds it here, and has thought of its end."""


@pytest.fixture
def dora(db: None) -> Caller:
    return Caller(make_user("dora.of.wonderland", id=ID))


@pytest.fixture
def as_operator(operator: User) -> Operator:
    return Operator(operator)


def live(dora: Caller, operator: Operator) -> None:
    """Do everything that could leave something anywhere."""
    user: Any = dora.user
    dora.post("/subjects", {"name": "Wonderland"}, HTTP_IDEMPOTENCY_KEY="key")
    subject = user.subjects.get()
    make_session(subject)
    for path in ("/auth/me", "/subjects", f"/subjects/{subject.pk}", "/sessions", "/stats/streak"):
        assert dora.get(path).status_code == 200
    assert dora.post("/auth/me/calendar").status_code == 201
    for password, status in (("wrong", 401), (PASSWORD, 200)):
        body = {"username": user.email, "password": password}
        assert Caller().post("/auth/login", body).status_code == status
    form = {"username": user.username, "password": PASSWORD}
    assert Client().post("/auth/session/login", form).status_code == 302
    operator.post(change_page(user), user_form(user, week_start=7))
    ended = user.sign_in(timezone.now())
    operator.post(f"{SIGN_INS}{ended.pk}/delete/", {"post": "yes"})
    operator.post(change_page(subject), subject_form(subject, description="Wonderland"))


def stored() -> dict[str, str]:
    """All that is in each table and under each key of Redis, as text."""
    redis: Any = cache
    raw, texts = redis.client.get_client(), {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT string_agg(r::text, chr(10)) FROM "{table}" r')
            texts[table] = cursor.fetchone()[0] or ""
    return texts | {key.decode(): f"{key.decode()} {kept_under(raw, key)}" for key in raw.scan_iter()}


def kept_under(raw: Any, key: bytes) -> str:
    """What Redis keeps under a key: a text, or the keys of a user's answers by their ends."""
    is_text = raw.type(key) == b"string"
    return (raw.get(key) if is_text else b" ".join(raw.zrange(key, 0, -1))).decode()


def found(texts: dict[str, str], signs: list[str]) -> set[str]:
    return {place for place, text in texts.items() if any(sign.lower() in text.lower() for sign in signs)}


def by_herself(dora: Caller, _operator: Operator) -> None:
    assert dora.delete("/auth/me", {"password": PASSWORD}).status_code == 204


def by_an_operator(_dora: Caller, operator: Operator) -> None:
    assert operator.post(f"{USERS}{ID}/delete/", {"post": "yes"}).status_code == 302


def by_an_operator_with_others(_dora: Caller, operator: Operator) -> None:
    form = {"action": "delete_selected", "_selected_action": [ID], "post": "yes"}
    assert operator.post(USERS, form).status_code == 302


def in_a_shell(_dora: Caller, _operator: Operator) -> None:
    User.objects.filter(pk=ID).delete()


@pytest.mark.parametrize("delete", [by_herself, by_an_operator, by_an_operator_with_others, in_a_shell])
def test_no_table_and_no_key_knows_of_her(dora: Caller, as_operator: Operator, delete: Callable[..., None]) -> None:
    """Django's sessions and the operators' log name accounts without a foreign key, so that nothing cascades there."""
    live(dora, as_operator)
    signs = [str(ID), "wonderland", *dora.tokens.values()]
    before = found(stored(), signs)
    assert {place for place in before if not place.startswith("user:")} == KNOWING
    delete(dora, as_operator)
    assert found(stored(), signs) == set()


def test_raw_tokens_are_stored_nowhere(dora: Caller, as_operator: Operator) -> None:
    """Whoever reads a backup, or Redis, cannot go on as somebody else."""
    live(dora, as_operator)
    tokens = [dora.tokens, Caller(dora.user).tokens]
    tokens.append(dora.post("/auth/refresh", {"refresh": dora.tokens["refresh"]}).json())
    link = dora.post("/auth/me/calendar").json()["url"].rpartition("/")[2].removesuffix(".ics")
    secrets = [part for each in tokens for token in each.values() for part in (token, token.rpartition(".")[2])]
    assert found(stored(), [*secrets, link, PASSWORD]) == set()


def test_operators_see_what_was_done_and_not_to_whom(dora: Caller, as_operator: Operator) -> None:
    live(dora, as_operator)
    subject = User.objects.get(pk=ID).subjects.get()
    told = set(LogEntry.objects.values_list("object_repr", flat=True))
    assert {re.sub("[0-9a-f]{8}-[0-9a-f-]{27}", "…", text) for text in told} == {
        *(f"user {ID}", f"subject {subject.pk}", "sign-in …")
    }
    by_an_operator(dora, as_operator)
    assert set(LogEntry.objects.values_list("object_repr", flat=True)) == told - {f"user {ID}"} | {"user"}
