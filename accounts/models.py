"""Who studies: the user. What belongs to users is in modules of its own."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import EmailValidator, MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import CheckConstraint, Q, UniqueConstraint

from accounts.browser_sessions import BrowserSession  # noqa: F401 - Django looks for an app's tables here
from accounts.first_answers import FIRST_ANSWER_LIFETIME, FirstAnswer
from accounts.goals import StudyGoal
from accounts.links import SecretLink  # noqa: F401
from accounts.managers import UserManager, compared
from accounts.owed import OwedForgetting  # noqa: F401
from accounts.sign_in_rows import KnownNetwork, SignIn
from accounts.zones import validate_time_zone
from studytrack.models import OwnWords, Record, lock_owner

USERNAME_MAX_LENGTH = 30
DAY_START_HOUR_MAX = 12
MINUTES_A_DAY = 24 * 60
WEEKDAYS = range(1, 8)  # ISO 8601: Monday is 1


def validate_weekdays(value: Any) -> None:
    """A list of different ISO weekdays, 1 to 7."""
    if not isinstance(value, list) or not all(type(day) is int and day in WEEKDAYS for day in value):
        raise OwnWords("Must be a list of ISO weekdays, 1 (Monday) to 7 (Sunday).", "invalid_choice")
    if len(set(value)) < len(value):
        raise OwnWords("Each weekday may be named once.", "unique")


class User(Record, AbstractBaseUser, PermissionsMixin):
    """A person who studies."""

    follows: ClassVar = {"username_key": ("username",), "email_key": ("email",)}
    blames: ClassVar = {
        "user_username_unique": "username",
        "user_email_unique": "email",
        "user_day_start_hour_range": "day_start_hour",
        "user_week_start_range": "week_start",
        "user_daily_goal_minutes_range": "daily_goal_minutes",
    }

    username = models.CharField(
        max_length=USERNAME_MAX_LENGTH,
        validators=[RegexValidator(r"^[A-Za-z0-9._-]{3,30}\Z", "3 to 30 of A-Z, a-z, 0-9, dot, underscore, hyphen.")],
        help_text="3 to 30 of A-Z, a-z, 0-9, dot, underscore and hyphen; unique without regard to case.",
    )
    username_key = models.TextField(editable=False)
    email = models.CharField(
        "e-mail address",
        max_length=254,
        validators=[
            EmailValidator(),
            RegexValidator(r"^[!-~]*\Z", "Write the domain of the address in ASCII."),
        ],
        help_text="Unique without regard to case; signs in as the name does.",
    )
    email_key = models.TextField(editable=False)
    time_zone = models.CharField(
        max_length=64,
        default="UTC",
        validators=[validate_time_zone],
        help_text="An IANA name: Europe/Berlin.",
    )
    day_start_hour = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(DAY_START_HOUR_MAX)],
        help_text="The hour, 0 to 12, at which a study day begins.",
    )
    week_start = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(7)],
        help_text="The ISO weekday, 1 (Monday) to 7 (Sunday), on which a week begins.",
    )
    daily_goal_minutes = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(MINUTES_A_DAY)],
        help_text="Minutes a day, 0 to 1440; 0 is no goal.",
    )
    rest_weekdays = models.JSONField(
        default=list,
        blank=True,
        validators=[validate_weekdays],
        help_text="ISO weekdays without study, such as [6, 7].",
    )
    is_staff = models.BooleanField("operator", default=False, help_text="May sign in to the admin.")
    is_active = models.BooleanField("active", default=True, help_text="Clear this instead of deleting an account.")

    told_of = GenericRelation("admin.LogEntry", "object_id", "content_type")
    """What operators did with the account, which goes with it."""

    kept_sign_in: uuid.UUID | None = None
    """The sign-in that a new password leaves alive: the one that asks for it."""

    network = ""
    """Where somebody who signs in now asks from, as guesses.network_of() says it."""

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["email"]

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("created_at",), name="user_created"),)
        constraints = (
            UniqueConstraint(
                fields=("username_key",),
                name="user_username_unique",
                violation_error_code="unique",
                violation_error_message="Somebody has this name already.",
            ),
            UniqueConstraint(
                fields=("email_key",),
                name="user_email_unique",
                violation_error_code="unique",
                violation_error_message="Somebody has this address already.",
            ),
            CheckConstraint(
                condition=Q(day_start_hour__lte=DAY_START_HOUR_MAX),
                name="user_day_start_hour_range",
                violation_error_message="A study day begins between 0 and 12 o'clock.",
            ),
            CheckConstraint(
                condition=Q(week_start__range=(1, 7)),
                name="user_week_start_range",
                violation_error_message="A week begins on an ISO weekday, 1 to 7.",
            ),
            CheckConstraint(
                condition=Q(daily_goal_minutes__lte=MINUTES_A_DAY),
                name="user_daily_goal_minutes_range",
                violation_error_message="A daily goal is 0 to 1440 minutes.",
            ),
        )

    def __str__(self) -> str:
        return self.username

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save; a new password, or none, ends every sign-in but `kept_sign_in`; a new goal of a day is remembered."""
        named = None if update_fields is None else set(update_fields)
        is_new, has_new_password = self._state.adding, self.has_new_password
        with transaction.atomic(savepoint=False):
            super().save(update_fields=named, **kwargs)
            if has_new_password and not is_new:
                self.sign_ins.exclude(pk__in=[self.kept_sign_in] if self.kept_sign_in else []).delete()
            if named is None or not named.isdisjoint({"daily_goal_minutes", "rest_weekdays"}):
                self._remember_what_is_wanted(is_new)

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        if raw_password is None:
            self._password = ""  # Django takes it for no change when a password is taken away

    def set_unusable_password(self) -> None:
        self.set_password(None)

    @property
    def has_new_password(self) -> bool:
        """Until save() Django keeps what set_password() was given; not where it only hashes the same password anew."""
        return self._password is not None

    def _remember_what_is_wanted(self, is_new: bool) -> None:
        last = None if is_new else self.study_goals.order_by("since", "pk").last()
        if last is None or last.wanted != (self.daily_goal_minutes, self.rest_weekdays):
            StudyGoal.wanted_by(self).save()

    def derive(self) -> None:
        self.username_key, self.email_key = compared(self.username), compared(self.email)

    def sign_in(self, now: datetime) -> SignIn:
        """Begin a sign-in."""
        return self.sign_ins.create(created_at=now, expires_at=now + settings.REFRESH_TOKEN_LIFETIME)

    def remember_network(self, now: datetime) -> None:
        """Remember from where somebody signs in, if that is known."""
        seen = KnownNetwork(user=self, fingerprint=self.network, seen_at=now)
        with transaction.atomic():
            if self.network and lock_owner(self.pk):
                KnownNetwork.objects.bulk_create(
                    [seen], update_conflicts=True, unique_fields=["user", "fingerprint"], update_fields=["seen_at"]
                )

    def first_answer(self, key: str, now: datetime) -> FirstAnswer | None:
        """What the user's request with this key was answered, if that is still given again."""
        return self.first_answers.filter(key=key, created_at__gt=now - FIRST_ANSWER_LIFETIME).first()

    def keep_first_answer(self, key: str, now: datetime, **columns: Any) -> None:
        """Keep what a request with this key is answered, and no longer those that are not given again."""
        self.first_answers.filter(created_at__lte=now - FIRST_ANSWER_LIFETIME).delete()
        self.first_answers.create(key=key, created_at=now, **columns)
