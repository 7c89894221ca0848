"""How answers are written: JSON, pictures, and problems as what they are."""

from typing import Any

from rest_framework import renderers

from studytrack.api.problems import MEDIA_TYPE


class JSONRenderer(renderers.JSONRenderer):
    """DRF's JSON, which calls an error a problem, and has one spelling: a tag is of what is shown, not of how."""

    def get_indent(self, accepted_media_type: str, renderer_context: Any) -> Any:
        return renderer_context.get("indent")  # by which the pages of the browsable API are legible

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        response = (renderer_context or {}).get("response")
        if response is not None and response.exception:
            response["Content-Type"] = MEDIA_TYPE
        return super().render(data, accepted_media_type, renderer_context)


class PictureRenderer(JSONRenderer):
    """A picture in SVG. What is none, a problem or the answer to OPTIONS, is JSON here too."""

    media_type, format = "image/svg+xml", "svg"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if isinstance(data, str):
            return data.encode()
        (renderer_context or {})["response"]["Content-Type"] = JSONRenderer.media_type
        return super().render(data, accepted_media_type, renderer_context)
