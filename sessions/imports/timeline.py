"""Where the rows of a file find room on a user's time line, which nothing overlaps: pure arithmetic."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from heapq import merge
from operator import attrgetter

from sessions.imports.rows import LineError, Row
from studytrack.instants import CLOCK_TOLERANCE

START = attrgetter("start")


def placed(taken: Iterable[Row], rows: Iterable[Row]) -> Iterator[Row | LineError | None]:
    """For each row itself if there is room, an error if there is none, None if the same session is there already.

    What is `taken` comes in the order of time, and is gone through once; of rows that overlap, the earlier line stays.
    """
    group: list[Row] = []
    group_ends = None
    for each in merge(taken, sorted(rows, key=START), key=START):
        if group_ends is None or each.start >= group_ends:
            yield from _settled(group)
            group, group_ends = [], each.until
        group.append(each)
        group_ends = max(group_ends, each.until)
    yield from _settled(group)


def _settled(group: list[Row]) -> Iterator[Row | LineError | None]:
    """As placed(), for a group of rows that shares no time with any other row."""
    if len(group) == 1:
        yield from (row for row in group if row.line)
        return
    kept: list[Row] = []
    for row in sorted(group, key=attrgetter("line")):
        other = _in_the_way(kept, row)
        if other is None:
            insort(kept, row, key=START)
            if row.line:
                yield row
        elif _is(other, row):
            yield None
        else:
            where = f"line {other.line}" if other.line else "another session"
            yield LineError(row.line, "overlap", f"This overlaps {where}.")


def _is(other: Row, row: Row) -> bool:
    """Whether another is the same session, perhaps as it was kept of the same line before.

    What was running when the file was written may have ended since. And an end a little in the future was kept as the
    time at which it was read.
    """
    if (other.start, other.key) != (row.start, row.key):
        return False
    if other.end == row.end or other.line:
        return other.end == row.end
    return row.end is None or (other.end is not None and other.end < row.end <= other.end + CLOCK_TOLERANCE)


def _in_the_way(kept: list[Row], row: Row) -> Row | None:
    """One of the kept, which overlap nothing, that shares time with the row."""
    at = bisect_left(kept, row.start, key=START)
    if at < len(kept) and kept[at].start < row.until:
        return kept[at]
    return kept[at - 1] if at and kept[at - 1].until > row.start else None
