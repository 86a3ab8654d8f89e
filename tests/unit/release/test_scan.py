from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest
from nbformat import v4

from hamm_eval.release.record import Entry
from hamm_eval.release.scan import scan_notebook

ENTRY = Entry(
    id="cohort:attrition",
    kind="table",
    notebook="01_cohort",
    order=1,
    release={},
    html='<table class="he-table"></table>',
)
SECRET = "Aziza-4711"


def marked(html: str = ENTRY.html, claim: Any = ENTRY.id, kind: str = "display_data") -> Any:
    metadata = {"hamm_eval": {"release": claim}}
    return v4.new_output(kind, data={"text/html": html}, metadata=metadata)


def notebook(*outputs: Any, **cell: Any) -> Any:
    first = v4.new_markdown_cell("# Wer wird betrachtet?")
    code = v4.new_code_cell("study.show.table(x)", **cell)
    code.outputs = list(outputs)  # as they are: what is no valid output must be caught too
    book = v4.new_notebook()
    book.cells = [first, code]
    return book


def test_a_marked_output_is_replaced_by_the_records_own_payload() -> None:
    forged = marked(f"<p data-person='{SECRET}'>{SECRET}</p>")
    forged["data"]["application/json"] = {"person": SECRET}
    forged["metadata"]["note"] = SECRET
    source = notebook(forged, execution_count=7)
    before = json.dumps(source)
    scanned = scan_notebook(source, [ENTRY])
    assert scanned.problems == ()
    assert scanned.shown == (ENTRY.id,)
    (output,) = scanned.notebook.cells[1].outputs
    assert output.data == {"text/html": ENTRY.html, "text/plain": ENTRY.id}
    assert output.metadata == {"hamm_eval": {"release": ENTRY.id}}
    assert scanned.notebook.cells[1].execution_count == 7
    assert SECRET not in json.dumps(scanned.notebook)
    assert json.dumps(source) == before
    nbformat.validate(scanned.notebook)


@pytest.mark.parametrize(
    "output",
    [
        v4.new_output("stream", name="stdout", text=SECRET),
        v4.new_output("stream", name="stdout", text=""),
        v4.new_output("error", ename="KeyError", evalue=SECRET, traceback=[SECRET]),
        v4.new_output("execute_result", data={"text/plain": SECRET}),
        v4.new_output("display_data", data={"text/html": f"<b>{SECRET}</b>"}),
        v4.new_output("display_data", data={"image/png": "aGk="}, metadata={"image/png": {"alt": SECRET}}),
        v4.new_output(
            "display_data", data={"application/vnd.jupyter.widget-view+json": {"model_id": SECRET}}
        ),
        v4.new_output("display_data", data={}, metadata={"hamm_eval": SECRET}),
        v4.new_output("display_data", data={}, metadata={"hamm_eval": {"release": [SECRET]}}),
        marked(SECRET, claim=SECRET),
        marked(SECRET, claim="cohort:unknown"),
        marked(SECRET, kind="execute_result"),
        nbformat.from_dict({"output_type": "novel", "data": SECRET}),
    ],
)
def test_any_other_output_is_a_problem_that_names_the_cell_and_never_the_content(output: Any) -> None:
    scanned = scan_notebook(notebook(output), [ENTRY])
    (problem,) = scanned.problems
    assert problem.where == "01_cohort, cell 2"
    assert problem.todo
    assert SECRET not in str(problem)
    assert scanned.notebook.cells[1].outputs == []
    assert SECRET not in json.dumps(scanned.notebook)


def test_stderr_goes_to_the_private_log() -> None:
    output = v4.new_output("stream", name="stderr", text=f"UserWarning: {SECRET}\n")
    scanned = scan_notebook(notebook(output, marked()), [ENTRY])
    assert scanned.problems == ()
    assert scanned.private_log == (f"UserWarning: {SECRET}\n",)
    assert SECRET not in json.dumps(scanned.notebook)
    assert len(scanned.notebook.cells[1].outputs) == 1


def test_metadata_is_left_behind_except_tags() -> None:
    source = notebook(marked())
    source.metadata["papermill"] = {"parameters": {"secret": SECRET}, "input_path": "/home/x"}
    source.cells[1].metadata.update({"tags": ["parameters", SECRET], "execution": {"at": SECRET}})
    source.cells[0].metadata["note"] = SECRET
    scanned = scan_notebook(source, [ENTRY])
    assert scanned.problems == ()
    assert scanned.notebook.cells[1].metadata == {"tags": ["parameters"]}
    assert scanned.notebook.cells[0].metadata == {}
    assert set(scanned.notebook.metadata) == {"kernelspec", "language_info"}
    assert SECRET not in json.dumps(scanned.notebook)


def test_widget_state_and_attachments_are_problems() -> None:
    source = notebook(marked())
    source.metadata["widgets"] = {"state": SECRET}
    source.cells[0]["attachments"] = {"p.png": {"image/png": SECRET}}
    scanned = scan_notebook(source, [ENTRY])
    assert [problem.where for problem in scanned.problems] == ["01_cohort, cell 1", "01_cohort"]
    assert SECRET not in json.dumps(scanned.notebook)


def test_the_injected_cell_is_not_counted() -> None:
    source = notebook(v4.new_output("stream", name="stdout", text=SECRET))
    source.cells.insert(
        0, v4.new_code_cell("quarter = '2017-Q2'", metadata={"tags": ["injected-parameters"]})
    )
    scanned = scan_notebook(source, [], notebook="05_new")
    assert [problem.where for problem in scanned.problems] == ["05_new, cell 2"]


def test_all_problems_are_told_at_once() -> None:
    outputs = [v4.new_output("stream", name="stdout", text=SECRET), marked(), marked(claim="x:y")]
    assert len(scan_notebook(notebook(*outputs), [ENTRY]).problems) == 2
