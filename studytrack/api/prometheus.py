"""`GET /metrics`: what this process has counted, or all workers together, for Prometheus."""

import os
import re
from pathlib import Path
from secrets import compare_digest
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import View
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from studytrack.api.problems import problem_response

STATE_OF_A_PROCESS = re.compile(r"gauge_live\w+_(\d+)\.db")


def registry() -> CollectorRegistry:
    """What this process has counted, or all workers that share a directory; of the dead only what adds up."""
    if (directory := settings.PROMETHEUS_MULTIPROC_DIR) is None:
        return REGISTRY
    for file in Path(directory).iterdir():
        found = STATE_OF_A_PROCESS.fullmatch(file.name)
        if found and not _lives(int(found[1])):
            file.unlink(missing_ok=True)  # another worker may be asked at the same time
    together = CollectorRegistry()
    MultiProcessCollector(together, directory)  # type: ignore[no-untyped-call]
    return together


def _lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class MetricsView(View):
    """For Prometheus, which shows METRICS_KEY as its bearer token; without that setting there is nothing here."""

    http_method_names = ("get", "head")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.METRICS_KEY:
            raise Http404
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not compare_digest(key.encode(), settings.METRICS_KEY.encode()):
            refusal = problem_response(request, 401, detail="This is for who has the key.")
            refusal["WWW-Authenticate"] = "Bearer"
            return refusal
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return HttpResponse(encode(registry()), content_type=content_type, headers={"Cache-Control": "no-store"})
