"""Where rows find room: compared with what one would do by hand, line by line."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sessions.imports.rows import LineError, Row
from sessions.imports.timeline import placed

START = datetime(2026, 3, 2, tzinfo=UTC)
spans = st.tuples(st.integers(0, 40), st.integers(1, 6), st.sampled_from("ab"))


def row(span: tuple[int, int, str], line: int) -> Row:
    first, length, key = span
    return Row(START + timedelta(hours=first), START + timedelta(hours=first + length), key, line)


def by_hand(taken: list[Row], rows: list[Row]) -> tuple[list[Row], set[int], int]:
    new: list[Row] = []
    overlaps, duplicates = set(), 0
    for each in rows:
        others = [other for other in taken + new if other.start < each.until and each.start < other.until]
        if not others:
            new.append(each)
        elif (others[0].start, others[0].end, others[0].key) == (each.start, each.end, each.key):
            duplicates += 1
        else:
            overlaps.add(each.line)
    return new, overlaps, duplicates


@given(st.lists(spans, max_size=12), st.lists(spans, max_size=25))
def test_an_earlier_line_has_the_room(before: list[tuple[int, int, str]], file: list[tuple[int, int, str]]) -> None:
    taken = sorted(by_hand([], [row(span, 0) for span in before])[0])
    rows = [row(span, line) for line, span in enumerate(file, 2)]
    found = list(placed(iter(taken), rows))
    new, overlaps, duplicates = by_hand(taken, rows)
    assert sorted(each for each in found if isinstance(each, Row)) == sorted(new)
    assert {each.line for each in found if isinstance(each, LineError)} == overlaps
    assert found.count(None) == duplicates
