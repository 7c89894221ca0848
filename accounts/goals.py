"""What users wanted of a study day, since when: each day is judged by what was wanted of it."""

from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone

from studytrack.models import cascade_in_one_statement
from studytrack.periods import study_date

if TYPE_CHECKING:
    from accounts.models import User


class StudyGoal(models.Model):
    """What a user wants of a study day since some moment, with the zone and the hour that say which day that was."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, cascade_in_one_statement, related_name="study_goals")
    since = models.DateTimeField(default=timezone.now)
    daily_goal_minutes = models.PositiveSmallIntegerField()
    rest_weekdays = models.JSONField()
    time_zone = models.CharField(max_length=64)
    day_start_hour = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"{self.daily_goal_minutes} minutes a day since {self.since:%Y-%m-%d %H:%M} UTC"

    @classmethod
    def wanted_by(cls, user: "User") -> "StudyGoal":
        """What a user wants now."""
        names = ("daily_goal_minutes", "rest_weekdays", "time_zone", "day_start_hour")
        return cls(user=user, **{name: getattr(user, name) for name in names})

    @property
    def wanted(self) -> tuple[int, list[int]]:
        return self.daily_goal_minutes, self.rest_weekdays

    @property
    def study_date(self) -> date:
        """The study day from which on it is wanted."""
        return study_date(self.since, ZoneInfo(self.time_zone), self.day_start_hour)
