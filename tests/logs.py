"""What is logged, as an operator gets it, and whether there is a secret in it."""

import json
import logging
import re
from io import StringIO
from types import TracebackType
from typing import Any, Self

from django.conf import settings

from studytrack.api.logs import LineFormatter
from tests.factories import PASSWORD

# The passwords of the tests, and whatever looks like a token, a hash of a password, or an address with a password.
SECRETS = re.compile(
    rf"{PASSWORD}|horse|battery staple|analytical 1843|eyJ[\w-]{{8}}|[Bb]earer\s+\S|bcrypt|pbkdf2|sessionid|csrftoken"
    rf"|{re.escape(settings.SECRET_KEY)}|{re.escape(settings.JWT_SIGNING_KEY)}|(?:calendar|heatmap)/[\w-]{{20}}|://[^/\s\"]*:[^/\s\"]*@"
)
SHOWN_AROUND = 60


def secrets_in(text: str) -> list[str]:
    """Each secret in a log, with what stands around it."""
    return [text[max(0, found.start() - SHOWN_AROUND) : found.end()] for found in SECRETS.finditer(text)]


class Log:
    """Everything that is logged while it is open, in lines as production writes them."""

    def __init__(self, name: str = "") -> None:
        self.written = StringIO()
        self.handler = logging.StreamHandler(self.written)
        self.handler.setFormatter(LineFormatter())
        self.logger = logging.getLogger(name)

    def __enter__(self) -> Self:
        self.logger.addHandler(self.handler)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.logger.removeHandler(self.handler)

    @property
    def text(self) -> str:
        return self.written.getvalue()

    def lines(self, logger: str = "studytrack.requests") -> list[dict[str, Any]]:
        """What one logger said; each line has to be JSON, whoever wrote it."""
        return [line for line in map(json.loads, self.text.splitlines()) if line["logger"] == logger]

    def events(self) -> list[dict[str, Any]]:
        return self.lines("studytrack.security")

    def secrets(self) -> list[str]:
        return secrets_in(self.text)
