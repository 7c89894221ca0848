"""When it was studied: a session of one subject, on its owner's one time line."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, UniqueConstraint, Value

from sessions.constraints import NoOverlap
from sessions.querysets import BOOKED_BY, LONGEST, StudySessionQuerySet, forgotten_after
from sessions.shares import DayShare
from sessions.totals import TotalsKept
from studytrack.compiled import Compiled
from studytrack.fields import PlainTextField
from studytrack.models import (
    Conflict,
    OwnedModel,
    cascade_in_one_statement,
    lock_owner,
)
from studytrack.periods import LAST_INSTANT, study_date
from subjects.models import Subject

NOTES_MAX_LENGTH = 2048
SHORTEST = timedelta(seconds=1)


class Source(models.TextChoices):
    MANUAL = "manual"
    TIMER = "timer"
    IMPORT = "import"


class Resolution(models.TextChoices):
    """What may become of a timer that was forgotten."""

    END_AT = "end_at"
    KEEP = "keep"
    DISCARD = "discard"


@Compiled
def _others_in(owner_id: int, but: int, start: datetime, end: datetime) -> models.QuerySet["StudySession"]:
    others = StudySession.objects.filter(owner_id=owner_id).exclude(pk=but)
    # By an expression: along the index of start_time, PostgreSQL would look for ten from the user's first session on.
    return others.overlapping(start, end).order_by(F("start_time") + Value(timedelta(0)))


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
        taken = _others_in(self.owner_id, self.pk or 0, self.start_time, self.end_time or LAST_INSTANT)[0:10]
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
        """The owner is the subject's; times are whole seconds; the study day is by the session's own zone and hour."""
        self.start_time = self.start_time.replace(microsecond=0)
        self.end_time = self.end_time and self.end_time.replace(microsecond=0)
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
