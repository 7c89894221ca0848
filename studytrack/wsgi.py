"""The door for a WSGI server: `studytrack.wsgi:application`."""

from django.core.wsgi import get_wsgi_application

from studytrack.environment import choose_settings

choose_settings()
application = get_wsgi_application()
