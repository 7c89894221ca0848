"""When a user changes or a sign-in ends, the user's cached answers are forgotten, and operators are told."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.sign_in_rows import SignIn
from studytrack.api.forgetting import erase_on_commit, forget_on_commit
from studytrack.api.security import Event, note, pseudonym
from studytrack.models import owners_changed


@receiver(post_save, sender=User)
def forget_user(instance: User, **_: Any) -> None:
    forget_on_commit(instance.pk)


@receiver(owners_changed, sender=User)
def forget_users(owner_ids: Iterable[int], **_: Any) -> None:
    forget_on_commit(*owner_ids)


@receiver(post_delete, sender=SignIn)
def forget_signed_out_user(instance: SignIn, **_: Any) -> None:
    """A sign-in whose time is over is not believed anyway, and leaves the user's answers as they are."""
    if instance.expires_at > timezone.now():
        forget_on_commit(instance.user_id)


@receiver(post_delete, sender=User)
def erase_user(instance: User, **_: Any) -> None:
    erase_on_commit(instance.pk)


@receiver(post_save, sender=User)
def tell_of_new_password(instance: User, created: bool, **_: Any) -> None:
    if instance.has_new_password and not created:
        transaction.on_commit(lambda: note(Event.PASSWORD_CHANGED, user=instance.pk))


@receiver(post_delete, sender=User)
def tell_of_deleted_account(instance: User, **_: Any) -> None:
    user_id = instance.pk
    transaction.on_commit(lambda: note(Event.ACCOUNT_DELETED, user=user_id))


@receiver(user_logged_in)
def tell_of_sign_in(request: HttpRequest | None, user: User, **_: Any) -> None:
    """A browser's: signing in for tokens is remembered and told of where it is done."""
    user.remember_network(timezone.now())
    note(Event.ADMIN_SIGN_IN if at_the_admin(request) else Event.SIGN_IN, user=user.pk)


@receiver(user_login_failed)
def tell_of_failed_sign_in(credentials: dict[str, Any], request: HttpRequest | None, **_: Any) -> None:
    event = Event.ADMIN_SIGN_IN_FAILED if at_the_admin(request) else Event.SIGN_IN_FAILED
    note(event, account=pseudonym(credentials.get("username")))


def at_the_admin(request: HttpRequest | None) -> bool:
    return request is not None and request.path_info.startswith(reverse("admin:index"))
