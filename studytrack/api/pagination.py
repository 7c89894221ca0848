"""Pages of a list: `page`, `per_page`, their bounds, and links that hold on every host."""

import re
from typing import Any
from urllib.parse import urlencode

from django.db.models.sql.where import WhereNode
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

PER_PAGE_DEFAULT, PER_PAGE_MAX = 10, 100
PAGE_MAX = 10**16
"""So far that no row number overflows."""
WHOLE_NUMBER = re.compile(r"[1-9][0-9]{0,16}")


def whole_number(text: str, most: int = PAGE_MAX) -> int:
    """Plain digits from 1 up, without leading zero; ValueError for any other spelling."""
    if not WHOLE_NUMBER.fullmatch(text) or int(text) > most:
        raise ValueError(f"This must be a whole number from 1 to {most}, in plain digits.")
    return int(text)


class PageNumbers(BasePagination):
    """A page of a list, its place in the whole, and where its neighbours are."""

    address = ""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.page = self._asked(request, "page", 1, PAGE_MAX)
        self.per_page = self._asked(request, "per_page", PER_PAGE_DEFAULT, PER_PAGE_MAX)
        self.address, self.filters = request.path, self._known_filters(request, view)
        before = (self.page - 1) * self.per_page
        rows = list(self._rows(queryset, before))
        # The rows first, and counted from them where they tell: a count from before could deny a row that is there.
        # One more than is shown tells of the last page, full or not, that it is the last.
        ends_here = len(rows) <= self.per_page and (rows or self.page == 1)
        self.count = before + len(rows) if ends_here else queryset.count()
        return rows[: self.per_page]

    def _rows(self, queryset: Any, before: int) -> Any:
        """The rows of the page. Unless it begins a whole list, which those are is asked first, of few columns: an
        index may have them, and nothing is joined or carried along for rows that are then passed over.
        """
        if not before and not self.filters:
            return queryset[: self.per_page + 1]
        page, rows = queryset.values("pk")[before : before + self.per_page + 1], queryset.all()
        rows.query.where = WhereNode()  # that of the page decides; asked twice, the database guesses too few rows
        return rows.filter(pk__in=page)

    def _asked(self, request: Request, name: str, default: int, most: int) -> int:
        try:
            return whole_number(request.query_params.get(name, str(default)), most)
        except ValueError as error:
            raise ValidationError({name: [str(error)]}) from None

    def _known_filters(self, request: Request, view: Any) -> list[tuple[str, str]]:
        known = getattr(getattr(view, "filterset_class", None), "base_filters", {})
        return sorted((name, str(value)) for name, value in request.query_params.items() if name in known)

    @property
    def pages(self) -> int:
        return -(-self.count // self.per_page)

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "count": self.count,
                "page": self.page,
                "per_page": self.per_page,
                "pages": self.pages,
                "next": self._link(self.page + 1) if self.page < self.pages else None,
                "previous": self._link(min(self.page - 1, self.pages)) if self.page > 1 and self.pages else None,
                "results": data,
            }
        )

    def _link(self, page: int) -> str:
        return f"{self.address}?{urlencode([('page', page), ('per_page', self.per_page), *self.filters])}"

    def get_results(self, data: dict[str, Any]) -> Any:
        return data["results"]

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        def number(name: str, default: int, most: int, description: str) -> dict[str, Any]:
            schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
            return {
                "name": name,
                "in": "query",
                "required": False,
                "description": description,
                "schema": schema,
            }

        return [
            number("page", 1, PAGE_MAX, "The page, from 1. One past the end is empty."),
            number("per_page", PER_PAGE_DEFAULT, PER_PAGE_MAX, "How many rows a page has at most."),
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        def number(least: int, example: int, description: str) -> dict[str, Any]:
            return {"type": "integer", "minimum": least, "example": example, "description": description}

        def link(page: int, description: str) -> dict[str, Any]:
            address = f"{self.address}?page={page}&per_page=1"
            kind = {"type": ["string", "null"], "format": "uri-reference"}
            return kind | {"example": address, "description": description}

        properties = {
            "count": number(0, 25, "How many rows there are on all pages."),
            "page": number(1, 2, "This page."),
            "per_page": number(1, 1, "How many rows a page has at most.") | {"maximum": PER_PAGE_MAX},
            "pages": number(0, 25, "How many pages there are; 0 if there is nothing."),
            "next": link(3, "The next page, relative to the host; null on the last."),
            "previous": link(
                1, "The page before, or the last that has rows, relative to the host; null on the first."
            ),
            "results": schema,
        }
        return {"type": "object", "required": list(properties), "properties": properties}
