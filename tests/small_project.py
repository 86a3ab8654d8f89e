"""A small project of its own for tests of the pipeline: 150 persons, notebooks that need a second each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
import yaml

ROOT = Path(__file__).parents[1]
PARAMETERS = 'quarter = "2017-Q2"\nparams_file = "params/2017-Q2.yaml"\nlanguage = "de"'

OPEN = """
from IPython.display import display
from hamm_eval.release.facts import Count, Facts
from hamm_eval.release.policy import Policy
from hamm_eval.release.record import RunRecord
from hamm_eval.release.released import Cell, ReleasedTable
record = RunRecord.of_environment()

def show(key, count):
    table = ReleasedTable(
        id=f"cohort_and_data_quality:attrition/{key}", definition_digest="0", policy="strict",
        rows=("recorded",), columns=("persons",), row_dimension="step", column_dimension="", unit="persons",
        cells=((Cell(value=count),),), total=None, column_totals=(), sensitive=False, shares="none",
    )
    html = f'<table class="he-table"><tr><td>{count} of {key}</td></tr></table>'
    shown = Count(key=key, low=count - 2, high=count + 2, value=count, places=(("cells", 0, 0),))
    facts = Facts(release=table.id, definition_digest="0", version=1, counts=(shown,))
    mark = record.enter(table, html, facts=facts, policy=Policy.strict().digest)
    display({"text/html": html, "text/plain": key}, raw=True, metadata=mark)
"""
FINISH = "record.finish()"


def notebook(*cells: str, prose: Mapping[str, str] | None = None) -> str:
    """A notebook with a parameters cell, prose by tag, and code cells."""
    nodes = [_cell("markdown", text, [tag]) for tag, text in (prose or {}).items()]
    nodes.append(_cell("code", PARAMETERS, ["parameters"]))
    nodes += [_cell("code", source, []) for source in cells]
    for number, node in enumerate(nodes):
        node["id"] = f"cell-{number}"
    return nbformat.writes(
        nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": nodes})
    )


def _cell(kind: str, source: str, tags: list[str]) -> dict[str, Any]:
    node: dict[str, Any] = {"cell_type": kind, "source": source, "metadata": {"tags": tags} if tags else {}}
    return node | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def shows(key: str, count: int) -> str:
    """A notebook that shows one released count."""
    prose = {"lang-de": f"# Wie viele bei {key}?", "lang-en": f"# How many at {key}?"}
    return notebook(OPEN, f'show("{key}", {count})', FINISH, prose=prose)


def make_project(folder: Path, notebooks: Mapping[str, str], **changes: Any) -> Path:
    """Lay out a project around the committed params; returns the params file.

    The data are of a city of 150 persons, see `tiny_city`.
    """
    (folder / "params").mkdir(parents=True, exist_ok=True)
    (folder / "notebooks").mkdir(exist_ok=True)
    for name, text in notebooks.items():
        (folder / "notebooks" / f"{name}.ipynb").write_text(text, encoding="utf-8")
    params = yaml.safe_load((ROOT / "params/2017-Q2.yaml").read_text(encoding="utf-8"))
    params |= {"run": sorted(notebooks), "source": {"folder": "data", "synthetic": True}, **changes}
    path = folder / "params/2017-Q2.yaml"
    path.write_text(yaml.safe_dump(params, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def tiny_city(folder: Path) -> None:
    """Write a city of 150 persons."""
    from hamm_eval.synthetic.export import write_city

    write_city(folder, seed=1, persons=150, truth=False)


def published_bytes(link: Path) -> dict[str, bytes]:
    """All files of a published report."""
    return {path.name: path.read_bytes() for path in sorted(link.iterdir())}


def assert_whole(link: Path) -> None:
    """A published report is complete and as its manifest says."""
    files = published_bytes(link)
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["files"] == {name: hashlib.sha256(text).hexdigest() for name, text in files.items()}
    assert "index.html" in files


def left_over(root: Path, out: Path) -> Sequence[Path]:
    """What a run must not leave behind."""
    found = [*(root / ".hamm_eval" / "work").glob("*")]
    found += [*out.glob(".*.link"), *(out / ".published").glob(".p*")]
    return found
