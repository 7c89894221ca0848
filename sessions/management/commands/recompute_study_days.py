"""`manage.py recompute_study_days`: the study days of all sessions anew, as after a change of time zone rules."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.models import User
from sessions.models import StudySession
from sessions.shares import DayShare
from studytrack.models import lock_owner


class Command(BaseCommand):
    help = "Books all sessions on their study days anew. It may run while StudyTrack does, and changes nothing else."

    def handle(self, *args: Any, **options: Any) -> None:
        owner_ids = User.objects.order_by("pk").values_list("pk", flat=True)
        moved = sum(recompute(owner_id) for owner_id in owner_ids.iterator())
        self.stdout.write(f"{moved} sessions now start on another study day.\n")


@transaction.atomic
def recompute(owner_id: int) -> int:
    """Book one user's sessions anew, in turn with that user's own writes; how many start on another day now."""
    owner = lock_owner(owner_id)
    sessions = list(StudySession.objects.filter(owner_id=owner_id).select_related("subject"))
    before = {session.pk: session.study_date for session in sessions}
    for session in sessions:
        session.owner = owner  # or each would ask for its own
        session.derive()
    moved = [session for session in sessions if session.study_date != before[session.pk]]
    StudySession.objects.bulk_update(moved, ["study_date"])
    DayShare.objects.filter(owner_id=owner_id).delete()
    DayShare.objects.book(sessions)
    StudySession.objects.announce([owner_id])
    return len(moved)
