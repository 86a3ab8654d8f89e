"""The quarter's page: sections of all notebooks between a title block and the appendices."""

from hamm_eval.report.page.assemble import PageFacts, Section, assemble

__all__ = ["PageFacts", "Section", "assemble"]
