"""What a company prints around signing: the report as governments will get it, and the receipt."""

from __future__ import annotations

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.models import Organisation, Submission
from portal.reports import text
from portal.reports.official import official_pdf, unsigned
from portal.reports.parts import Logged
from portal.reports.receipt import Receipt, Sharing, receipt_pdf
from portal.services import receipts, shares
from portal.services.submissions import draft_bundle
from portal.settings import Mode
from portal.web import current
from portal.web.company.blueprint import bp, own_assessment_or_404, own_submission_or_404
from portal.web.languages import language
from portal.web.letters import address_of
from portal.web.printing import print_now


@bp.get("/assessments/<uuid:assessment_id>/report.pdf")
def download_draft_report(assessment_id: UUID) -> ResponseReturnValue:
    """The very report a government would get of the answers as they stand, but for reference and signature."""
    assessment = own_assessment_or_404(assessment_id)
    settings, catalogue = current.settings(), current.catalogue()
    bundle = unsigned(draft_bundle(current.session(), assessment, catalogue, at=current.now()))
    name = f"{assessment.questionnaire.partition('@')[0]}-{assessment.period_start:%Y-%m}-draft.pdf"
    fictional = settings.mode is Mode.DEMONSTRATION
    return print_now(
        lambda printer: official_pdf(printer, bundle, catalogue, address=settings.address, fictional=fictional),
        name,
        back=url_for(".show_preflight", assessment_id=assessment_id),
    )


@bp.get("/submissions/<uuid:submission_id>/receipt.pdf")
def download_receipt(submission_id: UUID) -> ResponseReturnValue:
    submission = own_submission_or_404(submission_id)
    receipt, tag = _receipt(submission), language().tag
    return print_now(
        lambda printer: receipt_pdf(printer, receipt, language=tag),
        f"{receipt.reference}-receipt.pdf",
        back=url_for(".show_submission", submission_id=submission_id),
    )


def _receipt(submission: Submission) -> Receipt:
    session, today = current.session(), current.now().date()
    lines = shares.share_lines(session, current.principal(), submission)
    entry = receipts.entry_of(session, submission.id)
    company = session.get_one(Organisation, submission.organisation_id)
    return Receipt(
        reference=submission.reference,
        version=submission.version,
        company=text.line(company.name),
        questionnaire=submission.questionnaire,
        digest=submission.digest.removeprefix("sha256:"),
        submitted_at=submission.submitted_at,
        signed_name=text.line(submission.signed_name),
        signed_position=text.line(submission.signed_position),
        joins_aggregates=submission.joins_aggregates,
        shares=tuple(
            Sharing(text.line(line.government), line.scope == shares.ALL, line.until)
            for line in lines
            if line.is_open(today)
        ),
        address=address_of(url_for("company.show_submission", submission_id=submission.id)),
        verify=address_of("/verify"),
        portal=current.settings().name,
        withdrawn_at=submission.withdrawn_at,
        logged=Logged(entry.sequence, entry.checkpoint.note) if entry and entry.checkpoint else None,
    )
