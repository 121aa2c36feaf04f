"""Interoperation with ODK and Kobo: our questionnaires as XLSForm workbooks, and XLSForms of others as ours."""

from portal.xlsform.export import xlsform_workbook
from portal.xlsform.read import ImportedForm, import_form
from portal.xlsform.remarks import RefusedForm, Remark
from portal.xlsform.translate import Untranslatable

__all__ = ["ImportedForm", "RefusedForm", "Remark", "Untranslatable", "import_form", "xlsform_workbook"]
