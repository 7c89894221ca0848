"""What is studied: a subject with its goal, and the totals that its sessions give it."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Case, CheckConstraint, Q, UniqueConstraint, Value, When
from django.db.models.functions import Coalesce

from studytrack.fields import PlainCharField, PlainTextField
from studytrack.models import OwnedModel, OwnedQuerySet, folded
from studytrack.periods import NO_TIME

NAME_MAX_LENGTH, DESCRIPTION_MAX_LENGTH = 100, 512
HOURS_GOAL_MAX = 100_000


class PriorityLevel(models.TextChoices):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Status(models.TextChoices):
    ACTIVE = "active"
    COMPLETED = "completed"
    ARCHIVED = "archived"


class SubjectQuerySet(OwnedQuerySet["Subject"]):
    """Subjects, in words."""

    def with_totals(self) -> "SubjectQuerySet":
        """Each with `studied` and `session_count`, which the database keeps, of its sessions that have ended."""
        return self.annotate(
            studied=Coalesce("totals__studied", Value(NO_TIME)), session_count=Coalesce("totals__ended", Value(0))
        )

    def with_priority_rank(self) -> "SubjectQuerySet":
        """Each with `priority_rank`, which orders low < medium < high."""
        ranks = [When(priority_level=level, then=Value(rank)) for rank, level in enumerate(PriorityLevel)]
        return self.annotate(priority_rank=Case(*ranks, output_field=models.SmallIntegerField()))

    def mentioning(self, text: str) -> "SubjectQuerySet":
        """Those whose name or description holds the text, without regard to case."""
        return self.filter(Q(name__icontains=text) | Q(description__icontains=text))


class Subject(OwnedModel):
    """Something that its owner studies; `studied` and `session_count` are on new ones and on those with_totals()."""

    quota: ClassVar = "SUBJECTS_PER_USER"
    follows: ClassVar = {"name_key": ("name",)}
    blames: ClassVar = {
        "subject_name_unique": "name",
        "subject_priority_level_known": "priority_level",
        "subject_status_known": "status",
        "subject_total_hours_goal_range": "total_hours_goal",
    }

    name = PlainCharField(max_length=NAME_MAX_LENGTH, help_text="Unique among your subjects without regard to case.")
    name_key = models.TextField(editable=False)
    description = PlainTextField(max_length=DESCRIPTION_MAX_LENGTH, blank=True, default="")
    priority_level = models.CharField(max_length=10, choices=PriorityLevel, default=PriorityLevel.MEDIUM)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    total_hours_goal = models.PositiveIntegerField(
        default=0, validators=[MaxValueValidator(HOURS_GOAL_MAX)], help_text="Whole hours; 0 is no goal."
    )

    objects = SubjectQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("owner", "-created_at", "-id"), name="subject_list"),)
        constraints = (
            UniqueConstraint(
                fields=("owner", "name_key"),
                name="subject_name_unique",
                violation_error_code="unique",
                violation_error_message="You have a subject of this name already.",
            ),
            UniqueConstraint(fields=("id", "owner"), name="subject_and_owner"),
            CheckConstraint(
                condition=Q(priority_level__in=PriorityLevel.values),
                name="subject_priority_level_known",
                violation_error_message="A priority is low, medium or high.",
            ),
            CheckConstraint(
                condition=Q(status__in=Status.values),
                name="subject_status_known",
                violation_error_message="A subject is active, completed or archived.",
            ),
            CheckConstraint(
                condition=Q(total_hours_goal__lte=HOURS_GOAL_MAX),
                name="subject_total_hours_goal_range",
                violation_error_message="A goal is 0 to 100000 hours.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def derive(self) -> None:
        self.name_key = folded(self.name)

    def save(self, **kwargs: Any) -> None:
        is_new = self._state.adding
        super().save(**kwargs)
        if is_new:
            vars(self).update(studied=NO_TIME, session_count=0)
