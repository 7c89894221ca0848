"""`manage.py recount`: every subject's totals by its sessions, as after a restore or a repair by hand."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from sessions.totals import recount
from subjects.models import Subject


class Command(BaseCommand):
    help = "Counts the sessions of all subjects anew. It may run while StudyTrack does, and then changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = Subject.objects.filter(pk__in=recount(connection))
        wrong.announce(wrong.values_list("owner_id", flat=True))
        self.stdout.write(f"{len(wrong)} subjects had other totals than their sessions.\n")
