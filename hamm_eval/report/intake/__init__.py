"""What checks found in an export, for those who deliver it: console, page and workbook, never a value."""

from hamm_eval.report.intake.content import IntakeReport, intake_report
from hamm_eval.report.intake.files import refuse_places, write_reports

__all__ = ["IntakeReport", "intake_report", "refuse_places", "write_reports"]
