"""StudyTrack, but a user's stamp is thrown away before each request, as if something had changed: nothing is cached.

Throwing it away costs each request a round trip to Redis, which is measured with it.
"""

import os
from typing import Any

from django.core.cache import caches

from studytrack.api.stamps import stamp_key
from studytrack.wsgi import application as studytrack

STAMP = stamp_key(int(os.environ["FORGOTTEN_USER"]))


def application(environ: dict[str, Any], start_response: Any) -> Any:
    cache: Any = caches["default"]
    cache.exchange(("DEL", STAMP))
    return studytrack(environ, start_response)
