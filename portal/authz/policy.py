"""The policy table: every endpoint and method, and who may call it. What is not here is denied."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum

from portal.authz.principal import Principal
from portal.models.organisation import Role

#: Groups a row may name. "anyone", "half" and "signed_in" need no role; "half" is also open while a factor is owed.
ANYONE = frozenset({"anyone"})
HALF_SIGNED_IN = frozenset({"half"})
SIGNED_IN = frozenset({"signed_in"})
COMPANY = frozenset({Role.OWNER, Role.EDITOR, Role.SIGNATORY})
#: Everybody in a company: contributors only reach the sections given to them.
COMPANY_WRITERS = frozenset({Role.OWNER, Role.EDITOR, Role.CONTRIBUTOR})
COMPANY_STAFF = COMPANY | COMPANY_WRITERS
COMPANY_EDITORS = frozenset({Role.OWNER, Role.EDITOR})
COMPANY_OWNERS = frozenset({Role.OWNER})
#: Those who may bind the company.
SIGNATORIES = frozenset({Role.OWNER, Role.SIGNATORY})
GOVERNMENT = frozenset({Role.REVIEWER, Role.SUPERVISOR})
SUPERVISORS = frozenset({Role.SUPERVISOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
ADMINISTRATION = frozenset({Role.ADMINISTRATOR, Role.METHODOLOGY_EDITOR})
#: Those who run the membership of their organisation.
MANAGERS = frozenset({Role.OWNER, Role.SUPERVISOR, Role.ADMINISTRATOR})
#: Nothing of their organisation is open to them until they have signed in with a second factor.
MFA_ROLES = frozenset({Role.SIGNATORY, Role.REVIEWER, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.METHODOLOGY_EDITOR})

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
    "public.show_log",
    "public.download_latest_checkpoint",
    "public.download_checkpoint",
    "public.show_privacy",
    "public.healthz",
    "public.readyz",
)

#: (endpoint, method) -> who. GET and POST never share a row.
POLICY: Mapping[tuple[str, str], frozenset[str]] = {
    **{(endpoint, "GET"): ANYONE for endpoint in _PUBLIC_PAGES},
    ("account.sign_in", "GET"): ANYONE,
    ("account.sign_in", "POST"): ANYONE,
    ("account.sign_out", "POST"): HALF_SIGNED_IN,
    ("account.show_forgotten", "GET"): ANYONE,
    ("account.ask_for_link", "POST"): ANYONE,
    ("account.show_reset", "GET"): ANYONE,
    ("account.reset_password", "POST"): ANYONE,
    ("account.show_demonstration", "GET"): ANYONE,
    ("account.enter_demonstration", "POST"): ANYONE,
    ("account.show_password", "GET"): SIGNED_IN,
    ("account.change_password", "POST"): SIGNED_IN,
    ("account.show_logins", "GET"): SIGNED_IN,
    ("account.end_login", "POST"): SIGNED_IN,
    ("account.end_other_logins", "POST"): SIGNED_IN,
    ("account.stay", "POST"): HALF_SIGNED_IN,
    ("account.register", "GET"): ANYONE,
    ("account.register", "POST"): ANYONE,
    ("account.confirm_registration", "GET"): ANYONE,
    ("account.confirm_registration", "POST"): ANYONE,
    ("account.show_invitation", "GET"): ANYONE,
    ("account.accept_invitation", "POST"): ANYONE,
    ("account.choose_provider", "GET"): ANYONE,
    ("account.find_provider", "POST"): ANYONE,
    ("account.show_provider", "GET"): ANYONE,
    ("account.begin_provider", "POST"): ANYONE,
    ("account.show_provider_return", "GET"): ANYONE,
    ("account.finish_provider", "POST"): ANYONE,
    ("account.add_company", "GET"): SIGNED_IN,
    ("account.add_company", "POST"): SIGNED_IN,
    ("account.leave_organisation", "POST"): SIGNED_IN,
    ("account.list_members", "GET"): MANAGERS,
    ("account.invite_member", "POST"): MANAGERS,
    ("account.show_member", "GET"): MANAGERS,
    ("account.change_role", "POST"): MANAGERS,
    ("account.hand_over", "POST"): MANAGERS,
    ("account.remove_member", "POST"): MANAGERS,
    ("account.withdraw_invitation", "POST"): MANAGERS,
    ("account.send_invitation_again", "POST"): MANAGERS,
    ("account.erase_account", "GET"): SIGNED_IN,
    ("account.erase_account", "POST"): SIGNED_IN,
    ("account.choose_organisation", "GET"): SIGNED_IN,
    ("account.choose_organisation", "POST"): SIGNED_IN,
    ("account.show_factor", "GET"): HALF_SIGNED_IN,
    ("account.check_factor", "POST"): HALF_SIGNED_IN,
    ("account.show_lost_factor", "GET"): HALF_SIGNED_IN,
    ("account.begin_proof", "POST"): HALF_SIGNED_IN,
    ("account.begin_passkey_sign_in", "POST"): ANYONE,
    ("account.sign_in_with_passkey", "POST"): ANYONE,
    ("account.show_security", "GET"): SIGNED_IN,
    ("account.show_app", "GET"): SIGNED_IN,
    ("account.add_app", "POST"): SIGNED_IN,
    ("account.show_passkey", "GET"): SIGNED_IN,
    ("account.begin_passkey", "POST"): SIGNED_IN,
    ("account.add_passkey", "POST"): SIGNED_IN,
    ("account.show_authenticator", "GET"): SIGNED_IN,
    ("account.rename_factor", "POST"): SIGNED_IN,
    ("account.remove_factor", "POST"): SIGNED_IN,
    ("account.make_recovery_codes", "POST"): SIGNED_IN,
    ("account.prove", "GET"): SIGNED_IN,
    ("account.prove", "POST"): SIGNED_IN,
    ("account.list_factor_resets", "GET"): MANAGERS,
    ("account.ask_factor_reset", "POST"): MANAGERS,
    ("account.approve_factor_reset", "POST"): MANAGERS,
    ("account.withdraw_factor_reset", "POST"): MANAGERS,
    ("company.home", "GET"): COMPANY_STAFF,
    ("company.edit_profile", "GET"): COMPANY,
    ("company.edit_profile", "POST"): COMPANY_EDITORS,
    ("company.list_questionnaires", "GET"): COMPANY,
    ("company.begin_assessment", "POST"): COMPANY_EDITORS,
    ("company.show_assessment", "GET"): COMPANY_STAFF,
    ("company.edit_screening", "GET"): COMPANY,
    ("company.edit_screening", "POST"): COMPANY_EDITORS,
    ("company.edit_section", "GET"): COMPANY_STAFF,
    ("company.edit_section", "POST"): COMPANY_WRITERS,
    ("company.autosave_answer", "POST"): COMPANY_WRITERS,
    ("company.download_evidence", "GET"): COMPANY_STAFF,
    ("company.edit_contributors", "GET"): COMPANY_EDITORS,
    ("company.edit_contributors", "POST"): COMPANY_EDITORS,
    ("company.show_organisation", "GET"): COMPANY,
    ("company.change_organisation", "POST"): COMPANY_OWNERS,
    ("company.name_parent", "POST"): COMPANY_OWNERS,
    ("company.confirm_child", "POST"): COMPANY_OWNERS,
    ("company.refuse_child", "POST"): COMPANY_OWNERS,
    ("company.show_mergers", "GET"): COMPANY_OWNERS,
    ("company.ask_merger", "POST"): COMPANY_OWNERS,
    ("company.withdraw_merger", "POST"): COMPANY_OWNERS,
    ("company.accept_merger", "POST"): COMPANY_OWNERS,
    ("company.decline_merger", "POST"): COMPANY_OWNERS,
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
    ("company.download_proof", "GET"): COMPANY,
    ("company.show_trail", "GET"): COMPANY,
    ("company.show_crosswalks", "GET"): COMPANY,
    ("company.download_crosswalks", "GET"): COMPANY,
    ("company.download_crosswalk_csv", "GET"): COMPANY,
    ("company.share_submission", "POST"): SIGNATORIES,
    ("company.revoke_share", "POST"): SIGNATORIES,
    ("company.list_erasures", "GET"): COMPANY_OWNERS,
    ("company.ask_company_erasure", "POST"): COMPANY_OWNERS,
    ("company.show_submission_erasure", "GET"): COMPANY_OWNERS,
    ("company.ask_submission_erasure", "POST"): COMPANY_OWNERS,
    ("company.approve_erasure", "POST"): COMPANY_OWNERS,
    ("company.withdraw_erasure", "POST"): COMPANY_OWNERS,
    ("admin.list_erasures", "GET"): ADMINISTRATORS,
    ("admin.approve_erasure", "POST"): ADMINISTRATORS,
    ("admin.withdraw_erasure", "POST"): ADMINISTRATORS,
    ("admin.home", "GET"): ADMINISTRATION,
    ("admin.list_questionnaires", "GET"): ADMINISTRATION,
    ("admin.show_state", "GET"): ADMINISTRATORS,
    ("admin.list_organisations", "GET"): ADMINISTRATORS,
    ("admin.show_organisation", "GET"): ADMINISTRATORS,
    ("admin.add_organisation", "GET"): ADMINISTRATORS,
    ("admin.add_organisation", "POST"): ADMINISTRATORS,
    ("admin.invite_first", "POST"): ADMINISTRATORS,
    ("admin.show_provider", "GET"): ADMINISTRATORS,
    ("admin.set_provider", "POST"): ADMINISTRATORS,
    ("admin.approve_provider", "POST"): ADMINISTRATORS,
    ("admin.disable_provider", "POST"): ADMINISTRATORS,
    ("admin.list_alerts", "GET"): ADMINISTRATORS,
    ("admin.mark_alert_seen", "POST"): ADMINISTRATORS,
    ("admin.list_failed_mails", "GET"): ADMINISTRATORS,
    ("admin.try_mail_again", "POST"): ADMINISTRATORS,
    ("admin.list_releases", "GET"): ADMINISTRATORS,
    ("admin.show_draft_json", "GET"): ADMINISTRATORS,
    ("admin.ask_publication", "POST"): ADMINISTRATORS,
    ("admin.publish_release", "POST"): ADMINISTRATORS,
    ("admin.withdraw_publication", "POST"): ADMINISTRATORS,
    ("government.home", "GET"): GOVERNMENT,
    ("government.list_submissions", "GET"): GOVERNMENT,
    ("government.show_submission", "GET"): GOVERNMENT,
    ("government.decide_review", "POST"): GOVERNMENT,
    ("government.list_companies", "GET"): GOVERNMENT,
    ("government.show_company", "GET"): GOVERNMENT,
    ("government.verify_company", "POST"): GOVERNMENT,
    ("government.send_back_company", "POST"): GOVERNMENT,
    ("government.withdraw_verification", "POST"): GOVERNMENT,
    ("government.download_report", "GET"): GOVERNMENT,
    ("government.order_report", "POST"): GOVERNMENT,
    ("government.download_bundle", "GET"): GOVERNMENT,
    ("government.download_evidence", "GET"): GOVERNMENT,
    ("government.show_reads", "GET"): SUPERVISORS,
    ("government.show_trail", "GET"): GOVERNMENT,
}


#: What binds an organisation or opens an account: asked for only within minutes of a proof of who one is.
FRESH_PROOF = frozenset(
    {
        ("account.erase_account", "GET"),
        ("account.change_role", "POST"),
        ("account.hand_over", "POST"),
        ("account.remove_member", "POST"),
        ("account.erase_account", "POST"),
        ("company.ask_company_erasure", "POST"),
        ("company.ask_submission_erasure", "POST"),
        ("company.approve_erasure", "POST"),
        ("admin.approve_erasure", "POST"),
        ("company.sign_assessment", "GET"),
        ("company.sign_assessment", "POST"),
        ("government.decide_review", "POST"),
        ("account.show_app", "GET"),
        ("account.add_app", "POST"),
        ("account.show_passkey", "GET"),
        ("account.begin_passkey", "POST"),
        ("account.add_passkey", "POST"),
        ("account.rename_factor", "POST"),
        ("account.remove_factor", "POST"),
        ("account.make_recovery_codes", "POST"),
        ("account.ask_factor_reset", "POST"),
        ("account.approve_factor_reset", "POST"),
        ("admin.invite_first", "POST"),
        ("admin.set_provider", "POST"),
        ("admin.approve_provider", "POST"),
        ("admin.disable_provider", "POST"),
        ("admin.ask_publication", "POST"),
        ("admin.publish_release", "POST"),
        ("company.ask_merger", "POST"),
        ("company.accept_merger", "POST"),
        ("government.verify_company", "POST"),
        ("government.send_back_company", "POST"),
        ("government.withdraw_verification", "POST"),
    }
)
#: Signing binds the company: it takes two factors of everybody, whatever the role.
TWO_FACTORS = frozenset({("company.sign_assessment", "GET"), ("company.sign_assessment", "POST")})


class Verdict(Enum):
    """What the table says about one request."""

    ALLOWED = "allowed"
    DENIED = "denied"
    #: Nobody is signed in.
    SIGN_IN = "sign in"
    #: The password was right, the second factor is owed.
    FACTOR = "second factor"
    #: The role needs a second factor and the person has shown none in this sign-in.
    ENROL = "enrol"
    #: Signed in, but for no organisation yet.
    CHOOSE = "choose organisation"
    #: Allowed after proving once more who one is.
    PROVE = "prove"


def verdict(principal: Principal, endpoint: str, method: str, *, at: datetime, proof: timedelta) -> Verdict:
    """Decide one request. `proof` is how long a proof of identity serves. HEAD asks what GET asks."""
    row = (endpoint, "GET" if method == "HEAD" else method)
    groups = POLICY.get(row)
    if groups is None:
        return Verdict.DENIED
    if groups == ANYONE:
        return Verdict.ALLOWED
    if not principal.is_signed_in:
        return Verdict.SIGN_IN
    if groups == HALF_SIGNED_IN:
        return Verdict.ALLOWED
    if principal.owes_factor:
        return Verdict.FACTOR
    if groups != SIGNED_IN:
        if principal.role is None:
            return Verdict.CHOOSE
        if principal.role not in groups:
            return Verdict.DENIED
        if principal.mfa_at is None and (principal.role in MFA_ROLES or row in TWO_FACTORS):
            return Verdict.ENROL
    if row in FRESH_PROOF and (principal.proved_at is None or at - principal.proved_at > proof):
        return Verdict.PROVE
    return Verdict.ALLOWED


def allows(principal: Principal, endpoint: str, method: str) -> bool:
    """Whether the principal's role may call this endpoint with this method, however they signed in."""
    groups = POLICY.get((endpoint, "GET" if method == "HEAD" else method))
    if groups is None:
        return False
    if groups == ANYONE:
        return True
    if groups in (SIGNED_IN, HALF_SIGNED_IN):
        return principal.is_signed_in
    return principal.is_signed_in and principal.role in groups
