"""The rows of a delimited file, measured byte by byte before anything parses them.

A parser that meets a short row fills it with nulls and goes on; here row lengths, quotes and
physical lines are settled first, in whole arrays, so that what is parsed afterwards cannot shift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.readers.byte_scan import positions_of
from hamm_eval.casefile.readers.csv_header import CsvHeader
from hamm_eval.casefile.readers.encoding import is_blank

_LINE_FEED, _RETURN, _QUOTE = 10, 13, 34
_ROWS_AT_ONCE = 50_000
_LOOKED_AT = 1000
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Rows:
    """The body of a file, safe to parse: every row has `width` fields.

    Parameters
    ----------
    data : bytes
        Either the whole file, or its rows without blank lines and without the empty fields behind a
        trailing delimiter.
    skip : int
        How many physical lines of it lie before the rows.
    lines : array of int (rows,)
        Physical line on which each row starts.
    quoted : bool
        Whether any field is quoted.
    """

    data: bytes
    skip: int
    lines: NDArray[np.int64]
    quoted: bool

    def __repr__(self) -> str:
        return f"Rows({len(self.lines)} rows, {len(self.data)} bytes)"


def measure_rows(data: bytes, found: CsvHeader, notes: FileCollector) -> Rows | None:
    """Measure the rows below the header, or note what is wrong with them and return None."""
    header_line, width, mark = found.header.line or 1, len(found.header.names), ord(found.delimiter)
    if is_blank(data[found.end : found.end + _LOOKED_AT]) and is_blank(data[found.end :]):
        notes.add("header_only", lines=[header_line])
        return None
    complete = data.endswith(b"\n")
    data = data if complete else data + b"\n"
    body = np.frombuffer(data, dtype=np.uint8, offset=found.end)
    feeds = positions_of(body, _LINE_FEED)
    quoted = data.find(b'"', found.end) >= 0
    if quoted:
        bad = _bad_quote(body, mark)
        if bad is not None:
            line = header_line + 1 + int(np.searchsorted(feeds, bad))
            notes.add("quote_unbalanced", lines=[line])
            return None
        # A byte's wrap-around keeps the parity of the count of quotes, and that is all that matters.
        inside = (np.cumsum(body == _QUOTE, dtype=np.uint8) & 1).astype(bool)
        ends, marks = feeds[~inside[feeds]], positions_of(body, mark)
        fields = np.diff(np.searchsorted(marks[~inside[marks]], ends), prepend=0) + 1
        starts = np.concatenate(([0], ends[:-1] + 1))
        lines = header_line + 1 + np.searchsorted(feeds, starts)
    else:
        ends = feeds
        starts = np.concatenate((ends[:0], [0], ends[:-1] + 1), dtype=ends.dtype)
        fields = _count_fields(body, starts, ends, mark, width)
        lines = np.arange(header_line + 1, header_line + 1 + len(ends))
    after, ends = ends + 1, ends - ((body[np.maximum(ends - 1, 0)] == _RETURN) & (ends > starts))
    blank = _blank(body, starts, ends, fields)
    trailing = _trailing_delimiters(body, ends, fields - width, mark)
    short = (fields < width) & ~blank
    long = (fields > width) & (trailing < fields - width)
    if short.any() and short[-1] and not complete:
        notes.add("row_truncated", lines=[int(lines[-1])], width=width)
        short[-1] = False
    for rule, offending in (("row_short", short), ("row_long", long)):
        if offending.any():
            notes.add(rule, lines=lines[offending], width=width)
    if notes.refused:
        return None
    if blank.all():
        notes.add("header_only", lines=[header_line])
        return None
    if quoted or blank.any() or trailing.any():
        return Rows(_without(body, starts, ends, after, blank, trailing), 0, lines[~blank], quoted)
    return Rows(data, header_line, lines, quoted)


def _count_fields(body: Bytes, starts: NDArray, ends: NDArray, mark: int, width: int) -> NDArray[np.int32]:
    """How many fields each row has, block by block; mostly all of them have as many as the header."""
    fields = np.full(len(ends), width, dtype=np.int32)
    for first in range(0, len(ends), _ROWS_AT_ONCE):
        rows = slice(first, min(first + _ROWS_AT_ONCE, len(ends)))
        begin, end = starts[rows][0], ends[rows][-1]
        marks = np.flatnonzero(body[begin:end] == mark) + begin
        count = len(ends[rows])
        if width > 1 and len(marks) == count * (width - 1):
            of_row = marks.reshape(count, width - 1)
            if (of_row[:, 0] >= starts[rows]).all() and (of_row[:, -1] < ends[rows]).all():
                continue
        fields[rows] = np.diff(np.searchsorted(marks, ends[rows]), prepend=0) + 1
    return fields


def _bad_quote(body: Bytes, mark: int) -> int | None:
    """Where the first quotation mark stands that opens or closes no field, or None."""
    at = np.flatnonzero(body == _QUOTE)
    before = np.where(at > 0, body[np.maximum(at - 1, 0)], _LINE_FEED)
    after = body[np.minimum(at + 1, len(body) - 1)]
    opening, closing = slice(0, None, 2), slice(1, None, 2)
    doubled = np.zeros(len(at), dtype=bool)
    doubled[1:] = np.diff(at) == 1  # "" within a field: closes and opens again
    wrong = np.zeros(len(at), dtype=bool)
    wrong[opening] = ~(np.isin(before[opening], (mark, _LINE_FEED)) | doubled[opening])
    wrong[closing] = ~np.isin(after[closing], (mark, _LINE_FEED, _QUOTE))
    if not wrong.any() and len(at) % 2 == 0:
        return None
    first = int(np.argmax(wrong)) if wrong.any() else len(at) - 1
    start = first - first % 2  # of a closing one, its opening; that one may be the half of a doubled mark
    while first % 2 and start > 0 and doubled[start]:
        start -= 2
    return int(at[start])


def _blank(body: Bytes, starts: NDArray, ends: NDArray, fields: NDArray) -> NDArray[np.bool_]:
    """Lines that hold nothing or blanks only."""
    blank = starts == ends
    for i in np.flatnonzero((fields == 1) & ~blank):
        blank[i] = not body[starts[i] : ends[i]].tobytes().decode("utf-8").strip()
    return blank


def _trailing_delimiters(body: Bytes, ends: NDArray, surplus: NDArray, mark: int) -> NDArray[np.int32]:
    """How many of a row's surplus fields are empty ones behind trailing delimiters."""
    trailing = np.zeros(len(ends), dtype=np.int32)
    going = surplus > 0
    step = 1
    while going.any():
        going &= (surplus >= step) & (body[np.maximum(ends - step, 0)] == mark)
        trailing[going] = step
        step += 1
    return trailing


def _without(
    body: Bytes, starts: NDArray, ends: NDArray, after: NDArray, blank: NDArray, trailing: NDArray
) -> bytes:
    """The bytes that are left when blank lines and trailing delimiters go."""
    keep = np.ones(len(body), dtype=bool)
    for step in range(1, int(trailing.max()) + 1):
        keep[ends[trailing >= step] - step] = False
    for start, end in zip(starts[blank], after[blank], strict=True):
        keep[start:end] = False
    return body[keep].tobytes()
