"""Sessions of browsers as rows that know their user: they go with the account, and end with its other sign-ins."""

from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models, transaction

from studytrack.models import cascade_in_one_statement, lock_owner


class BrowserSession(AbstractBaseSession):
    """What a browser's cookie stands for, and who is signed in there."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, cascade_in_one_statement, null=True, related_name="browser_sessions"
    )

    class Meta:
        verbose_name = "browser session"

    @classmethod
    def get_session_store_class(cls) -> type["SessionStore"]:
        return SessionStore


class SessionStore(DatabaseSessionStore):
    """Django's own, whose rows name their user: the engine that SESSION_ENGINE asks for."""

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        session: Any = super().create_model_instance(data)
        session.user_id = data.get(SESSION_KEY)
        return session

    def save(self, must_create: bool = False) -> None:
        """Save in the user's turn. Of a user who is gone there is nothing to save: Django would try for ever."""
        user_id = self._get_session(no_load=must_create).get(SESSION_KEY)  # type: ignore[attr-defined]
        with transaction.atomic():
            if user_id is not None and not lock_owner(int(user_id)):
                raise UpdateError
            super().save(must_create)
