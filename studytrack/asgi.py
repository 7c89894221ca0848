"""The door for an ASGI server: `studytrack.asgi:application`."""

import django
from django.core.handlers.asgi import ASGIHandler, ASGIRequest

from studytrack.environment import choose_settings
from studytrack.postgresql.connections import answer_requests

choose_settings()
django.setup(set_prefix=False)

from studytrack.handler import Utf8  # noqa: E402 - it needs the settings


class Utf8Request(Utf8, ASGIRequest):
    """Django's, so read."""


class Application(ASGIHandler):
    """Django's, for such requests."""

    request_class = Utf8Request


application = Application()
answer_requests()
