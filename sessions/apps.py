"""The app `sessions`: when it was studied. Its label keeps it apart from Django's own `sessions`."""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "study_sessions"
    verbose_name = "Study sessions"

    def ready(self) -> None:
        from sessions import signals  # noqa: F401 - connected by being imported
