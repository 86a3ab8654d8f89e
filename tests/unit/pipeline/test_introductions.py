"""An introduction stands above what it introduces, and nowhere else."""

from __future__ import annotations

import copy

import nbformat
import pytest
from nbformat import NotebookNode

from hamm_eval.pipeline.introductions import without_idle_introductions
from hamm_eval.pipeline.render import render_section
from hamm_eval.release.record import MARK

SAID = "Nothing."


def prose(text: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(text)


def shows(*names: str) -> NotebookNode:
    outputs = [
        nbformat.v4.new_output(
            "display_data", {"text/html": f"<p>{name}</p>"}, metadata={MARK: {"release": name}}
        )
        for name in names
    ]
    return nbformat.v4.new_code_cell("study.show", outputs=outputs)


def book(*cells: NotebookNode) -> NotebookNode:
    return nbformat.v4.new_notebook(cells=list(cells))


def texts(node: NotebookNode, *untold: str) -> list[str]:
    before = copy.deepcopy(node)
    left = [
        cell.source
        for cell in without_idle_introductions(node, untold, SAID).cells
        if cell.cell_type == "markdown"
    ]
    assert node == before, "no input is edited"
    return left


NESTED = book(
    prose("# Who?\n\nAbout all."),
    prose("## First\n\nAbout a."),
    shows("a"),
    prose("### Within\n\nAbout b."),
    shows("b"),
    prose("More of b."),
    shows("c"),
    prose("## Second\n\nAbout d."),
    shows("d"),
)


@pytest.mark.parametrize(
    ("untold", "expected"),
    [
        ((), ["# Who?\n\nAbout all.", "## First\n\nAbout a.", "### Within\n\nAbout b.", "More of b.",
              "## Second\n\nAbout d."]),
        # A part of what stands below is told: the introduction holds.
        (("a",), ["# Who?\n\nAbout all.", "## First\n\nAbout a.", "### Within\n\nAbout b.", "More of b.",
                  "## Second\n\nAbout d."]),
        (("b", "c"), ["# Who?\n\nAbout all.", "## First\n\nAbout a.", f"### Within\n\n{SAID}",
                      "## Second\n\nAbout d."]),
        # Said once, above the parts.
        (("a", "b", "c"), ["# Who?\n\nAbout all.", f"## First\n\n{SAID}", "### Within",
                           "## Second\n\nAbout d."]),
        (("a", "b", "c", "d"), [f"# Who?\n\n{SAID}", "## First", "### Within", "## Second"]),
    ],
)  # fmt: skip
def test_what_introduces_nothing_goes_and_one_sentence_says_so(
    untold: tuple[str, ...], expected: list[str]
) -> None:
    assert texts(NESTED, *untold) == expected


def test_prose_above_no_result_stays() -> None:
    alone = ["# Who?\n\nAbout all.", "Nothing is shown here."]
    assert texts(book(*map(prose, alone)), "a") == alone


def test_outputs_stay_with_their_reasons() -> None:
    html = render_section("01_who", NESTED, "de", untold={"a", "b", "c", "d"}).html_body
    assert [name for name in "abcd" if f"<p>{name}</p>" in html] == list("abcd")
    assert html.count("Hierzu lässt sich nichts zeigen; der Grund steht darunter.") == 1
    assert "About" not in html
    assert "About d" in render_section("01_who", NESTED, "de").html_body
