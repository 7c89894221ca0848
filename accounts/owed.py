"""What Redis could not be told of, as rows that outlive the process which owes it."""

from django.db import models


class OwedForgetting(models.Model):
    """That a user's cached answers are to be forgotten, where the cache could not be told. It may outlive the user."""

    user_id = models.BigIntegerField()
    writer = models.CharField(max_length=32, blank=True)

    def __str__(self) -> str:
        return f"user {self.user_id}"
