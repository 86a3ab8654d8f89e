"""Exports become a CaseFile at a data cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hamm_eval.casefile.case_file import CaseFile
    from hamm_eval.casefile.intake import CheckedExport, check_export, read_case_file, read_source

__all__ = ["CaseFile", "CheckedExport", "check_export", "read_case_file", "read_source"]


def __getattr__(name: str) -> Any:
    """Import polars and pandas only when an export is read: the declarations alone cost nothing."""
    if name == "CaseFile":
        from hamm_eval.casefile import case_file

        return case_file.CaseFile
    if name in __all__:
        from hamm_eval.casefile import intake

        return getattr(intake, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
