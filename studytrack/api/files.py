"""Answers that are files: however long, they take little memory, and are whole or not there at all.

A file is written before its first byte is sent, to the disk if it is long. The obvious way sends each piece as it is
made; but where that breaks in the middle the application server ends the answer as if it were whole, and half a CSV
looks like one. So what breaks is a problem like any other, the length is known, and the database does not wait for a
slow client.
"""

from collections.abc import Iterable, Iterator
from hashlib import md5
from tempfile import SpooledTemporaryFile
from typing import Any

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from studytrack.api.renderers import JSONRenderer

IN_MEMORY_BYTES = 1024 * 1024
BLOCK_BYTES = 64 * 1024


class FileAnswers:
    """A view whose answers are files: its address says of what kind, and Accept only how a refusal looks."""

    def perform_content_negotiation(self, request: Any, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)  # type: ignore[misc]


def file_answer(
    request: HttpRequest, pieces: Iterable[str], media_type: str, save_as: str | None = None
) -> HttpResponseBase:
    """The pieces as one file with its tag, to be saved under a name if there is one; 304 for who has it already."""
    file, digest = SpooledTemporaryFile(IN_MEMORY_BYTES), md5(usedforsecurity=False)  # noqa: SIM115 - closed when sent
    try:
        for piece in pieces:
            data = piece.encode()
            digest.update(data)
            file.write(data)
        file.seek(0)
        tag = quote_etag(digest.hexdigest())
        if unchanged := get_conditional_response(request, etag=tag):
            file.close()
            unchanged["ETag"] = tag
            return unchanged
    except BaseException:
        file.close()
        raise
    saving: Any = {"as_attachment": True, "filename": save_as} if save_as else {}
    response = FileResponse(file, content_type=media_type, headers={"ETag": tag}, **saving)
    response.block_size = BLOCK_BYTES
    return response


def json_array(rows: Iterable[Any]) -> Iterator[str]:
    """The rows as a JSON array, one a line."""
    between, renderer = "[\n", JSONRenderer()
    for row in rows:
        yield between + renderer.render(row).decode()
        between = ",\n"
    yield "[]" if between == "[\n" else "\n]"
