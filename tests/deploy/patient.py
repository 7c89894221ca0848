"""An application for tests of the server itself: it takes as many seconds as its query says, and tells who it is."""

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

counting = threading.Lock()
busy: Counter[str] = Counter()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    with counting:
        busy["now"] += 1
        busy["most"] = max(busy.values())
    time.sleep(float(environ["QUERY_STRING"] or 0))
    with counting:
        busy["now"] -= 1
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"worker": os.getpid(), "most_at_once": busy["most"]}).encode()]
