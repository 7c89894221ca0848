"""Sign-ins in the admin: seen and ended there, and no token is ever readable (contract 2, 7)."""

import pytest

from accounts.models import User
from accounts.sign_in_rows import SignIn
from tests.admin.conftest import SESSIONS, SIGN_INS, SUBJECTS, USERS, Operator
from tests.conftest import Caller

pytestmark = pytest.mark.everywhere


def test_deleting_a_sign_in_ends_it_at_once(as_operator: Operator, as_alice: Caller) -> None:
    assert as_alice.get("/subjects").status_code == 200
    sign_in = SignIn.objects.get()
    assert as_operator.post(f"{SIGN_INS}{sign_in.pk}/delete/", {"post": "yes"}).status_code == 302
    assert as_alice.get("/subjects").status_code == 401


def test_deleting_several_ends_them_all(as_operator: Operator, as_alice: Caller, as_charlie: Caller) -> None:
    assert (as_alice.get("/subjects").status_code, as_charlie.get("/subjects").status_code) == (200, 200)
    chosen = [sign_in.pk for sign_in in SignIn.objects.all()]
    as_operator.post(SIGN_INS, {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})
    assert (as_alice.get("/subjects").status_code, as_charlie.get("/subjects").status_code) == (401, 401)


def test_sign_ins_are_neither_made_nor_changed(as_operator: Operator, as_alice: Caller) -> None:
    before = SignIn.objects.values().get()
    assert as_operator.get(f"{SIGN_INS}add/").status_code == 403
    assert as_operator.post(f"{SIGN_INS}{before['id']}/change/", {"user": before["user_id"]}).status_code == 403
    assert SignIn.objects.values().get() == before


def test_no_page_shows_what_a_token_is_made_of(as_operator: Operator, as_alice: Caller, alice: User) -> None:
    sign_in = SignIn.objects.get()
    of_alice = [f"{USERS}{alice.pk}/{name}/" for name in ("change", "history", "delete", "password")]
    of_sign_in = [f"{SIGN_INS}{sign_in.pk}/{name}/" for name in ("change", "history", "delete")]
    for path in ("/admin/", USERS, SIGN_INS, SUBJECTS, SESSIONS, *of_alice, *of_sign_in):
        page = as_operator.page(path)
        for secret in (sign_in.token_id, as_alice.tokens["access"], as_alice.tokens["refresh"], alice.password):
            assert secret not in page, path


def test_the_account_leads_to_its_sign_ins(as_operator: Operator, as_alice: Caller, as_charlie: Caller) -> None:
    alice, charlie = User.objects.get(username="alice"), User.objects.get(username="charlie")
    assert f'{SIGN_INS}?user__id__exact={alice.pk}">1</a>' in as_operator.page(f"{USERS}{alice.pk}/change/")
    listed = as_operator.listed(f"{SIGN_INS}?user__id__exact={charlie.pk}")
    assert {each.partition(" ")[0] for each in listed} == {"charlie"}
