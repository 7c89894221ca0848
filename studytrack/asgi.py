"""The door for an ASGI server: `studytrack.asgi:application`."""

from django.core.asgi import get_asgi_application

from studytrack.environment import choose_settings
from studytrack.postgresql.connections import answer_requests

choose_settings()
application = get_asgi_application()
answer_requests()
