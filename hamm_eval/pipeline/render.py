"""One scanned notebook as the body of a section. The only file that knows nbconvert."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode

from hamm_eval.pipeline.introductions import without_idle_introductions
from hamm_eval.report.page import Section
from hamm_eval.report.untold import nothing_to_tell
from hamm_eval.report.wording import Wording

LANGUAGES = ("de", "en")


def render_section(
    name: str, node: NotebookNode, language: str, target_group: str = "", *, untold: Collection[str] = ()
) -> Section:
    """The prose of one language and the released outputs; code stays in the notebook beside the page.

    Parameters
    ----------
    name : str
        The unit's name: of the notebook, and of the group it was asked of.
    node : NotebookNode
    language : "de" or "en"
    target_group : str
        Whose section it is; "" for the cohort's.
    untold : collection of str
        Ids of releases that leave their question without an answer: what only introduces these is left out.
    """
    sentence = nothing_to_tell(Wording(language))
    shown = without_idle_introductions(in_language(node, language), untold, sentence)
    html, _ = _exporter().from_notebook_node(shown)
    return Section(notebook=name, html_body=html, target_group=target_group)


def in_language(node: NotebookNode, language: str) -> NotebookNode:
    """The notebook without what is tagged for another language."""
    others = {f"lang-{other}" for other in LANGUAGES if other != language}
    kept = [cell for cell in node.cells if not others & set(cell.metadata.get("tags", []))]
    return NotebookNode({**node, "cells": kept})


@cache
def _exporter() -> Any:
    """An exporter with our template, a fragment: the default page loads from a CDN."""
    return HTMLExporter(
        template_name="fragment",
        extra_template_basedirs=[str(Path(__file__).parent / "templates")],
        preprocessors=[],
    )
