"""When it was studied: a session of one subject, on its owner's one time line."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, Sum, UniqueConstraint, Value
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND

from sessions.constraints import NoOverlap
from sessions.periods import study_date
from sessions.search import may_mention
from sessions.shares import DayShare
from sessions.totals import SubjectTotals, TotalsKept
from studytrack.compiled import Compiled
from studytrack.models import (
    Conflict,
    OwnedModel,
    OwnedQuerySet,
    PlainTextField,
    cascade_in_one_statement,
    lock_owner,
)
from subjects.models import Subject

NOTES_MAX_LENGTH = 2048
LONGEST = timedelta(hours=24)
SHORTEST = timedelta(seconds=1)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)
CLOCK_TOLERANCE = timedelta(seconds=60)
BOOKED_BY = frozenset({"subject", "subject_id", "start_time", "end_time", "time_zone", "day_start_hour"})
"""The columns that decide what is booked on which study day."""


class Source(models.TextChoices):
    MANUAL = "manual"
    TIMER = "timer"
    IMPORT = "import"


class Resolution(models.TextChoices):
    """What may become of a timer that was forgotten."""

    END_AT = "end_at"
    KEEP = "keep"
    DISCARD = "discard"


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

    def bulk_update(self, objs: Iterable["StudySession"], fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        sessions, named = list(objs), list(fields)
        with transaction.atomic():
            count = super().bulk_update(sessions, named, *args, **kwargs)
            if BOOKED_BY.intersection(named):
                self._rebook(session.pk for session in sessions)
        return count

    def update(self, **values: Any) -> int:
        with transaction.atomic():
            ids = list(self.values_list("pk", flat=True)) if BOOKED_BY.intersection(values) else []
            count = super().update(**values)
            self._rebook(ids)
        return count

    def _rebook(self, ids: Iterable[int]) -> None:
        """Book anew, by what the database has: what is at hand may be partly of before."""
        DayShare.objects.rebook(self.model._base_manager.filter(pk__in=list(ids)))


@Compiled
def _others_in(owner_id: int, but: int, start: datetime, end: datetime) -> models.QuerySet["StudySession"]:
    others = StudySession.objects.filter(owner_id=owner_id).exclude(pk=but)
    # By an expression: along the index of start_time, PostgreSQL would look for ten from the user's first session on.
    return others.overlapping(start, end).order_by(F("start_time") + Value(timedelta(0)))


def forgotten_after() -> timedelta:
    """How long a timer runs before it is taken for forgotten."""
    return timedelta(hours=settings.FORGOTTEN_AFTER_HOURS)


class StudySession(OwnedModel):
    """Time spent on one subject, with the zone and the hour by which its study day was decided."""

    quota: ClassVar = "SESSIONS_PER_USER"
    follows: ClassVar = {
        "owner": ("subject",),
        "study_date": ("start_time", "time_zone", "day_start_hour"),
    }
    blames: ClassVar = {
        "session_ends_after_start": "end_time",
        "session_at_most_24_hours": "end_time",
        "session_source_known": "source",
    }

    subject = models.ForeignKey(Subject, cascade_in_one_statement, related_name="sessions", db_index=False)
    start_time = models.DateTimeField()
    end_time = models.DateTimeField(null=True)
    duration = models.GeneratedField(
        expression=F("end_time") - F("start_time"), output_field=models.DurationField(), db_persist=True
    )
    notes = PlainTextField(max_length=NOTES_MAX_LENGTH, blank=True, default="")
    study_date = models.DateField(editable=False)
    time_zone = models.CharField(max_length=64, editable=False)
    day_start_hour = models.PositiveSmallIntegerField(editable=False)
    source = models.CharField(max_length=10, choices=Source, default=Source.MANUAL, editable=False)

    objects = StudySessionQuerySet.as_manager()

    class Meta:
        ordering = ("-start_time", "-id")
        verbose_name = "study session"
        indexes = (
            models.Index(fields=("owner", "-start_time", "-id"), name="session_list"),
            models.Index(fields=("owner", "study_date"), name="session_study_date"),
            models.Index(fields=("subject", "owner", "-start_time", "-id"), name="session_subject_list"),
        )
        constraints = (
            UniqueConstraint(
                fields=("owner",),
                condition=Q(end_time=None),
                name="session_one_running",
                violation_error_message="Another session is running.",
            ),
            CheckConstraint(
                condition=Q(end_time__gt=F("start_time")),
                name="session_ends_after_start",
                violation_error_code="not_after_start",
                violation_error_message="A session ends after it starts.",
            ),
            CheckConstraint(
                condition=Q(end_time__lte=F("start_time") + Value(LONGEST)),
                name="session_at_most_24_hours",
                violation_error_code="too_long",
                violation_error_message="A session lasts 24 hours at most.",
            ),
            CheckConstraint(
                condition=Q(source__in=Source.values),
                name="session_source_known",
                violation_error_message="A session is entered by hand, by timer or by import.",
            ),
            NoOverlap(name="session_no_overlap"),
            TotalsKept(name="session_totals_kept"),
        )

    def __str__(self) -> str:
        return f"{self.subject}, {self.start_time:%Y-%m-%d %H:%M} UTC"

    @property
    def duration_minutes(self) -> int | None:
        """Whole minutes, rounded down; None while it runs."""
        return (self.end_time - self.start_time) // timedelta(minutes=1) if self.end_time else None

    def needs_review(self, now: datetime) -> bool:
        """Whether it has run for so long that its timer was forgotten."""
        return self.end_time is None and now - self.start_time > forgotten_after()

    def start(self, now: datetime, at: datetime | None = None, *, switch: bool = False) -> None:
        """Begin to run, at a time or else now. What runs already is a Conflict, or is stopped then to `switch`."""
        with transaction.atomic():
            self.owner = lock_owner(self.subject.owner_id)
            for running in self.owner.studysessions.running().select_related("subject"):
                if not switch or (at is None and running.needs_review(now)):
                    raise running.conflict(now)
                running.stop(now, at)
            self.start_time = at or self.owner.studysessions.free_from(now)
            self.source = Source.TIMER
            self.save()

    def stop(self, now: datetime, at: datetime | None = None) -> None:
        """End at a time or else now. What has ended stays as it is; of what was forgotten the time must be told."""
        if self.end_time:
            return
        if at is None and self.needs_review(now):
            raise ValidationError(
                {"end_time": ValidationError("This timer was forgotten. Say when it ended.", "forgotten")}
            )
        self.end_time = at or self.earliest_end(now)
        self.clean()
        self.save(update_fields=["end_time"])

    def resolve(self, how: str, now: datetime, at: datetime | None = None) -> None:
        """Settle one that runs: end it at a time, keep what it ran, within 24 hours, or discard it."""
        if self.end_time:
            raise Conflict("This session has ended already.", "conflict")
        match how:
            case Resolution.END_AT:
                self.stop(now, at)
            case Resolution.KEEP:
                self.stop(now, min(self.earliest_end(now), self.start_time + LONGEST))
            case Resolution.DISCARD:
                self.delete()

    def earliest_end(self, now: datetime) -> datetime:
        """Now, but a second after the start: a session that is stopped at once is not one that never was."""
        return max(now, self.start_time + SHORTEST)

    def conflict(self, now: datetime) -> Conflict:
        """The refusal of another timer beside this one."""
        message = "A forgotten timer is to be settled first." if self.needs_review(now) else "A timer is running."
        place = self.place
        del place["end_time"]
        return Conflict(message, "timer_running", running=place)

    def clean(self) -> None:
        """A session ends after it starts, and within 24 hours."""
        if not self.start_time or not self.end_time:
            return
        if self.end_time <= self.start_time:
            raise ValidationError({"end_time": ValidationError("A session ends after it starts.", "not_after_start")})
        if self.end_time - self.start_time > LONGEST:
            raise ValidationError({"end_time": ValidationError("A session lasts 24 hours at most.", "too_long")})

    def refuse_overlap(self) -> None:
        """Raise Conflict with the sessions of the same owner that share time with this one."""
        taken = _others_in(self.owner_id, self.pk or 0, self.start_time, self.end_time or END_OF_TIME)[0:10]
        if taken:
            raise Conflict("This overlaps another session.", "overlap", conflicts=[other.place for other in taken])

    @property
    def place(self) -> dict[str, Any]:
        """Where it is on the time line, as a conflict shows it."""
        return {
            "id": self.pk,
            "subject_id": self.subject_id,
            "start_time": self.start_time,
            "end_time": self.end_time,
        }

    def derive(self) -> None:
        """The owner is the subject's; the study day is the start's, by the zone and the hour of when it was made."""
        self.owner_id = self.subject.owner_id
        if not StudySession.owner.is_cached(self):
            self.owner = self.subject.owner  # many sessions of one subject ask for their owner once
        if not self.time_zone:
            self.time_zone = self.owner.time_zone
        if self.day_start_hour is None:
            self.day_start_hour = self.owner.day_start_hour  # type: ignore[unreachable]
        self.study_date = study_date(self.start_time, ZoneInfo(self.time_zone), self.day_start_hour)

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save on the owner's time line: under the owner's lock, so that two at once cannot overlap."""
        if self.owner_id not in (None, self.subject.owner_id):
            raise ValidationError({"subject": ValidationError("This subject is somebody else's.", "not_yours")})
        book = DayShare.objects.book if self._state.adding else DayShare.objects.rebook
        named = None if update_fields is None else set(update_fields)
        with transaction.atomic(savepoint=False):
            self.owner = lock_owner(self.subject.owner_id)
            self.refuse_overlap()
            super().save(update_fields=named, **kwargs)
            if named is None or BOOKED_BY & named:
                book([self])
