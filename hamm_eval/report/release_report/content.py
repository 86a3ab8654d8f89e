"""What the report for the data protection officer is made of: published quarters, release by release."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hamm_eval.release.released import Release
from hamm_eval.release.tally import Tally, tally
from hamm_eval.vocabulary import Quarter


@dataclass(frozen=True, slots=True)
class PublishedRelease:
    """One release as it was published, and the notebook that shows it."""

    notebook: str
    release: Release

    @property
    def tally(self) -> Tally:
        """What it tells and keeps back."""
        return tally(self.release)


@dataclass(frozen=True, slots=True)
class PublishedQuarter:
    """All releases of one published quarter.

    Parameters
    ----------
    quarter : Quarter
    data_cut : date
    run_id : str
    policy, policy_digest : str
        Name of the release policy, and the digest of its numbers.
    policy_file : str
        Digest of the file that loosens or tightens it; "" without one.
    releases : tuple of PublishedRelease
    """

    quarter: Quarter
    data_cut: dt.date
    run_id: str
    policy: str
    policy_digest: str
    policy_file: str
    releases: tuple[PublishedRelease, ...]

    @property
    def tally(self) -> Tally:
        """What it tells and keeps back, all releases together."""
        return Tally.sum(one.tally for one in self.releases)

    @property
    def notebooks(self) -> tuple[str, ...]:
        """Names of the notebooks, in order."""
        return tuple(dict.fromkeys(one.notebook for one in self.releases))
