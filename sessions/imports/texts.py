"""How the bytes of a file become text: UTF-8, or UTF-16 as spreadsheets write it; whatever else is refused."""

import codecs

from sessions.imports.rows import Unreadable

UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of(data: bytes) -> str:
    """The text, without the mark that tells its encoding."""
    encoding = "utf-16" if data.startswith(UTF_16_MARKS) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(line, "encoding", "This is neither UTF-8 nor UTF-16. Save it as UTF-8.") from None
    if "\0" in text:
        raise Unreadable(text.count("\n", 0, text.index("\0")) + 1, "binary", "This is not a text.")
    if not text.strip():
        raise Unreadable(1, "empty", "There is nothing in this file.")
    return text
