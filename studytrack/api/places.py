"""Where answers are kept among their user's: one place for each answer, however it is asked for."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict

from studytrack.api.pagination import PER_PAGE_DEFAULT, whole_number
from studytrack.api.parsers import has_body

ROWS = r"/(?P<plural>(?P<singular>subject|session)s)(?:/(?P<id>[1-9][0-9]{0,17}))?"
STATISTICS = r"/stats/(?P<statistic>summary(?:\.svg)?|today|streak|heatmap(?:\.svg)?|year/[1-9][0-9]{3})"
CACHED_PATH = re.compile(f"{ROWS}|{STATISTICS}")
JSON, PICTURE = "application/json", "image/svg+xml"
WANTED_BY = {JSON: (None, "*/*", JSON, f"{JSON}, text/plain, */*"), PICTURE: (None, "*/*", PICTURE)}
"""The `Accept` headers that want each; of any other a view must judge."""
LONGEST_QUERY = 120
PLACES_REMEMBERED = 4096


class Place(NamedTuple):
    """Where an answer is kept, and what it is written in."""

    name: str
    media_type: str


def place_of(said: Mapping[str, Any]) -> Place | None:
    """Where the answer to a request is kept, by what WSGI has of it; None for what a view must judge."""
    query = said.get("QUERY_STRING", "")
    if said.get("REQUEST_METHOD") != "GET" or has_body(said) or len(query) > LONGEST_QUERY:
        return None
    place = _place(said.get("PATH_INFO", ""), query)
    return place if place and said.get("HTTP_ACCEPT") in WANTED_BY[place.media_type] else None


@lru_cache(PLACES_REMEMBERED)
def _place(path: str, query: str) -> Place | None:
    found = CACHED_PATH.fullmatch(path)
    if found is None:
        return None
    try:
        asked = QueryDict(query.encode("iso-8859-1"))  # as WSGI has it
        name = _name(found, asked.dict())
    except ValueError:
        return None
    is_clear = all(len(values) == 1 for _, values in asked.lists())
    return Place(name, PICTURE if path.endswith(".svg") else JSON) if is_clear else None


def _name(path: re.Match[str], query: dict[str, str]) -> str:
    """The end of the key; ValueError for what the view refuses."""
    if path["id"]:
        return f"{path['singular']}:{path['id']}"
    if path["statistic"]:
        return f"stats:{path['statistic']}{_in_one_order(query)}"
    page = whole_number(query.pop("page", "1"))
    per_page = whole_number(query.pop("per_page", str(PER_PAGE_DEFAULT)))
    return f"{path['plural']}:page:{page}:per_page:{per_page}{_in_one_order(query)}"


def _in_one_order(query: dict[str, str]) -> str:
    return f":{urlencode(sorted(query.items()))}" if query else ""
