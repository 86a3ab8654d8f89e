"""The secret key: in a file of its own that nobody else can read, and in no message."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from hamm_eval.errors import UsageError

_BYTES = 32
_WRITTEN = re.compile(rb"[0-9a-f]{64}\s*")
_DIGEST = 10  # bytes: among a million identifiers two share one with a chance of 1 in 2,000,000,000,000


@dataclass(frozen=True, slots=True)
class Key:
    """A secret key; its text never shows it."""

    secret: bytes = field(repr=False)

    def pseudonym(self, kind: str, identifier: str) -> str:
        """The pseudonym of an identifier: keyed BLAKE2b (RFC 7693) of its kind and itself.

        Parameters
        ----------
        kind : str
            What it identifies, as ``persons.person_id``: the same number of a person and of a case give
            two pseudonyms.
        identifier : str
            As written; leading zeros count.

        Returns
        -------
        str
            A letter and 20 hexadecimal digits, the same in every table and every quarter.

        Examples
        --------
        >>> key = Key(bytes(32))
        >>> key.pseudonym("persons.person_id", "000117")
        'pf7eaef7505c2ad77ddef'
        """
        # The kind holds no NUL byte, so that kind and identifier cannot run into each other.
        digest = blake2b(f"{kind}\0{identifier}".encode(), key=self.secret, digest_size=_DIGEST)
        return f"p{digest.hexdigest()}"


def create_key(path: Path) -> None:
    """Write a new random key to a file that only its owner may read.

    Raises
    ------
    UsageError
        There is such a file already, or it cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(
            "There is such a file already; a key that was in use would be lost.",
            where=str(path),
            todo="Leave --new-key away to use it, or name another file.",
        ) from None
    except OSError:
        raise UsageError(
            "The key cannot be written to this file.",
            where=str(path),
            todo="Name a file in a folder that exists and that you may write to.",
        ) from None
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), 0o600)  # whatever the umask
        file.write(secrets.token_bytes(_BYTES).hex().encode() + b"\n")


def refuse_place(path: Path, folders: Iterable[Path]) -> None:
    """Refuse a key among the data: whoever is given the folder would be given the key.

    Raises
    ------
    UsageError
    """
    for folder in folders:
        if path.resolve().is_relative_to(folder.resolve()):
            raise UsageError(
                "The key would lie among the data that it protects.",
                where=str(path),
                todo=f"Keep it outside {folder}.",
            )


def read_key(path: Path) -> Key:
    """Read a key.

    Raises
    ------
    UsageError
        There is none, others may read it, or it is no key.
    """
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            written = file.read(_BYTES * 4)
    except OSError:
        raise UsageError(
            "There is no such key, or it cannot be read.",
            where=str(path),
            todo="Name the file of the key, or create one with --new-key.",
        ) from None
    if stat.S_IMODE(about.st_mode) & 0o077:
        raise UsageError(
            "Others may read this key.",
            where=str(path),
            todo=f"Whoever has it can undo the pseudonyms: chmod 600 {path}, or make a new one.",
        )
    if not _WRITTEN.fullmatch(written):
        raise UsageError(
            "This file holds no key.",
            where=str(path),
            todo="Create one with --new-key: 64 hexadecimal digits.",
        )
    return Key(bytes.fromhex(written.decode()))
