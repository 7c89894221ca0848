"""First answers to requests with an idempotency key, which their repeats are given again."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint

from studytrack.models import cascade_in_one_statement

FIRST_ANSWER_LIFETIME = timedelta(hours=24)


class FirstAnswer(models.Model):
    """What a user's request with an idempotency key was answered, and what its repeats within a day are, too."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, cascade_in_one_statement, related_name="first_answers", db_index=False
    )
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    location = models.TextField()
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at",)
        indexes = (models.Index(fields=("user", "created_at"), name="first_answer_age"),)
        constraints = (UniqueConstraint(fields=("user", "key"), name="first_answer_once"),)

    def __str__(self) -> str:
        return f"{self.user}: {self.key}"
