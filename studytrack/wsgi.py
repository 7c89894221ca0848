"""The door for a WSGI server: `studytrack.wsgi:application`."""

import os
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

from studytrack.environment import choose_settings
from studytrack.postgresql.connections import answer_requests

choose_settings()

INHERITED = dict(os.environ)


class CleanRequest(WSGIRequest):
    """A request without the process's environment, which servers mix in, and with a query that is UTF-8."""

    def __init__(self, environ: dict[str, Any]) -> None:
        super().__init__({name: value for name, value in environ.items() if INHERITED.get(name) != value})

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        # Django would decode the query by the charset that the body is said to have, "zlib" too.
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


application = get_wsgi_application()
application.request_class = CleanRequest
answer_requests()
