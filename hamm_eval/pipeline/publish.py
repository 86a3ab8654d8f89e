"""Publishing in one step: a reader sees the former report or the new one, never a part of either.

reports/.published/<digest>/   every published report, named by the digest of its manifest
reports/.published/.pending-*  while a quarter is being published: the digest of its manifest
reports/2017-Q2                relative symbolic link to one of them, replaced at once
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from hamm_eval.errors import HammEvalError, UsageError
from hamm_eval.pipeline.digest import digest_bytes, digest_file

PUBLISHED = ".published"
MANIFEST = "manifest.json"


def check_target(out: Path, quarter: str) -> None:
    """Refuse a target that cannot be published to, before hours of work.

    Raises
    ------
    UsageError
        In place of the link there is something that a run did not make.
    """
    link = out / quarter
    if link.exists() and not link.is_symlink():
        raise UsageError(
            "There is a folder or file in place of the report.",
            where=str(link),
            todo="Move it away: a run publishes a link of that name.",
        )
    if out.exists() and not out.is_dir():
        raise UsageError("This is no folder.", where=str(out), todo="Name another folder with --out.")


def publish(files: Mapping[str, bytes], *, out: Path, quarter: str, umask: int = 0o022) -> Path:
    """Stage a report, make it durable, and let the quarter's link point to it.

    Only one run at a time may publish a quarter to a folder (`lock.lock_quarter`).

    Parameters
    ----------
    files : mapping of str to bytes
        Everything that is published, by name; ``manifest.json`` with the digests of the others among it.
    out : Path
    quarter : str
        Name of the link.
    umask : int
        Readers are those whom the user's umask lets read.

    Returns
    -------
    Path
        The link.

    Raises
    ------
    HammEvalError
        The folder cannot be written to, as when the disk is full; the former report is untouched.
    """
    digest = digest_bytes(files[MANIFEST])[:16]
    store = out / PUBLISHED
    link = out / quarter
    with _written(out, quarter):
        _make_folders(store, umask)
        _clear(out, quarter)
        former = _pointed_at(link)
        name = _stage(files, store, digest, quarter, umask)
        if former != name:
            _point(link, name)
        _prune(store, quarter, keep={name, former})
    return link


def announce(manifest: str, *, out: Path, quarter: str, umask: int = 0o022) -> None:
    """Leave a note in the folder of what is about to be published there.

    Of a run that was killed it tells that the folder is still the one in which it was: where the note is
    gone, so may be what was published beside it.

    Raises
    ------
    HammEvalError
        The folder cannot be written to.
    """
    note = _note(out, quarter)
    with _written(out, quarter):
        _make_folders(note.parent, umask)
        part = note.with_name(f"{note.name}.part")
        part.unlink(missing_ok=True)
        _write(part, manifest.encode("ascii"), umask)
        part.replace(note)
        _sync_folder(note.parent)


def withdraw(*, out: Path, quarter: str) -> None:
    """Remove the note, once it is known elsewhere what became of the report."""
    with suppress(OSError):
        _note(out, quarter).unlink()


def holds(out: Path, quarter: str, manifest: str) -> bool | None:
    """Whether a report can have reached its readers in a folder: the one of a manifest's digest.

    Returns
    -------
    bool or None
        True where the quarter's link points to it; False where it was being published and never became whole;
        None where nobody can know: the folder is not as it was, or the report is whole and no link shows it.
    """
    if manifest_at(out, quarter) == manifest:
        return True
    if any(_manifest(folder) == manifest for folder in (out / PUBLISHED).glob("[!.]*")):
        return None
    try:
        return False if _note(out, quarter).read_text(encoding="ascii") == manifest else None
    except (OSError, ValueError):
        return None


def manifest_at(out: Path, quarter: str) -> str:
    """Digest of the manifest of the report that a quarter's link points to; "" without one."""
    return _manifest(out / quarter)


def _note(out: Path, quarter: str) -> Path:
    """Where it is noted what is being published."""
    return out / PUBLISHED / f".pending-{quarter}"


def _manifest(folder: Path) -> str:
    """Digest of a report's manifest; "" without one."""
    try:
        return digest_bytes((folder / MANIFEST).read_bytes())
    except OSError:
        return ""


@contextmanager
def _written(out: Path, quarter: str) -> Iterator[None]:
    """Say in words that a folder cannot be written to, and leave nothing half done there."""
    try:
        yield
    except OSError as error:
        _clear(out, quarter)
        raise HammEvalError(
            f"The report cannot be written: {os.strerror(error.errno or 0)}.",
            where=str(out),
            todo="The former report is untouched. Make room or name another folder with --out.",
        ) from None


def _stage(files: Mapping[str, bytes], store: Path, digest: str, quarter: str, umask: int) -> str:
    """Write the report under its final name; that of a folder that holds the same report already."""
    for name in _names(digest):
        folder = store / name
        if not folder.exists():
            break
        if _holds(folder, files):
            return name
    staging = _partial(store, quarter)
    staging.mkdir()
    for file, content in files.items():
        _write(staging / file, content, umask)
    staging.chmod(0o777 & ~umask)
    _sync_folder(staging)
    staging.replace(folder)
    _sync_folder(store)
    return name


def _partial(store: Path, quarter: str) -> Path:
    """Where a report lies that is not yet, or no longer, whole."""
    return store / f".partial-{quarter}"


def _names(digest: str) -> Iterator[str]:
    """The digest; further names for the case that someone altered what is published under it."""
    yield digest
    number = 2
    while True:
        yield f"{digest}-{number}"
        number += 1


def _holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Whether the folder holds exactly these files."""
    there = {path.name for path in folder.iterdir()}
    return there == set(files) and all(
        digest_file(folder / name) == digest_bytes(content) for name, content in files.items()
    )


def _point(link: Path, name: str) -> None:
    """Let the link point elsewhere at once; relative, so that the folder may be moved or mounted."""
    new = link.with_name(f".{link.name}.link")
    new.symlink_to(Path(PUBLISHED) / name)
    new.replace(link)
    _sync_folder(link.parent)


def _prune(store: Path, quarter: str, keep: set[str]) -> None:
    """Remove older reports of this quarter but the one before: someone may be reading it."""
    reports = [folder for folder in store.iterdir() if _quarter_of(folder) == quarter]
    if len(keep - {""}) < 2:
        others = [folder for folder in reports if folder.name not in keep]
        keep = keep | {folder.name for folder in sorted(others, key=_age)[:1]}
    for folder in reports:
        if folder.name not in keep:
            partial = _partial(store, quarter)
            folder.replace(partial)  # a report that lost some of its files must not look like one
            shutil.rmtree(partial)


def _age(folder: Path) -> float:
    """Youngest first."""
    return -folder.stat().st_mtime


def _quarter_of(folder: Path) -> str:
    """Which quarter a published report is about; "" where it is none."""
    try:
        return str(json.loads((folder / MANIFEST).read_bytes())["quarter"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _pointed_at(link: Path) -> str:
    """Name of the folder that the link points to; "" where there is none."""
    return link.readlink().name if link.is_symlink() else ""


def _clear(out: Path, quarter: str) -> None:
    """Remove what a killed run left half done."""
    shutil.rmtree(_partial(out / PUBLISHED, quarter), ignore_errors=True)
    with suppress(OSError):
        (out / f".{quarter}.link").unlink()


def _make_folders(store: Path, umask: int) -> None:
    """The output folder, readable for those whom the umask lets."""
    for folder in (*reversed(store.parents), store):
        if not folder.is_dir():
            folder.mkdir()
            folder.chmod(0o777 & ~umask)
            _sync_folder(folder.parent)


def _write(path: Path, content: bytes, umask: int) -> None:
    """Write a file so that it survives a power cut."""
    with path.open("xb") as file:
        file.write(content)
        os.fchmod(file.fileno(), 0o666 & ~umask)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
