"""Study sessions, in words: which run, which are in the way, how many there are; and how many of them are written."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import Q, Sum
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND

from sessions.search import may_mention
from sessions.shares import DayShare
from sessions.totals import SubjectTotals
from studytrack.compiled import Compiled
from studytrack.instants import CLOCK_TOLERANCE
from studytrack.models import OwnedQuerySet

if TYPE_CHECKING:
    from sessions.models import StudySession

LONGEST = timedelta(hours=24)
BOOKED_BY = frozenset({"subject", "subject_id", "start_time", "end_time", "time_zone", "day_start_hour"})
"""The columns that decide what is booked on which study day."""


def forgotten_after() -> timedelta:
    """How long a timer runs before it is taken for forgotten."""
    return timedelta(hours=settings.FORGOTTEN_AFTER_HOURS)


@Compiled
def _kept_of(owner_id: int) -> models.QuerySet[Any]:
    """The owner, with the number of their sessions."""
    sessions = Sum("subjects__totals__sessions", default=0)
    return get_user_model()._default_manager.filter(pk=owner_id).order_by().annotate(count=sessions).only("pk")


class StudySessionQuerySet(OwnedQuerySet["StudySession"]):
    """Study sessions, in words."""

    def running(self) -> "StudySessionQuerySet":
        """Those that have not ended."""
        return self.filter(end_time=None)

    def needing_review(self, now: datetime, needs: bool = True) -> "StudySessionQuerySet":
        """Those that have run for so long that their timer was forgotten; or else all others."""
        forgotten = Q(end_time=None, start_time__lt=now - forgotten_after())
        return self.filter(forgotten if needs else ~forgotten)

    def free_from(self, now: datetime) -> datetime:
        """Now or, where the last session was stopped within its first second and ends a little ahead, its end."""
        last = self.order_by("-start_time").values_list("end_time", flat=True).first()
        return last if last and now < last <= now + CLOCK_TOLERANCE else now

    def overlapping(self, start: datetime, end: datetime) -> "StudySessionQuerySet":
        """Those that share time with a span; touching is not sharing."""
        ends_in_it = Q(end_time__gt=start, start_time__gt=start - LONGEST)  # the second lets an index find them
        return self.filter(ends_in_it | Q(end_time=None), start_time__lt=end)

    def mentioning(self, text: str, owner: Any) -> "StudySessionQuerySet":
        """Those of an owner whose notes hold the text, without regard to case."""
        return self.filter(may_mention(text, owner.pk), owner_id=owner.pk, notes__icontains=text)

    def count(self) -> int:
        """How many; all of a user's or of a subject's are not counted, as the database keeps their number."""
        if self._result_cache is not None or not (whole := self._whole()):
            return super().count()
        if whole.keys() == {"owner"}:
            return sum(each.count for each in _kept_of(whole["owner"]))
        kept = SubjectTotals.objects.filter(**{f"subject__{name}": value for name, value in whole.items()})
        return int(kept.aggregate(count=Sum("sessions", default=0))["count"])

    def _whole(self) -> dict[str, Any]:
        """The owner and the subject that have all of these; neither, if anything else chooses among their sessions."""
        query, where = self.query, self.query.where
        if query.is_sliced or query.distinct or query.combinator or query.group_by or where.connector != AND:
            return {}
        names = {self.model._meta.get_field("owner"): "owner", self.model._meta.get_field("subject"): "pk"}
        exact = [one for one in where.children if isinstance(one, Exact) and one.rhs_is_direct_value()]
        whole = {names.get(getattr(one.lhs, "target", None), ""): one.rhs for one in exact}
        return {} if "" in whole or len(whole) < len(where.children) else whole

    def bulk_create(self, objs: Iterable["StudySession"], *args: Any, **kwargs: Any) -> list["StudySession"]:
        with transaction.atomic():
            sessions = super().bulk_create(objs, *args, **kwargs)
            DayShare.objects.book(sessions)
        return sessions

    def update(self, **values: Any) -> int:
        if isinstance(end := values.get("end_time"), datetime):
            values["end_time"] = end.replace(microsecond=0)
        return super().update(**values)

    def complete(self, ids: Iterable[int], columns: Iterable[str]) -> None:
        """Book anew, by what the database has: what is at hand may be partly of before."""
        if BOOKED_BY.intersection(columns):
            DayShare.objects.rebook(self.model._base_manager.filter(pk__in=list(ids)))
