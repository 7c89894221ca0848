"""`manage.py clear_expired`: deletes what is over and would otherwise only lie about; for cron, once a day."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.browser_sessions import BrowserSession
from accounts.first_answers import FIRST_ANSWER_LIFETIME, FirstAnswer
from accounts.sign_in_rows import NETWORK_MEMORY, KnownNetwork, SignIn

ROWS_AT_ONCE = 5000


class Command(BaseCommand):
    help = (
        "Deletes sign-ins, browser sessions, first answers and known networks that are over. It may run at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for rows in expired(timezone.now()):
            self.stdout.write(f"{clear(rows)} {rows.model._meta.verbose_name_plural} deleted.\n")


def expired(now: datetime) -> Iterable[QuerySet[Any]]:
    """What nothing in StudyTrack would look at again."""
    return (
        SignIn.objects.filter(expires_at__lte=now),
        BrowserSession.objects.filter(expire_date__lte=now),
        FirstAnswer.objects.filter(created_at__lte=now - FIRST_ANSWER_LIFETIME),
        KnownNetwork.objects.filter(seen_at__lte=now - NETWORK_MEMORY),
    )


def clear(rows: QuerySet[Any]) -> int:
    """Delete them in portions, and tell how many there were."""
    deleted = 0
    while portion := clear_some(rows):
        deleted += portion
    return deleted


@transaction.atomic
def clear_some(rows: QuerySet[Any]) -> int:
    """Delete some that nobody else has under a lock: another of this command, say, which deletes those itself."""
    unlocked = rows.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:ROWS_AT_ONCE]
    return rows.model._default_manager.filter(pk__in=list(unlocked)).delete()[0]
