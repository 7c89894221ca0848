"""The door for an ASGI server: `studytrack.asgi:application`."""

import django
from django.core.handlers.asgi import ASGIHandler, ASGIRequest

from studytrack.environment import choose_settings
from studytrack.postgresql.connections import answer_requests

choose_settings()
django.setup(set_prefix=False)

from studytrack.handler import Utf8Request  # noqa: E402 - it needs the settings


class Utf8ASGIRequest(ASGIRequest):
    """A request with a form that is UTF-8."""

    _set_content_type_params = Utf8Request._set_content_type_params


class Application(ASGIHandler):
    """Django's, for such requests."""

    request_class = Utf8ASGIRequest


application = Application()
answer_requests()
