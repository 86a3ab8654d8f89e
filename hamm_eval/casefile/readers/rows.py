"""The rows of a delimited file, measured byte by byte before anything parses them.

A parser that meets a short row fills it with nulls and goes on; here row lengths, quotes and
physical lines are settled first, in whole arrays, so that what is parsed afterwards cannot shift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hamm_eval.casefile.findings import FileCollector

_LINE_FEED, _QUOTE = 10, 34
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Rows:
    """The body of a file, safe to parse: every row has `width` fields.

    Parameters
    ----------
    data : bytes
        Without blank lines and without the empty fields behind a trailing delimiter.
    lines : array of int (rows,)
        Physical line on which each row starts.
    quoted : bool
        Whether any field is quoted.
    """

    data: bytes
    lines: NDArray[np.int64]
    quoted: bool

    def __repr__(self) -> str:
        return f"Rows({len(self.lines)} rows, {len(self.data)} bytes)"


def measure_rows(
    data: bytes, *, delimiter: str, width: int, header_line: int, notes: FileCollector
) -> Rows | None:
    """Measure the rows below the header, or note what is wrong with them and return None."""
    complete = data.endswith(b"\n")
    body = np.frombuffer(data if complete else data + b"\n", dtype=np.uint8)
    mark = ord(delimiter)
    feeds = np.flatnonzero(body == _LINE_FEED)
    quoted = b'"' in data
    ends, marks = feeds, np.flatnonzero(body == mark)
    if quoted:
        bad = _bad_quote(body, mark)
        if bad is not None:
            line = header_line + 1 + int(np.searchsorted(feeds, bad))
            notes.add("quote_unbalanced", lines=[line])
            return None
        # A byte's wrap-around keeps the parity of the count of quotes, and that is all that matters.
        inside = (np.cumsum(body == _QUOTE, dtype=np.uint8) & 1).astype(bool)
        ends, marks = feeds[~inside[feeds]], marks[~inside[marks]]
    starts = np.concatenate(([0], ends[:-1] + 1)) if ends.size else ends
    lines = header_line + 1 + (np.searchsorted(feeds, starts) if quoted else np.arange(len(ends)))
    fields = np.diff(np.searchsorted(marks, ends), prepend=0) + 1
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
    return Rows(_without(body, starts, ends, blank, trailing), lines[~blank].astype(np.int64), quoted)


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


def _trailing_delimiters(body: Bytes, ends: NDArray, surplus: NDArray, mark: int) -> NDArray[np.int64]:
    """How many of a row's surplus fields are empty ones behind trailing delimiters."""
    trailing = np.zeros(len(ends), dtype=np.int64)
    going = surplus > 0
    step = 1
    while going.any():
        going &= (surplus >= step) & (body[np.maximum(ends - step, 0)] == mark)
        trailing[going] = step
        step += 1
    return trailing


def _without(body: Bytes, starts: NDArray, ends: NDArray, blank: NDArray, trailing: NDArray) -> bytes:
    """The bytes that are left when blank lines and trailing delimiters go."""
    if not blank.any() and not trailing.any():
        return body.tobytes()
    keep = np.ones(len(body), dtype=bool)
    for step in range(1, int(trailing.max()) + 1):
        keep[ends[trailing >= step] - step] = False
    for start, end in zip(starts[blank], ends[blank], strict=True):
        keep[start : end + 1] = False
    return body[keep].tobytes()
