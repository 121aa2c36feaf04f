"""Workbooks: questionnaires and assessments as spreadsheets, written here and read back when people send them."""

from portal.spreadsheets.assessment import Draft, assessment_workbook
from portal.spreadsheets.blank import blank_workbook

__all__ = ["Draft", "assessment_workbook", "blank_workbook"]
