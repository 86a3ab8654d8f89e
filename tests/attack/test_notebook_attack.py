"""A notebook that shows what has not passed the gate: executed in a real kernel, then scanned."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import v4

from hamm_eval.release.identifiers import IdentifierSearch
from hamm_eval.release.record import RunRecord
from hamm_eval.release.scan import Scanned, scan_notebook

# Put together in the kernel, so that no source holds it.
SECRET = "Aziza-Haddad-4711"
NAME = "06_careless"

CELLS = {
    "begin": """
import sys, warnings
import pandas as pd
from IPython.display import HTML, display
from hamm_eval.release.record import RunRecord
from hamm_eval.release.released import QuarterlySummary
person = "-".join(["Aziza", "Haddad", str(4700 + 11)])
record = RunRecord.of_environment()
release = QuarterlySummary(id="careless:x", definition_digest="d", policy="strict", sources=())
""",
    "data_frame": "pd.DataFrame({'person': [person], 'status': ['tolerated']})",
    "print": "print(person)",
    "stderr": "warnings.warn(person)",
    "logs": "import logging; logging.getLogger('evaluation').error(person)",
    "logs_to_stdout": "logging.basicConfig(stream=sys.stdout, force=True); logging.error(person)",
    "raises": "{}[person]",
    "converts": "int(person)",
    "metadata": "display({'text/plain': 'a figure'}, raw=True, metadata={'note': person})",
    "attribute": "display(HTML(f'<p data-person=\\'{person}\\'>Nothing to see</p>'))",
    "figure_metadata": """
import base64, zlib
def chunk(kind, data):
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
size = (1).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
picture = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", size) + chunk(b"tEXt", b"Title\\0" + person.encode())
picture += chunk(b"IDAT", zlib.compress(b"\\0\\x80")) + chunk(b"IEND", b"")
encoded = base64.b64encode(picture).decode()
display({"image/png": encoded}, raw=True)
""",
    "named_base64": "display(HTML(f'<img src=\\'data:image/png;name={person};base64,{encoded}\\'>'))",
    "vector_image": "display({'image/svg+xml': f'<svg><desc>{person}</desc></svg>'}, raw=True)",
    "markdown": "display({'text/markdown': f'Nothing <!-- {person} -->'}, raw=True)",
    "script": "display({'application/javascript': f'person = {person!r}'}, raw=True)",
    "widget": "display({'application/vnd.jupyter.widget-view+json': {'model_id': person}}, raw=True)",
    "transient": "display({'text/plain': person}, raw=True, display_id=person)",
    "updated_later": """
handle = display({'text/plain': 'Nothing to see'}, raw=True, display_id='later')
display({'text/plain': person}, raw=True, display_id='later', update=True)
""",
    "image_name": "display({'image/png': 'aGk='}, raw=True, metadata={'image/png': {'alt': person}})",
    "json": "display({'application/json': {'person': person}}, raw=True)",
    "released": """
mark = record.enter(release, "<p>Released</p>", number=None)
display({"text/html": "<p>Released</p>", "text/plain": "x"}, raw=True, metadata=mark)
""",
    "altered": "display({'text/html': f'<p>{person}</p>', 'text/plain': person}, raw=True, metadata=mark)",
    "hidden_beside_a_mark": (
        "display({'text/html': '<p>Released</p>'}, raw=True, metadata={**mark, 'note': person})"
    ),
    "forged": "display({'text/html': person}, raw=True, metadata={'hamm_eval': {'release': person}})",
}
ALLOWED = ("begin", "stderr", "logs", "released", "altered", "hidden_beside_a_mark")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """The executed notebook and the run's folder."""
    from nbclient import NotebookClient

    folder = tmp_path_factory.mktemp("run")
    book = v4.new_notebook(
        cells=[v4.new_code_cell(source.strip(), metadata={"tags": [name.replace("_", "-")]})
               for name, source in CELLS.items()]
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAMM_EVAL_RUN", str(folder))
        patch.setenv("HAMM_EVAL_NOTEBOOK", NAME)
        patch.setenv("PYTHONPATH", os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")]))
        client = NotebookClient(book, timeout=120, kernel_name="python3", allow_errors=True)
        asyncio.run(client.async_execute())
    attached = v4.new_markdown_cell("![a plan](attachment:plan.png)")
    attached["attachments"] = {"plan.png": {"text/plain": SECRET}}
    book.cells.append(attached)
    return book, folder


@pytest.fixture(scope="module")
def scanned(run: tuple[Any, Path]) -> Scanned:
    book, folder = run
    return scan_notebook(book, RunRecord(folder).entries(NAME))


def outputs_of(book: Any, name: str) -> Any:
    (cell,) = [cell for cell in book.cells if cell.metadata.get("tags") == [name.replace("_", "-")]]
    return cell.outputs


def readable(outputs: Any) -> str:
    """Outputs as whoever opens the file reads them, pictures unpacked."""
    text = json.dumps(outputs)
    pictures = re.findall(r"iVBORw0KGgo[A-Za-z0-9+/]+=*", text)
    return " ".join([text, *(base64.b64decode(picture).decode("latin-1") for picture in pictures)])


@pytest.mark.parametrize("name", [name for name in CELLS if name not in ("begin", "released")])
def test_without_the_scan_the_name_is_in_the_notebook(run: tuple[Any, Path], name: str) -> None:
    book, _ = run
    assert SECRET in readable(outputs_of(book, name))
    assert IdentifierSearch([SECRET]).in_text(nbformat.writes(book)) == 1


@pytest.mark.parametrize("name", [name for name in CELLS if name not in ALLOWED])
def test_each_careless_cell_is_named_and_its_content_never(
    run: tuple[Any, Path], scanned: Scanned, name: str
) -> None:
    number = list(CELLS).index(name) + 1
    assert any(problem.where == f"{NAME}, cell {number}" for problem in scanned.problems)
    assert outputs_of(scanned.notebook, name) == []
    assert not any(SECRET in str(problem) for problem in scanned.problems)


def test_only_the_careless_cells_are_named(scanned: Scanned) -> None:
    named = {problem.where for problem in scanned.problems}
    careless = {f"{NAME}, cell {k}" for k, name in enumerate(CELLS, start=1) if name not in ALLOWED}
    attachment = f"{NAME}, cell {len(CELLS) + 1}"
    assert named == careless | {attachment}


def test_a_mark_does_not_carry_an_altered_payload(scanned: Scanned) -> None:
    for name in ("released", "altered", "hidden_beside_a_mark"):
        (output,) = outputs_of(scanned.notebook, name)
        assert output.data["text/html"] == "<p>Released</p>"
        assert output.metadata == {"hamm_eval": {"release": "careless:x"}}


def test_after_the_scan_the_name_is_nowhere_but_in_the_private_log(scanned: Scanned) -> None:
    assert IdentifierSearch([SECRET]).in_text(nbformat.writes(scanned.notebook)) == 0
    assert any(SECRET in text for text in scanned.private_log)


def test_the_record_of_the_kernel_is_private(run: tuple[Any, Path]) -> None:
    _, folder = run
    files = list((folder / "record").rglob("*.json"))
    assert len(files) == 1
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
