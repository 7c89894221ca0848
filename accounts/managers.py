"""How users are made, found and changed in bulk."""

import unicodedata
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import BaseUserManager
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from studytrack.models import folded, owners_changed

if TYPE_CHECKING:
    from accounts.models import User


def compared(name: str) -> str:
    """A name or an address as it is compared: without regard to case, or to how its letters are written."""
    return folded(unicodedata.normalize("NFKC", name))


class UserQuerySet(models.QuerySet["User"]):
    """Users; what is changed in bulk is announced as what save() changes is."""

    def called(self, name: str) -> "UserQuerySet":
        """The user of this name, or of this address: no name holds an `@`."""
        key = compared(name)
        return self.filter(Q(email_key=key) if "@" in key else Q(username_key=key))

    def seen_from(self, network: str) -> "UserQuerySet":
        """Each with `was_seen`: whether it has been signed in to from this network."""
        networks: Any = self.model._meta.get_field("known_networks").related_model
        return self.annotate(was_seen=Exists(networks.objects.filter(user=OuterRef("pk"), fingerprint=network)))

    def update(self, **values: Any) -> int:
        """Update all at once, but no names and addresses. When somebody was last seen is nothing anybody is shown."""
        self.model.refuse_to_update(values)
        if set(values) == {"last_login"}:
            return super().update(**values)
        with transaction.atomic():
            owners_changed.send(self.model, owner_ids=set(self.order_by().values_list("pk", flat=True)))
            return super().update(**values)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes users, and finds them by name or address without regard to case."""

    def create_user(self, username: str, email: str, password: str | None = None, **more: Any) -> "User":
        user = self.model(username=username, email=email, **more)
        user.set_password(password)
        user.full_clean()
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, email: str, password: str | None = None, **more: Any) -> "User":
        return self.create_user(username, email, password, is_staff=True, is_superuser=True, **more)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.called(username or "").get()
