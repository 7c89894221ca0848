"""Secret links: addresses at which something of a user's is shown to whoever has them, until they are revoked."""

import secrets
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from studytrack.models import cascade_in_one_statement

TOKEN_BYTES = 32
TOKEN = r"[A-Za-z0-9_-]{43}"  # noqa: S105 - how one is spelled
"""So many random bytes in base64: nobody guesses them, and no slow hash has to make up for it."""


class Purpose(models.TextChoices):
    """What a secret link shows."""

    CALENDAR = "calendar"
    HEATMAP = "heatmap"


class SecretLinkQuerySet(models.QuerySet["SecretLink"]):
    """Secret links, in words."""

    def opened_by(self, token: str, purpose: str) -> "SecretLinkQuerySet":
        """The one link that this token opens, with its user, if there is one and the account is active."""
        opened = self.filter(token_hash=hashed(token), purpose=purpose, user__is_active=True)
        return opened.select_related("user")

    def replace(self, user: Any, purpose: str, now: datetime) -> str:
        """A new link in place of the one there may be: its token, which is not kept and so is told only now."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        link = self.model(user=user, purpose=purpose, token_hash=hashed(token), created_at=now)
        anew = ("token_hash", "created_at")
        self.bulk_create([link], update_conflicts=True, unique_fields=("user", "purpose"), update_fields=anew)
        return token


class SecretLink(models.Model):
    """That somebody with the token may see something of the user's; of the token there is only the hash."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, cascade_in_one_statement, related_name="secret_links", db_index=False
    )
    purpose = models.CharField(max_length=10, choices=Purpose)
    token_hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField()

    objects = SecretLinkQuerySet.as_manager()

    class Meta:
        constraints = (
            UniqueConstraint(fields=("token_hash",), name="secret_link_token"),
            UniqueConstraint(fields=("user", "purpose"), name="secret_link_one_for_each_purpose"),
            CheckConstraint(condition=Q(purpose__in=Purpose.values), name="secret_link_purpose_known"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.purpose}"


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
