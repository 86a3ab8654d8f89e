"""Which release policy a quarter asks for, and the file that may loosen it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from hamm_eval.errors import ParamsError
from hamm_eval.params.base import Key
from hamm_eval.source import RelativePath
from hamm_eval.yaml_models import FrozenModel, load_yaml_model

Profile = Literal["strict", "internal"]


class PolicyFile(FrozenModel):
    """A policy file: numbers of the release rules that differ from a profile's, and who decided so and why.

    Parameters
    ----------
    profile : "strict" or "internal"
        The profile that `numbers` change; the same as in params.
    reason : str
        Who decided, when and why: the data protection officer reads it.
    numbers : mapping of str to int
    """

    profile: Profile
    reason: Annotated[str, Field(min_length=10)]
    numbers: Mapping[Key, int]


class Release(FrozenModel):
    """The release policy. `tighten` may only make it stricter; what loosens it stands in a policy file.

    Parameters
    ----------
    policy : "strict" or "internal"
        What `internal` makes is not for passing on, and marked so.
    policy_file : path, optional
        Relative to the folder that holds ``params/``.
    tighten : mapping of str to int
    redefined : mapping of str to int
        By question, by result ("time_to_integration:language_b1") or for "all", how often its definition was
        changed on purpose: the release register refuses another definition under an old name.
    """

    policy: Profile = "strict"
    policy_file: RelativePath | None = None
    tighten: Mapping[Key, int] = {}
    redefined: Mapping[str, Annotated[int, Field(ge=1)]] = {}
    # Not a field: no params file can write it.
    _file: PolicyFile | None = PrivateAttr(default=None)

    def times_redefined(self, question: str, name: str) -> int:
        """How often a result was defined anew."""
        return sum(self.redefined.get(key, 0) for key in ("all", question, name))

    @property
    def file(self) -> PolicyFile | None:
        """What the policy file says; None where none is named.

        Raises
        ------
        ParamsError
            One is named and was not read: the params did not come from `load_params`.
        """
        if self.policy_file is not None and self._file is None:
            raise ParamsError(
                "The policy file was not read.",
                where="release.policy_file",
                todo="Load params from their file.",
            )
        return self._file

    def with_file(self, root: Path) -> Release:
        """The same, with its policy file read.

        Raises
        ------
        UsageError, ParamsError
            The file is not there, is wrong, or is for another profile.
        """
        if self.policy_file is None:
            return self
        file = load_yaml_model(root / self.policy_file, PolicyFile)
        if file.profile != self.policy:
            raise ParamsError(
                "The policy file is for another profile than params ask for.",
                where="release.policy",
                todo=f"Write policy: {file.profile}, or name another file.",
            )
        read = self.model_copy()
        read._file = file
        return read
