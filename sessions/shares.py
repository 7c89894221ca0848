"""How the time of sessions is booked: a row for each session and each study day that it touches."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from sessions.periods import HOUR_SECONDS, stretches
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
    """What of one session belongs to one study day. It follows from the session, and is written with it.

    On a day on which the clock is changed there may be two of one session, so that what the clock shows follows from
    `clock`, where it stands in the beginning, in seconds since midnight.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, cascade_in_one_statement, related_name="day_shares", db_index=False
    )
    subject = models.ForeignKey("subjects.Subject", cascade_in_one_statement, related_name="day_shares")
    session = models.ForeignKey(
        "study_sessions.StudySession", cascade_in_one_statement, related_name="day_shares", db_index=False
    )
    date = models.DateField()
    clock = models.PositiveIntegerField()
    seconds = models.PositiveIntegerField()
    number = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()

    objects = DayShareQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=("owner", "date"),
                include=("subject", "session", "clock", "seconds", "of"),
                name="day_share_sums",
            ),
            models.Index(fields=("date", "owner", "subject", "seconds"), name="day_share_everybodys"),
        )
        constraints = (
            UniqueConstraint(fields=("session", "number"), name="day_share_once"),
            CheckConstraint(condition=Q(seconds__gt=0), name="day_share_is_some_time"),
            CheckConstraint(condition=Q(clock__lt=24 * HOUR_SECONDS), name="day_share_clock_is_of_a_day"),
            CheckConstraint(condition=Q(number__gte=1, number__lte=F("of")), name="day_share_number_of"),
        )

    def __str__(self) -> str:
        return f"{self.seconds} s on {self.date}"


def shares_of(session: Any) -> list[DayShare]:
    """The shares of a session by the zone and the hour that it carries; none while it runs."""
    if session.end_time is None:
        return []
    start, end = (instant.replace(microsecond=0) for instant in (session.start_time, session.end_time))
    found = list(stretches(start, end, ZoneInfo(session.time_zone), session.day_start_hour))
    return [
        DayShare(
            owner_id=session.owner_id,
            subject_id=session.subject_id,
            session_id=session.pk,
            date=each.day,
            clock=each.clock,
            seconds=each.seconds,
            number=number,
            of=len(found),
        )
        for number, each in enumerate(found, 1)
    ]
