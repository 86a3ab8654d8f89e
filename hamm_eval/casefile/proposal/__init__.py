"""A column mapping proposed from an export's headers and data, for editing."""

from __future__ import annotations

from hamm_eval.casefile.proposal.propose import Proposal, propose_mapping

__all__ = ["Proposal", "propose_mapping"]
