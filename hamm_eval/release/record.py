"""The run record: what each notebook of a run was allowed to show, in private files.

It lives in the run's private work folder; without a run (JupyterLab, nbval) in a
temporary folder that goes when the process ends.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import re
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hamm_eval.errors import ReleaseRefused, UsageError
from hamm_eval.estimate import Estimate
from hamm_eval.release.facts import Facts
from hamm_eval.release.json import to_json
from hamm_eval.release.released import Release

RUN_VARIABLE = "HAMM_EVAL_RUN"
NOTEBOOK_VARIABLE = "HAMM_EVAL_NOTEBOOK"
MARK = "hamm_eval"
_FINISHED = "finished.json"
_ESTIMATE = ".estimate"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One release as it was displayed.

    Parameters
    ----------
    id, kind : str
        Of the release.
    notebook : str
        Which notebook displayed it.
    order : int
        Place among what the notebook displayed, from 1.
    release : dict
        The release as JSON (`release.json.from_json` reads it).
    html : str
        The fragment that was displayed, and the only one that may be published.
    number : str or None
        Which count it takes part in: "figure", "table" or none.
    facts : dict or None
        What it tells of counts (`release.facts.Facts`), for the proof over all releases of the run.
    policy : str
        Digest of the policy that let it out; "" where nobody said.
    """

    id: str
    kind: str
    notebook: str
    order: int
    release: dict[str, Any]
    html: str
    number: str | None = None
    facts: dict[str, Any] | None = None
    policy: str = ""


class RunRecord:
    """Record of what the gate let out in one run.

    Parameters
    ----------
    folder : Path
        Private work folder of the run; the record lies in its subfolder ``record``.
    notebook : str, optional
        Notebook that enters releases; "" to read only.
    replaces : bool
        Whether a release may be entered anew with other content under its id: a researcher who reruns a
        cell after a change. Never within a run.
    """

    def __init__(self, folder: Path, notebook: str = "", *, replaces: bool = False) -> None:
        if notebook and not _NAME.fullmatch(notebook):
            raise UsageError(
                "A notebook's name consists of letters, digits, hyphen, underscore and point.",
                where=NOTEBOOK_VARIABLE,
            )
        self.folder = Path(folder) / "record"
        self.notebook = notebook
        self._replaces = replaces
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @property
    def of_run(self) -> bool:
        """Whether it is a run's record, not that of somebody trying things out."""
        return not self._replaces

    @classmethod
    def of_environment(cls) -> RunRecord:
        """The record of the run that started this kernel, or a temporary one."""
        folder = os.environ.get(RUN_VARIABLE)
        notebook = os.environ.get(NOTEBOOK_VARIABLE, "")
        if folder:
            if not notebook:
                raise UsageError(
                    "A run is announced, but not the notebook.",
                    where=NOTEBOOK_VARIABLE,
                    todo=f"Set it beside {RUN_VARIABLE}, or unset both.",
                )
            return cls(Path(folder), notebook)
        temporary = tempfile.TemporaryDirectory(prefix="hamm_eval-")  # mkdtemp: 0700
        record = cls(Path(temporary.name), notebook or "interactive", replaces=True)
        record._temporary = temporary
        return record

    def enter(
        self,
        release: Release,
        html: str,
        *,
        number: str | None = None,
        facts: Facts | None = None,
        policy: str = "",
        drawn_from: Estimate | None = None,
    ) -> dict[str, Any]:
        """Enter a release with the fragment that displays it, and what it tells of counts.

        Without facts and the digest of its policy it can be shown in JupyterLab, but no run publishes it.
        With `drawn_from`, the estimate behind it, a run can draw its curves anew.

        Returns
        -------
        dict
            The mark: metadata for the output that displays the fragment.

        Raises
        ------
        ReleaseRefused
            Within a run, another content under an id that was entered already.
        """
        content = to_json(release)
        known = {entry.id: entry for entry in self.entries()}.get(release.id)
        same = known is not None and (known.release, known.html) == (_plain(content), html)
        if known is not None and not same and not self._replaces:
            raise ReleaseRefused(
                "Two different results bear the same name in one run.",
                where=release.id,
                todo="Give the estimates different definition keys.",
            )
        mine = self.entries(self.notebook)
        before = next((entry.order for entry in mine if entry.id == release.id), None)
        order = before or 1 + max((entry.order for entry in mine), default=0)
        name = _file_name(order, release.id)
        entry = {
            "id": release.id,
            "kind": release.kind,
            "notebook": self.notebook,
            "order": order,
            "number": number,
            "release": content,
            "html": html,
            "facts": None if facts is None else facts.to_json(),
            "policy": policy,
        }
        self._write(name, entry)
        if drawn_from is not None and self.of_run:
            self._write_bytes(Path(name).with_suffix(_ESTIMATE).name, pickle.dumps(drawn_from))
        return {MARK: {"release": release.id}}

    def entries(self, notebook: str | None = None) -> tuple[Entry, ...]:
        """What was entered, by notebook and order; of one notebook or of all."""
        pattern = f"{notebook or '*'}/[0-9]*-*.json"
        found = [Entry(**_read(path)) for path in self.folder.glob(pattern)]
        return tuple(sorted(found, key=lambda entry: (entry.notebook, entry.order)))

    def drawn_from(self, entry: Entry) -> Estimate | None:
        """The estimate behind an entry, where it was kept to draw curves anew."""
        path = (self.folder / entry.notebook / _file_name(entry.order, entry.id)).with_suffix(_ESTIMATE)
        if not path.is_file():
            return None
        # Nobody but this run's own processes can write here, so that unpickling is safe.
        found: Estimate = pickle.loads(path.read_bytes())
        return found

    def replace(self, entry: Entry, release: Release, html: str, facts: Facts) -> None:
        """Put another form of a release in place of the one entered: more of it is hidden."""
        changed = {"release": to_json(release), "html": html, "facts": facts.to_json()}
        self._write(_file_name(entry.order, entry.id), {**asdict(entry), **changed}, notebook=entry.notebook)

    def finish(self, releases: Iterable[str] = ()) -> None:
        """Write the notebook's end: it ran to its last cell and displayed these releases."""
        self._write(_FINISHED, {"notebook": self.notebook, "releases": list(releases)})

    def finished(self, notebook: str) -> bool:
        """Whether the notebook ran to its last cell and all that it displayed is in the record."""
        path = self.folder / notebook / _FINISHED
        if not path.is_file():
            return False
        return set(_read(path)["releases"]) <= {entry.id for entry in self.entries(notebook)}

    def _write(self, name: str, content: Any, *, notebook: str = "") -> None:
        """Write JSON to a private file."""
        # NaN and infinity are no JSON and nothing to show.
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True)
        self._write_bytes(name, text.encode("utf-8"), notebook=notebook)

    def _write_bytes(self, name: str, content: bytes, *, notebook: str = "") -> None:
        """Write one private file so that a reader sees all of it or nothing."""
        folder = self.folder / (notebook or self.notebook)
        for part in (self.folder, folder):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.chmod(0o700)
        temporary = folder / f".{name}.{os.getpid()}.part"
        temporary.unlink(missing_ok=True)
        # The mode is set at creation: there is no moment at which others could read it.
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        temporary.replace(folder / name)


def _file_name(order: int, release_id: str) -> str:
    """Name of an entry's file."""
    return f"{order:03d}-{hashlib.sha256(release_id.encode()).hexdigest()[:12]}.json"


def _read(path: Path) -> dict[str, Any]:
    """One file of the record; keys that newer versions add are refused by `Entry`."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _plain(content: dict[str, Any]) -> Any:
    """As it comes back from a file."""
    return json.loads(json.dumps(content))
