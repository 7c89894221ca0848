"""What plain text is: how markup leaves it, when nothing of it shows, which characters it may not hold."""

import re
import unicodedata

import bleach

from studytrack.markup_names import ELEMENTS

# What follows a tag's name, read as a browser reads it: quotes hold a `>` only in a value, and a `=` that no
# name stands before is itself a name. It ends with `>` or, once an attribute has a value, with the text. No
# part gives back what it took, or the time would grow with a power of the length.
_NAMES = r"(?>[\t\n\f\r /]*+=?+[^>=/]*+(?:/[\t\n\f\r /]*+=?+[^>=/]*+)*)"
_VALUE = r"""=[\t\n\f\r ]*+(?:"[^"]*+"?+|'[^']*+'?+|[^\t\n\f\r >]*+)"""
_REST_OF_TAG = rf"{_NAMES}(?:>|(?>(?:{_VALUE}{_NAMES})+)(?:>|\Z))"
_ELEMENT_TAG = rf"</?(?:{'|'.join(sorted(ELEMENTS))})(?=[\t\n\f\r />]){_REST_OF_TAG}"
_COMMENT = r"<!--(?:-?>|.*?--!?>)"
_DECLARATION = r"<(?:![a-z\[]|\?[a-z_:])[^>]*+>"

_MARKUP = re.compile(f"{_ELEMENT_TAG}|{_COMMENT}|{_DECLARATION}", re.ASCII | re.IGNORECASE | re.DOTALL)
_LIKE_A_COMMENT = re.compile(r"<(?=[!?]|/[^a-zA-Z])")
_LIKE_A_TAG = re.compile(rf"<(?=/?[a-zA-Z][^\t\n\f\r />]*+{_REST_OF_TAG})")

_CHANGED_BY_BLEACH = re.compile(r"[\x00-\x08\x0b-\x1f&<>\ud800-\udfff]")
_SHIELDED = re.compile(r"&#([0-9]+);")

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Mc", "Me"})
# Letters, a symbol and unassigned places that Unicode wants drawn as nothing.
_WITHOUT_INK = re.compile("[\u115f\u1160\u2065\u2800\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]")


MESSAGES = {
    "forbidden_character": "Control characters and lone surrogates are not text.",
    "max_length": "No more than {most} characters are kept.",
    "blank": "Nothing of this is visible.",
}


class NotPlain(ValueError):
    """This text cannot be kept; `code` is a key of MESSAGES."""

    def __init__(self, code: str, most: int | None = None) -> None:
        super().__init__(MESSAGES[code].format(most=most))
        self.code = code


def plain_text(typed: str, most: int | None = None, *, blank: bool = True) -> str:
    """What is kept of a text: it without its markup. NotPlain for what may not be; lengths count before and after."""
    if most is not None and len(typed) > most:
        raise NotPlain("max_length", most)
    if first_forbidden_character(typed) is not None:
        raise NotPlain("forbidden_character")
    text = to_plain_text(typed)
    if most is not None and len(text) > most:
        raise NotPlain("max_length", most)
    if not blank and is_blank(text):
        raise NotPlain("blank")
    return text


def to_plain_text(text: str) -> str:
    """The text without its markup, every other character as typed, and a space where a tag could still begin.

    Comments are parted before tags: a new space may end a tag's name, and so make a tag of what was none.
    In this order no `<` that is left can be taken for anything, and cleaning again finds nothing to do.
    """
    return _LIKE_A_TAG.sub("< ", _LIKE_A_COMMENT.sub("< ", _without_markup(text)))


def is_blank(text: str) -> bool:
    """Whether nothing in the text is visible: only spaces, controls, joiners and marks that have no base."""
    return all(map(_is_invisible, text))


def first_forbidden_character(text: str) -> str | None:
    """The first lone surrogate, or control character other than tab, line feed and carriage return."""
    found = _FORBIDDEN.search(text)
    return found[0] if found else None


def _without_markup(text: str) -> str:
    words = _MARKUP.split(text)
    if len(words) == 1:
        return text
    # One plain tag stands for each piece: bleach would keep half-open tags and break lines at block elements.
    marked = "<b>".join(map(_shield, words))
    return _unshield(bleach.clean(marked, tags=set(), attributes={}, strip=True, strip_comments=True))


def _shield(words: str) -> str:
    return _CHANGED_BY_BLEACH.sub(lambda found: f"&#{ord(found[0])};", words)


def _unshield(cleaned: str) -> str:
    return _SHIELDED.sub(lambda found: chr(int(found[1])), cleaned)


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE_CATEGORIES or bool(_WITHOUT_INK.match(character))
