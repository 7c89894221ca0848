"""When a session changes, its owner's cached answers are forgotten; its subject's totals are among them."""

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from sessions.models import StudySession
from studytrack.api.forgetting import forget_on_commit
from studytrack.models import owners_changed


@receiver([post_save, post_delete], sender=StudySession)
def forget_owner(instance: StudySession, **_: Any) -> None:
    forget_on_commit(instance.owner_id)


@receiver(owners_changed, sender=StudySession)
def forget_owners(owner_ids: Iterable[int], **_: Any) -> None:
    forget_on_commit(*owner_ids)
