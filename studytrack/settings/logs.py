"""What is logged: lines of JSON on standard error, one for each request and one for each security event."""

from typing import Any

# With no handler at all Python writes to standard error by itself: no JSON, and the Host that somebody sent in it.
SILENT: dict[str, Any] = {"handlers": ["nowhere"], "propagate": False}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "studytrack.api.logs.LineFormatter"}},
    "filters": {"no outage": {"()": "studytrack.outages.NoOutage"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "studytrack": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING"},  # Django's own handlers write what no program reads
        # Of a mistake of ours Django tells more than the request's line; of everybody else's that line tells enough.
        "django.request": {"level": "ERROR", "filters": ["no outage"]},
        "django.security": SILENT,
        "django.server": SILENT,
    },
}
