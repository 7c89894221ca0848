"""Sessions of browsers know whose they are, and none is kept for an account that is gone (contract 1 and 2)."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError

from accounts.browser_sessions import BrowserSession, SessionStore
from accounts.models import User
from tests.conftest import Caller

pytestmark = pytest.mark.everywhere


def test_a_session_names_its_user_from_signing_in_to_signing_out(alice: User) -> None:
    browser = Caller()
    browser.force_login(alice)
    assert BrowserSession.objects.get().user == alice
    browser.logout()
    assert not BrowserSession.objects.exists()


def test_a_session_of_nobody_is_kept_too(db: None) -> None:
    store = SessionStore()
    store["colour"] = "red"
    store.save()
    assert (BrowserSession.objects.get().user, SessionStore(store.session_key)["colour"]) == (None, "red")


def test_no_session_is_made_for_an_account_that_is_gone(alice: User) -> None:
    """Django takes the foreign key's refusal for a key that is taken, and would try another one for ever."""
    store = SessionStore()
    store[SESSION_KEY] = str(alice.pk)
    alice.delete()
    with pytest.raises(UpdateError):
        store.create()
    assert not BrowserSession.objects.exists()
