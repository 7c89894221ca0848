"""How the time of sessions is booked on study days: one row for each session and each day that it touches."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, Q, UniqueConstraint

from sessions.periods import NO_TIME, study_days
from studytrack.models import cascade_in_one_statement

ROWS_A_STATEMENT = 2000


class DayShareQuerySet(models.QuerySet["DayShare"]):
    """Shares, in words."""

    def rebook(self, sessions: Iterable[Any]) -> None:
        """Book sessions anew, whatever was booked of them before."""
        anew = list(sessions)
        with transaction.atomic(savepoint=False):
            self.filter(session_id__in=[session.pk for session in anew]).delete()
            self.book(anew)

    def book(self, sessions: Iterable[Any]) -> None:
        """Book sessions that are new; one that runs is not booked yet."""
        shares: Any = [share for session in sessions for share in shares_of(session)]
        if shares:
            self.bulk_create(shares, ROWS_A_STATEMENT)


class DayShare(models.Model):
    """What of one session belongs to one study day. It follows from the session, and is written with it."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, cascade_in_one_statement, related_name="day_shares", db_index=False
    )
    subject = models.ForeignKey("subjects.Subject", cascade_in_one_statement, related_name="day_shares")
    session = models.ForeignKey(
        "study_sessions.StudySession", cascade_in_one_statement, related_name="day_shares", db_index=False
    )
    date = models.DateField()
    duration = models.DurationField()

    objects = DayShareQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("owner", "date", "subject", "session", "duration"), name="day_share_sums"),
            models.Index(fields=("date", "owner", "subject", "duration"), name="day_share_everybodys"),
        )
        constraints = (
            UniqueConstraint(fields=("session", "date"), name="day_share_once"),
            CheckConstraint(condition=Q(duration__gt=NO_TIME), name="day_share_is_some_time"),
        )

    def __str__(self) -> str:
        return f"{self.duration} on {self.date}"


def shares_of(session: Any) -> list[DayShare]:
    """The shares of a session by the zone and the hour that it carries; none while it runs."""
    if session.end_time is None:
        return []
    of_session = {"owner_id": session.owner_id, "subject_id": session.subject_id, "session": session}
    days = study_days(session.start_time, session.end_time, ZoneInfo(session.time_zone), session.day_start_hour)
    return [DayShare(**of_session, date=day, duration=duration) for day, duration in days]
