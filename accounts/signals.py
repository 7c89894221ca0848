"""When a user changes or a sign-in ends, the user's cached answers are forgotten."""

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts.models import SignIn, User
from studytrack.api.forgetting import erase_on_commit, forget_on_commit
from studytrack.models import owners_changed


@receiver(post_save, sender=User)
def forget_user(instance: User, **_: Any) -> None:
    forget_on_commit(instance.pk)


@receiver(owners_changed, sender=User)
def forget_users(owner_ids: Iterable[int], **_: Any) -> None:
    forget_on_commit(*owner_ids)


@receiver(post_delete, sender=SignIn)
def forget_signed_out_user(instance: SignIn, **_: Any) -> None:
    forget_on_commit(instance.user_id)


@receiver(post_delete, sender=User)
def erase_user(instance: User, **_: Any) -> None:
    erase_on_commit(instance.pk)
