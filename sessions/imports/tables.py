"""Text with a header and separated values, line by line: what the CSV of every program has in common."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import StringIO

from sessions.imports.rows import LineError, Refused, Row, Unreadable

SEPARATORS = ",;\t"
UNREADABLE = "The quotation marks of this line do not match, or a cell is longer than any can be."
Columns = Mapping[str, Sequence[str]]
"""What is looked for: each with the names that its column may have."""
Cells = Mapping[str, str]
Record = tuple[int, list[str] | LineError]


class Table:
    """A text of separated values, and where in it the columns are; it can be gone through again and again."""

    def __init__(self, text: str, wanted: Columns, required: Iterable[str]) -> None:
        self.text = text
        known = {_compared(name) for names in wanted.values() for name in names}
        self.separator = max(SEPARATORS, key=lambda separator: len(known & set(self._header(separator))))
        header = self._header(self.separator)
        self.width = len(header)
        self.places = {
            name: header.index(found)
            for name, names in wanted.items()
            if (found := next((each for each in map(_compared, names) if each in header), None))
        }
        if missing := [wanted[name][0] for name in required if name not in self.places]:
            raise Unreadable(1, "columns", f"The header has no column {' and no column '.join(missing)}.")

    def __iter__(self) -> Iterator[tuple[int, Cells | LineError]]:
        """The lines below the header that are not empty, each with its number; one that cannot be read is an error."""
        records = self._records(self.separator)
        next(records)
        for line, record in records:
            if isinstance(record, LineError):
                yield line, record
            elif len(record) > self.width and any(record[self.width :]):
                yield line, LineError(line, "columns", "There are more cells here than the header names.")
            elif any(map(str.strip, record)):
                yield line, {name: record[at] for name, at in self.places.items() if at < len(record)}

    def rows(self, read: Callable[[int, Cells], Row | None]) -> Iterator[Row | LineError]:
        """What is read of each line, if it is of any, or what is wrong with it."""
        for line, cells in self:
            if isinstance(cells, LineError):
                yield cells
                continue
            try:
                row = read(line, cells)
            except Refused as refused:
                yield LineError(line, refused.code, refused.detail)
            else:
                yield from [row] if row else []

    def values(self, *names: str) -> Iterator[tuple[int, str]]:
        """What stands in these columns, each with its line."""
        for line, cells in self:
            if not isinstance(cells, LineError):
                yield from ((line, cells[name]) for name in names if name in cells)

    def _header(self, separator: str) -> list[str]:
        _, first = next(self._records(separator))
        return [] if isinstance(first, LineError) else [_compared(name) for name in first]

    def _records(self, separator: str) -> Iterator[Record]:
        reader = csv.reader(StringIO(self.text, newline=""), delimiter=separator, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                yield line, next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield line, LineError(line, "quotes", UNREADABLE)


def _compared(name: str) -> str:
    return " ".join(name.casefold().split())
