"""A small published page, notebook and results, and images that carry more than pixels."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from nbformat import v4, writes

from hamm_eval.release.files.html import POLICY
from hamm_eval.release.json import to_json
from hamm_eval.release.record import Entry
from hamm_eval.release.released import Cell, ReleasedTable
from hamm_eval.release.scan import scan_notebook

STYLE = ".he-table{width:100%}"
NAME = "01_who"


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def png(
    *more: tuple[bytes, bytes], pixels: bytes = b"\0\x80", packed: bytes = b"", behind: bytes = b""
) -> bytes:
    """One grey pixel, and further chunks."""
    head = chunk(b"IHDR", (1).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0]))
    data = chunk(b"IDAT", packed or zlib.compress(pixels))
    others = b"".join(chunk(kind, data) for kind, data in more)
    return b"\x89PNG\r\n\x1a\n" + head + others + data + chunk(b"IEND", b"") + behind


def image(content: bytes, alt: str = "") -> str:
    return f'<img src="data:image/png;base64,{base64.b64encode(content).decode()}" alt="{alt}">'


def page(body: str, *, policy: str = POLICY, style: str = STYLE, head: str = "") -> str:
    return (
        '<!DOCTYPE html>\n<html lang="de">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>Bericht</title>\n<style>\n{style}\n</style>\n{head}</head>\n<body>\n{body}\n</body>\n</html>"
    )


RELEASE = ReleasedTable(
    id="cohort:all",
    definition_digest="0",
    policy="strict",
    rows=("single", "couple"),
    columns=("persons",),
    row_dimension="household_type",
    column_dimension="",
    unit="persons",
    cells=((Cell(value=120),), (Cell(value=None),)),
    total=None,
    column_totals=(120,),
    sensitive=False,
    shares="none",
)
PAYLOAD = (
    '<table class="he-table"><tr><th scope="row">Alleinstehend</th><td class="he-num">120</td></tr></table>\n'
    + image(png(), alt="Nur hier gelesen")
)
ENTRY = Entry(id=RELEASE.id, kind="table", notebook=NAME, order=1, release=to_json(RELEASE), html=PAYLOAD)


def notebook(**metadata: Any) -> bytes:
    """The notebook as it is published."""
    cell = v4.new_code_cell("study.show.table(x)")
    mark = {"hamm_eval": {"release": RELEASE.id}}
    cell.outputs = [v4.new_output("display_data", data={"text/html": PAYLOAD}, metadata=mark)]
    book = v4.new_notebook(cells=[v4.new_markdown_cell("# Wer?"), cell], metadata=metadata)
    return writes(scan_notebook(book, [ENTRY], notebook=NAME).notebook).encode()


def results() -> dict[str, Any]:
    entry = {"notebook": NAME, "order": 1, "id": RELEASE.id, "release": ENTRY.release}
    return {"format": 1, "quarter": "2017-Q2", "run_id": "0" * 16, "releases": [entry]}


def published() -> dict[str, bytes]:
    """A report that has nothing to hide."""
    return {
        "index.html": page(PAYLOAD).encode(),
        f"{NAME}.ipynb": notebook(),
        "results.json": json.dumps(results()).encode(),
        "manifest.json": json.dumps({"policy": {"name": "strict", "digest": "a" * 16}}).encode(),
        "curve.png": png((b"pHYs", bytes(9))),
    }
