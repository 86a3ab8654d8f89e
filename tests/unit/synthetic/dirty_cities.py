"""Small dirty cities, and what their bytes say, read without any of the code that wrote them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hamm_eval.casefile.tables import TABLES
from hamm_eval.synthetic.dirty.defect import Defect, DefectList
from hamm_eval.synthetic.dirty.plan import DefectPlan
from hamm_eval.synthetic.dirty.planting import plant_defects
from hamm_eval.synthetic.dirty.store import DEFECTS, to_json
from hamm_eval.synthetic.export import write_city

BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16"}
KEYS = {f"{table.german}.csv": table.columns[0].german for table in TABLES}
Files = Mapping[str, bytes]


@cache
def clean_city(seed: int = 3, persons: int = 150) -> Files:
    """The files of a small clean city."""
    with TemporaryDirectory() as folder:
        write_city(folder, seed=seed, persons=persons, truth=False)
        return {path.name: path.read_bytes() for path in sorted(Path(folder).glob("*.csv"))}


@cache
def planted_alone(kind: str) -> tuple[Files, DefectList]:
    """The clean city with defects of one kind, by the first seed that has room for one."""
    for seed in range(12):
        files, listed = plant_defects(clean_city(), seed=seed, plan=DefectPlan(only=(kind,)))
        if listed.defects:
            return files, listed
    raise AssertionError(f"{kind} is never planted")


def write(folder: Path, files: Files, listed: DefectList) -> Path:
    """A dirty city on disk."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / DEFECTS).write_text(to_json(listed), encoding="utf-8")
    return folder


def text_of(content: bytes) -> str:
    """A file's text: by its BOM, as UTF-8, or else as Windows-1252, in which a stray byte is a question."""
    encoding = next((name for bom, name in BOMS.items() if content.startswith(bom)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def lines_of(content: bytes) -> list[str]:
    """Physical lines; the first has number 1 in ``lines_of(...)[0]``."""
    return text_of(content).replace("\r\n", "\n").removesuffix("\n").split("\n")


def line_at(files: Files, defect: Defect) -> str:
    """The physical line on which a defect is listed."""
    assert defect.line is not None
    return lines_of(files[defect.file])[defect.line - 1]


def row_at(files: Files, file: str, line: int) -> dict[str, str]:
    """A row of a file in the city's own dialect, by header."""
    lines = lines_of(files[file])
    return dict(zip(lines[0].split(";"), lines[line - 1].split(";"), strict=True))


def rows_of(files: Files, file: str) -> list[dict[str, str]]:
    """All rows of a file in the city's own dialect."""
    heads, *rows = lines_of(files[file])
    return [dict(zip(heads.split(";"), row.split(";"), strict=True)) for row in rows]


def changed_lines(clean: Files, dirty: Files) -> Counter[tuple[str, str]]:
    """Lines that the dirty city has and the clean one has not, or not so often, by file."""

    def all_lines(files: Files) -> Counter[tuple[str, str]]:
        return Counter((name, line) for name in different & files.keys() for line in lines_of(files[name]))

    different = {name for name in {*clean, *dirty} if clean.get(name) != dirty.get(name)}
    return all_lines(dirty) - all_lines(clean)
