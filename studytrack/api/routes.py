"""The route that a request takes: the pattern of its address, of which there are few, whatever is asked."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve

NOWHERE = "(nowhere)"
PATHS_REMEMBERED = 4096
LONGEST_REMEMBERED = 128


def route_of(request: HttpRequest) -> str:
    """`/subjects/<id:pk>`; of a request that was answered before it was resolved, too."""
    match = request.resolver_match
    if match is not None:
        return f"/{match.route}"
    return route_to(request.path_info)


def route_to(path: str) -> str:
    """The route that a request to this path takes."""
    return _resolved(path) if len(path) <= LONGEST_REMEMBERED else NOWHERE


@lru_cache(PATHS_REMEMBERED)
def _resolved(path: str) -> str:
    try:
        return f"/{resolve(path).route}"
    except Resolver404:
        return f"{settings.STATIC_URL}…" if path.startswith(settings.STATIC_URL) else NOWHERE
