"""Digests of everything that goes into a run; together they are the run's id."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hamm_eval.errors import UsageError
from hamm_eval.params import Params
from hamm_eval.pipeline.plan import RunUnit
from hamm_eval.source import Source
from hamm_eval.yaml_models import Contradiction, refuse_contradictions

_LOCK = "requirements.lock"


@dataclass(frozen=True, slots=True)
class Inputs:
    """SHA-256 of what a run depends on.

    Parameters
    ----------
    data : str
        All files of the source folder, or the workbook, or what a database held; and the mapping.
    params : str
        The params file.
    package : str
        All files of the installed package hamm_eval.
    lock : str
        ``requirements.lock`` of the project; without one, names and versions of what is installed.
    notebooks : str
        The notebooks that the run executes.
    former : str
        The former quarter's published results, which key figures are compared with; "" without any.
    language : str
        Language of the report.
    policy : str
        The policy file, which loosens or tightens the release rules; "" without any.
    """

    data: str
    params: str
    package: str
    lock: str
    notebooks: str
    former: str
    language: str
    policy: str = ""

    def digests(self) -> dict[str, str]:
        """What was digested, and its digest; former quarter and policy file only where there is one."""
        digests = {
            "data": self.data,
            "params": self.params,
            "package": self.package,
            "lock": self.lock,
            "notebooks": self.notebooks,
        }
        given = {"former": self.former, "policy": self.policy}
        return digests | {name: digest for name, digest in given.items() if digest}

    @property
    def run_id(self) -> str:
        """Equal inputs, equal id: sixteen hexadecimal digits."""
        return digest_text(json.dumps([self.digests(), self.language], sort_keys=True))[:16]


def digest_inputs(
    params: Params,
    params_path: Path,
    root: Path,
    units: Iterable[RunUnit],
    language: str,
    former: bytes = b"",
    *,
    content: str = "",
) -> Inputs:
    """Digest data, params, package, lock and notebooks.

    `content` is the digest of what was read (`CaseFile.digest`): it stands for data that are no files.
    """
    data = _files(params.source, root) or {"content": content}
    if params.source.mapping is not None:
        data["mapping"] = digest_file(root / params.source.mapping)
    return Inputs(
        data=_combined(data),
        params=digest_file(params_path),
        package=_combined(_tree(Path(__file__).parents[1])),
        lock=_lock(root),
        notebooks=_combined({unit.notebook: digest_file(unit.path) for unit in units}),
        former=digest_bytes(former) if former else "",
        language=language,
        policy=digest_file(root / params.release.policy_file) if params.release.policy_file else "",
    )


def check_source(params: Params, params_path: Path, root: Path) -> None:
    """Refuse params whose folder or workbook is not there, before anything starts.

    Raises
    ------
    ParamsError
        With file, line and YAML path.
    """
    for key, path in (("folder", params.source.folder), ("workbook", params.source.workbook)):
        if path is None:
            continue
        there = (root / path).is_dir() if key == "folder" else (root / path).is_file()
        if not there:
            missing = Contradiction(
                ("source", key),
                f"There is no {key} {path} beside params/.",
                "Correct the path, or put the export there.",
            )
            refuse_contradictions(params_path, [missing])


def _files(source: Source, root: Path) -> dict[str, str]:
    """The digests of the export's files, and of a synthetic city's truth; none of a database."""
    if source.folder is not None:
        return _tree(root / source.folder)
    if source.workbook is None:
        return {}
    path = root / source.workbook
    files = (path, path.parent / "truth.json")
    return {file.name: digest_file(file) for file in files if file.is_file()}


def digest_bytes(content: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest_text(text: str) -> str:
    """SHA-256 of the text as UTF-8."""
    return digest_bytes(text.encode("utf-8"))


def digest_file(path: Path) -> str:
    """SHA-256 of a file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise UsageError(
            "This file cannot be read.", where=path.name, todo="Is it there and yours?"
        ) from None


def _tree(folder: Path) -> dict[str, str]:
    """Digest of every file below a folder, by relative path; what Python compiles is no input."""
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): digest_file(path) for path in files}


def _combined(digests: Mapping[str, str]) -> str:
    """One digest for many, whatever order they came in."""
    return digest_text(json.dumps(digests, sort_keys=True))


def _lock(root: Path) -> str:
    """Digest of the nearest lock from the root upwards, or of the installed versions."""
    for folder in (root, *root.parents):
        if (folder / _LOCK).is_file():
            return digest_file(folder / _LOCK)
    installed = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}
    return digest_text(json.dumps(installed, sort_keys=True))
