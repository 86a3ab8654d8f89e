"""Exports without names: identifiers replaced, birth dates reduced, everything undeclared left out."""

from __future__ import annotations

from hamm_eval.casefile.pseudonyms.key import create_key, read_key, refuse_place
from hamm_eval.casefile.pseudonyms.write import Pseudonymised, pseudonymise

__all__ = ["Pseudonymised", "create_key", "pseudonymise", "read_key", "refuse_place"]
