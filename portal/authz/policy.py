"""The policy table: every endpoint and method, and who may call it. What is not here is denied."""

from __future__ import annotations

from collections.abc import Mapping

from portal.authz.principal import Principal
from portal.models.organisation import Role

#: Groups a row may name. "anyone" and "signed_in" need no role.
ANYONE = frozenset({"anyone"})
SIGNED_IN = frozenset({"signed_in"})
COMPANY = frozenset({Role.OWNER, Role.EDITOR, Role.SIGNATORY})
COMPANY_EDITORS = frozenset({Role.OWNER, Role.EDITOR})
COMPANY_OWNERS = frozenset({Role.OWNER})
#: Those who may bind the company.
SIGNATORIES = frozenset({Role.OWNER, Role.SIGNATORY})
GOVERNMENT = frozenset({Role.REVIEWER, Role.SUPERVISOR})

_PUBLIC_PAGES = (
    "static",
    "public.home",
    "public.show_method",
    "public.list_questionnaires",
    "public.show_questionnaire",
    "public.show_questionnaire_json",
    "public.download_blank_pdf",
    "public.download_blank_workbook",
    "public.download_xlsform",
    "public.show_changes",
    "public.list_instruments",
    "public.show_instrument",
    "api.list_questionnaires",
    "api.show_questionnaire",
    "api.show_profile",
    "api.list_references",
    "api.show_openapi",
    "public.list_releases",
    "public.show_release",
    "public.show_release_json",
    "public.show_release_csv",
    "public.show_remedy",
    "public.show_verify",
    "public.show_privacy",
    "public.healthz",
    "public.readyz",
)

#: (endpoint, method) -> who. GET and POST never share a row.
POLICY: Mapping[tuple[str, str], frozenset[str]] = {
    **{(endpoint, "GET"): ANYONE for endpoint in _PUBLIC_PAGES},
    ("account.sign_in", "GET"): ANYONE,
    ("account.sign_in", "POST"): ANYONE,
    ("account.sign_out", "POST"): SIGNED_IN,
    ("account.choose_organisation", "GET"): SIGNED_IN,
    ("account.choose_organisation", "POST"): SIGNED_IN,
    ("company.home", "GET"): COMPANY,
    ("company.edit_profile", "GET"): COMPANY,
    ("company.edit_profile", "POST"): COMPANY_EDITORS,
    ("company.list_questionnaires", "GET"): COMPANY,
    ("company.begin_assessment", "POST"): COMPANY_EDITORS,
    ("company.show_assessment", "GET"): COMPANY,
    ("company.edit_screening", "GET"): COMPANY,
    ("company.edit_screening", "POST"): COMPANY_EDITORS,
    ("company.edit_section", "GET"): COMPANY,
    ("company.edit_section", "POST"): COMPANY_EDITORS,
    ("company.autosave_answer", "POST"): COMPANY_EDITORS,
    ("company.download_evidence", "GET"): COMPANY,
    ("company.show_workbook", "GET"): COMPANY,
    ("company.download_workbook", "GET"): COMPANY,
    ("company.upload_workbook", "POST"): COMPANY_EDITORS,
    ("company.preview_workbook", "GET"): COMPANY_EDITORS,
    ("company.confirm_workbook", "POST"): COMPANY_EDITORS,
    ("company.discard_workbook", "POST"): COMPANY_EDITORS,
    ("company.check_answers", "GET"): COMPANY,
    ("company.show_score", "GET"): COMPANY,
    ("company.sign_assessment", "GET"): SIGNATORIES,
    ("company.sign_assessment", "POST"): SIGNATORIES,
    ("company.list_submissions", "GET"): COMPANY,
    ("company.show_submission", "GET"): COMPANY,
    ("company.download_report", "GET"): COMPANY,
    ("company.order_report", "POST"): COMPANY,
    ("company.download_bundle", "GET"): COMPANY,
    ("company.show_crosswalks", "GET"): COMPANY,
    ("company.download_crosswalks", "GET"): COMPANY,
    ("company.download_crosswalk_csv", "GET"): COMPANY,
    ("company.share_submission", "POST"): SIGNATORIES,
    ("company.revoke_share", "POST"): SIGNATORIES,
    ("government.home", "GET"): GOVERNMENT,
    ("government.list_submissions", "GET"): GOVERNMENT,
    ("government.show_submission", "GET"): GOVERNMENT,
    ("government.decide_review", "POST"): GOVERNMENT,
    ("government.download_report", "GET"): GOVERNMENT,
    ("government.order_report", "POST"): GOVERNMENT,
    ("government.download_bundle", "GET"): GOVERNMENT,
    ("government.download_evidence", "GET"): GOVERNMENT,
}


def allows(principal: Principal, endpoint: str, method: str) -> bool:
    """Whether the principal may call this endpoint with this method. HEAD asks what GET asks."""
    groups = POLICY.get((endpoint, "GET" if method == "HEAD" else method))
    if groups is None:
        return False
    if groups == ANYONE:
        return True
    if groups == SIGNED_IN:
        return principal.is_signed_in
    return principal.is_signed_in and principal.role in groups
