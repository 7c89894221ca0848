"""The door for a WSGI server: `studytrack.wsgi:application`."""

import django

from studytrack.environment import choose_settings
from studytrack.postgresql.connections import answer_requests

choose_settings()
django.setup(set_prefix=False)

from studytrack.handler import Application  # noqa: E402 - it needs the settings

application = Application()
answer_requests()
