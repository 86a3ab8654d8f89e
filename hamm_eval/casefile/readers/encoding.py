"""Which encoding a file is in, told from its bytes; what cannot be told is refused."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import numpy as np

from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.readers.byte_scan import (
    Positions,
    following,
    only_text,
    positions_above_ascii,
    recoded,
)

SIGNATURES = (
    (b"PK\x03\x04", "XLSX / ZIP"),
    (b"\xd0\xcf\x11\xe0", "XLS / OLE"),
    (b"%PDF", "PDF"),
    (b"PAR1", "Parquet"),
    (b"\x1f\x8b", "gzip"),
)
_TEXTS = (
    (re.compile(rb"\s*<(!doctype|html|table|\?xml)", re.IGNORECASE), "HTML / XML"),
    (re.compile(rb'\s*(\{\s*(["}]|$)|\[\s*(["\[{\]]|$))'), "JSON"),
)
# What UTF-8 letters become when they are read as Windows-1252 and saved as UTF-8 again: "Ã¼", "â€“", "ï¿½".
MOJIBAKE = re.compile(
    rb"\xc3\x83(?:\xc2[\x80-\xbf]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]|\xc6\x92|\xcb[\x86\x9c]|\xe2[\x80-\x84][\x80-\xbf])"
    rb"|\xc3\x82\xc2[\xa0-\xbf]|\xc3\xa2\xe2\x82\xac|\xef\xbf\xbd|\xc3\xaf\xc2\xbf\xc2\xbd"
)
_UNDEFINED_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"
_LOOKED_AT = 200
_CONTROL = bytes({*range(0x20), 0x7F} - {*b"\t\n"})


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's bytes as UTF-8, and the encoding it came in; lines end with LF, or all with CR and LF."""

    data: bytes
    encoding: str

    def __repr__(self) -> str:
        return f"Decoded({len(self.data)} bytes, {self.encoding})"


def decode(raw: bytes, notes: FileCollector, *, declared: str | None = None) -> Decoded | None:
    """Decode a file, or note why not and return None; a declared encoding is not looked for but checked."""
    if declared is not None:
        return _as_declared(raw, declared, notes)
    encoding = "utf-8"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
        try:
            raw = raw.decode("utf-16").encode()
        except UnicodeDecodeError:
            notes.add("encoding_unknown")
            return None
    elif raw.startswith(codecs.BOM_UTF8):
        encoding, raw = "utf-8-sig", raw[len(codecs.BOM_UTF8) :]
    data = _sound_lines(raw, notes)
    if data is None:
        return None
    if data.isascii() or encoding == "utf-16":
        return Decoded(data, encoding)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _single_byte(data, error.start, encoding, notes)
    return Decoded(data, encoding)


def _as_declared(raw: bytes, declared: str, notes: FileCollector) -> Decoded | None:
    """Decode as the mapping says; a byte that this encoding does not have is refused."""
    if declared == "utf-8":
        raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode(declared)
    except UnicodeDecodeError as error:
        if real_type(raw):
            notes.add("file_type", kind=real_type(raw), expected="CSV")
            return None
        notes.add("encoding_declared", encoding=declared, lines=[line_of(raw, error.start)])
        return None
    data = _sound_lines(text.encode(), notes)
    return Decoded(data, declared) if data is not None else None


def _sound_lines(raw: bytes, notes: FileCollector) -> bytes | None:
    """The bytes with sound line ends, or None where they are another type of file, none at all or damaged.

    CR before LF stays where nothing is quoted: replacing a million of them costs more than reading them.
    """
    kind = real_type(raw)
    if kind:
        notes.add("file_type", kind=kind, expected="CSV")
        return None
    if is_blank(raw):
        notes.add("file_empty")
        return None
    if b'"' not in raw and only_text(raw):
        return raw
    data = _line_feeds(raw)
    damaged = _first_of(data, _CONTROL)
    if damaged is not None:
        notes.add("control_character", lines=[line_of(data, damaged)])
        return None
    return data


def is_blank(data: bytes) -> bool:
    """Whether there is nothing but blanks and line ends."""
    return not data[:_LOOKED_AT].strip() and not data.strip()


def line_of(data: bytes, position: int) -> int:
    """Physical line of a byte, counted from 1."""
    return data.count(b"\n", 0, position) + 1


def _first_of(data: bytes, unwanted: bytes) -> int | None:
    """Where the first unwanted byte stands; deleting them all is the quickest way to see there is none."""
    if len(data.translate(None, unwanted)) == len(data):
        return None
    return min(position for byte in unwanted if (position := data.find(bytes([byte]))) >= 0)


def real_type(raw: bytes) -> str | None:
    """What the file really is, where its first bytes (behind a BOM) tell."""
    raw = raw[:_LOOKED_AT].removeprefix(codecs.BOM_UTF8)
    for signature, kind in SIGNATURES:
        if raw.startswith(signature):
            return kind
    return next((kind for pattern, kind in _TEXTS if pattern.match(raw)), None)


def _line_feeds(raw: bytes) -> bytes:
    """Every line end as one line feed; the count of lines stays."""
    if b"\r" not in raw:
        return raw
    return raw.replace(b"\r\n", b"\n") if b"\n" in raw else raw.replace(b"\r", b"\n")


def _single_byte(data: bytes, first_bad: int, encoding: str, notes: FileCollector) -> Decoded | None:
    """Not UTF-8: Windows-1252 throughout, or a mixture, or unknown."""
    begun_as_utf8 = encoding == "utf-8-sig" or not data[:first_bad].isascii()
    high = positions_above_ascii(data)
    change = first_bad if begun_as_utf8 else _first_utf8(data, high)
    if change is not None:
        notes.add("encoding_mixed", lines=[line_of(data, change)])
        return None
    undefined = high[np.isin(following(data, high, 0), np.frombuffer(_UNDEFINED_IN_CP1252, dtype=np.uint8))]
    if undefined.size:
        notes.add("encoding_unknown", lines=[line_of(data, int(undefined[0]))])
        return None
    return Decoded(recoded(data, "cp1252"), "cp1252")


def _first_utf8(data: bytes, high: Positions) -> int | None:
    """Where bytes first stand that are a letter or a dash of UTF-8, and hardly a text of Windows-1252."""
    first, second, third = (following(data, high, by) for by in range(3))
    letter = ((first == 0xC2) | (first == 0xC3)) & (second >= 0x80) & (second <= 0xBF)
    dash = (first == 0xE2) & (second == 0x80) & (third >= 0x90) & (third <= 0xBF)
    found = high[letter | dash]
    return int(found[0]) if found.size else None


def may_be_mojibake(data: bytes) -> bool:
    """Whether bytes stand there that destroyed umlauts begin with: quick, and seldom wrong."""
    high = positions_above_ascii(data)
    first, second, third = (following(data, high, by) for by in range(3))
    twice = (first == 0xC3) & ((second == 0x83) | (second == 0x82))
    thrice = (first == 0xC3) & (((second == 0xA2) & (third == 0xE2)) | ((second == 0xAF) & (third == 0xC2)))
    lost = (first == 0xEF) & (second == 0xBF)
    return bool((twice | thrice | lost).any())
