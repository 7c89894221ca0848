"""The API's pages for people: DRF's, whose forms keep what was typed and say what is wrong with it."""

import json
import re
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.db import Error
from django.http import QueryDict
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from rest_framework import renderers
from rest_framework.exceptions import APIException
from rest_framework.utils.serializer_helpers import ReturnDict

from studytrack.api.parsers import StrictJSONParser
from studytrack.api.problems import MEDIA_TYPE as PROBLEM
from studytrack.outages import is_outage

CHANGES = ("PUT", "PATCH")
BARRED = (401, 403, 404)
CODE = re.compile(r"`([^`]+)`")
EMPHASIS = re.compile(r"(?<!\w)\*([^*\s]+)\*(?!\w)")


def unless_the_database_is_away(form: Callable[..., Any]) -> Callable[..., Any]:
    """A form or none: the page is made after the change, and must not say that it did not happen."""

    @wraps(form)
    def form_or_none(*args: Any, **kwargs: Any) -> Any:
        try:
            return form(*args, **kwargs)
        except Error as error:
            if not is_outage(error):
                raise
            return None

    return form_or_none


class BrowsableAPIRenderer(renderers.BrowsableAPIRenderer):
    """A page for each address: what the API answers there, and forms for what it takes."""

    renderer_context: dict[str, Any]

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> Any:
        page = super().render(data, accepted_media_type, renderer_context)
        # The JSON in the page says of an error that it is a problem; the page around it is HTML.
        renderer_context["response"]["Content-Type"] = f"{self.media_type}; charset={self.charset}"
        return page

    def get_context(self, data: Any, accepted_media_type: str | None, renderer_context: Any) -> dict[str, Any]:
        context = super().get_context(data, accepted_media_type, renderer_context)
        context["code_style"] = None  # styles of code that no page of ours has; a style in a page is not let through
        if renderer_context["response"].exception:
            context["response_headers"]["Content-Type"] = PROBLEM
        return context

    def get_description(self, view: Any, status_code: int) -> str:
        return "" if status_code in BARRED else readable(view.get_view_description())

    def show_form_for_method(self, view: Any, method: str, request: Any, obj: Any) -> Any:
        """Forms for what is there: none at an address that has nothing, none without the values that they change."""
        response = self.renderer_context["response"]
        nothing_to_change = method in CHANGES and obj is None and not self._refused(CHANGES)
        if response.status_code in BARRED or nothing_to_change:
            return False
        return super().show_form_for_method(view, method, request, obj)

    @unless_the_database_is_away
    def get_rendered_html_form(self, data: Any, view: Any, method: str, request: Any) -> Any:
        if method in ("POST", "PUT") and self._refused([method]) and hasattr(view, "get_serializer"):
            data = self._as_typed(data, view, request)
        return super().get_rendered_html_form(data, view, method, request)

    @unless_the_database_is_away
    def get_raw_data_form(self, data: Any, view: Any, method: str, request: Any) -> Any:
        if StrictJSONParser not in view.parser_classes:
            return None  # a file is nothing to type
        form = super().get_raw_data_form(data, view, method, request)
        if form:
            refused = self._refused(CHANGES if method in CHANGES else [method])
            content = self._content(view, getattr(data, "serializer", None), typed(request) if refused else data)
            form.initial["_content"] = renderers.JSONRenderer().render(content, None, {"indent": 4}).decode()
        return form

    def _content(self, view: Any, shown: Any, values: Any) -> dict[str, Any] | None:
        """What may be written here: as it was typed or is now, without secrets, or else as a new one begins."""
        if shown is None and not hasattr(view, "get_serializer"):
            return None
        fields = (shown or view.get_serializer()).fields.values()
        writable = {field.field_name: field for field in fields if not field.read_only}
        if shown is None and not self._refused(view.allowed_methods):
            return {name: field.get_initial() for name, field in writable.items()}
        return {name: values[name] for name, field in writable.items() if name in values and not field.write_only}

    def _refused(self, methods: Collection[str]) -> bool:
        """Whether this page is about a request by one of these methods that was refused."""
        context = self.renderer_context
        return bool(context["response"].exception) and context["request"].method in methods

    def _as_typed(self, problem: Any, view: Any, request: Any) -> ReturnDict:
        """What was typed, with the problem's errors at their fields, as DRF's own errors carry it."""
        serializer = view.get_serializer(data=typed(request))
        serializer._validated_data, serializer._errors = {}, {}
        for error in problem.get("errors") or [{"field": None, "detail": problem["detail"]}]:
            serializer._errors.setdefault(error["field"] or "non_field_errors", []).append(error["detail"])
        return ReturnDict(serializer.data, serializer=serializer)


def typed(request: Any) -> Any:
    """The members of a body that was refused, if it could be read, as far as a page in UTF-8 can show them."""
    try:
        data = request.data
    except APIException:
        return {}
    if isinstance(data, QueryDict):
        return data
    shown = json.loads(json.dumps(data, ensure_ascii=False).encode(errors="replace"))
    return shown if isinstance(shown, dict) else {}


def readable(text: str) -> SafeString:
    """A docstring as HTML: its paragraphs, `code` and *emphasis*; every other character as itself."""
    paragraphs = [" ".join(part.split()) for part in text.strip().split("\n\n")]
    return format_html_join("\n", "<p>{}</p>", ((_marked(paragraph),) for paragraph in paragraphs if paragraph))


def _marked(text: str) -> SafeString:
    return mark_safe(EMPHASIS.sub(r"<em>\1</em>", CODE.sub(r"<code>\1</code>", escape(text))))  # noqa: S308 - escaped
