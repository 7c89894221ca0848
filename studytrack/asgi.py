"""The door for an ASGI server: `studytrack.asgi:application`."""

from django.core.asgi import get_asgi_application

from studytrack.environment import choose_settings

choose_settings()
application = get_asgi_application()
