"""Sign-ins as rows: what tokens live by, and the networks that sign-ins came from."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint

from studytrack.models import cascade_in_one_statement

NETWORK_MEMORY = timedelta(days=90)


def new_token_id() -> str:
    return uuid.uuid4().hex


class SignIn(models.Model):
    """One sign-in of a user: it lives while its row does, and knows the one refresh token that may be used next."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, cascade_in_one_statement, related_name="sign_ins")
    token_id = models.CharField(max_length=32, default=new_token_id, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "sign-in"

    def __str__(self) -> str:
        return f"{self.user} since {self.created_at:%Y-%m-%d %H:%M} UTC"

    def may_go_on(self, token_id: str, now: datetime) -> bool:
        """Whether this refresh token is the one to be used next, and its user still one who may."""
        return self.token_id == token_id and now < self.expires_at and self.user.is_active

    def rotate(self, now: datetime) -> None:
        """Spend the refresh token: another one takes its place, and never beyond the sign-in's longest life."""
        self.token_id = new_token_id()
        self.expires_at = min(now + settings.REFRESH_TOKEN_LIFETIME, self.created_at + settings.SIGN_IN_LIFETIME)
        self.save(update_fields=["token_id", "expires_at"])


class KnownNetwork(models.Model):
    """A network from which somebody has signed in to an account; what its address is cannot be told from this."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, cascade_in_one_statement, related_name="known_networks", db_index=False
    )
    fingerprint = models.CharField(max_length=64)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (UniqueConstraint(fields=("user", "fingerprint"), name="known_network_once"),)

    def __str__(self) -> str:
        return f"{self.user} from {self.fingerprint[:8]}"
