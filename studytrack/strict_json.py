"""JSON as RFC 8259 has it, and no more: no NaN, no repeated keys, nothing too large or too deep."""

import json
import math
from typing import Any, NoReturn

DEEPEST_NESTING = 20


def read_json(text: str) -> Any:
    """The value; ValueError, for syntax JSONDecodeError, or RecursionError for what is none."""
    value = json.loads(text, object_pairs_hook=unrepeated, parse_constant=refuse_constant, parse_float=finite)
    refuse_nesting(value)
    return value


def unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key is repeated")
    return members


def finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def refuse_nesting(value: Any, levels: int = DEEPEST_NESTING) -> None:
    """What can just be read may still be too deep to be written, or to be named in an error."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not levels:
        raise ValueError("too deep")
    for each in inside:
        refuse_nesting(each, levels - 1)
