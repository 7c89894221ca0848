"""The app `subjects`: what is studied."""

from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    name = "subjects"

    def ready(self) -> None:
        from subjects import signals  # noqa: F401 - connected by being imported
