"""Sign and submit: the statement of truth, who may read it, and whether it counts in statistics."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.lifecycle import IllegalTransition, is_editable
from portal.models import Assessment
from portal.services.people import address_of_person
from portal.services.shares import ALL, SCOPES, list_governments
from portal.services.submissions import (
    ChangedMeanwhile,
    IncompleteAssessment,
    InfectedEvidence,
    Signature,
    blocking_questions,
    content_digest,
    draft_bundle,
    submit_assessment,
)
from portal.web import current
from portal.web.company.answer_forms import FieldError
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.profile_forms import missing_fields
from portal.web.company.progress import Progress, progress_of
from portal.web.company.scores import draft_report
from portal.web.letters import send_receipt
from portal.web.typed import Mistyped, clean, day


@bp.route("/assessments/<uuid:assessment_id>/sign", methods=["GET", "POST"])
def sign_assessment(assessment_id: UUID) -> ResponseReturnValue:
    assessment = own_assessment_or_404(assessment_id)
    if request.method == "GET":
        return _page(assessment, [], 200)
    signature, errors = _read(request.form.get("key", ""))
    if errors:
        return _page(assessment, errors, 422)
    try:
        submission = submit_assessment(
            current.session(),
            current.principal(),
            assessment,
            current.catalogue(),
            signature,
            at=current.now(),
            told=lambda made: send_receipt(made, address_of_person(current.session(), current.actor())),
        )
    except IncompleteAssessment as error:
        message = _("Answer these questions first: %(ids)s.", ids=", ".join(error.missing))
        return _page(assessment, [FieldError("missing", message)], 422)
    except InfectedEvidence as error:
        message = _("A virus was found in files of these questions. Remove them first: %(ids)s.", ids=error)
        return _page(assessment, [FieldError("infected", message)], 422)
    except (ChangedMeanwhile, IllegalTransition):
        message = _("Something changed since you opened this page. Read it once more, then sign.")
        return _page(own_assessment_or_404(assessment_id), [FieldError("changed", message)], 409)
    flash(_("Your assessment has been submitted."))
    return redirect(url_for(".show_submission", submission_id=submission.id))


def _page(assessment: Assessment, errors: list[FieldError], status: int) -> ResponseReturnValue:
    progress = progress_of(assessment)
    bundle = draft_bundle(current.session(), assessment, current.catalogue(), at=current.now())
    profile = current.profile_of(progress.questionnaire)
    page = render_template(
        "company/sign.html",
        progress=progress,
        report=draft_report(assessment),
        blocking=blocking_questions(progress.questionnaire, progress.rules, progress.answers()),
        missing=missing_fields(profile, progress.profile),
        open_questions=_open_questions(progress),
        governments=list_governments(current.session()),
        editable=is_editable(assessment.status),
        key=request.form.get("key") or secrets.token_urlsafe(24),
        content=content_digest(bundle),
        typed=request.form,
        joins=request.form.get("joins") or progress.profile.get("PRO-29", ""),
        errors=errors,
        by_field={error.field: error.message for error in errors},
    )
    return page, status


def _open_questions(progress: Progress) -> int:
    return len(progress.asked) - progress.answered


def _read(key: str) -> tuple[Signature, list[FieldError]]:
    """Return the signature the form says. What cannot be changed later must be said, not assumed."""
    form = request.form
    errors: list[FieldError] = []
    name = _text(errors, "name", _("Enter the name of the person who signs."))
    position = _text(errors, "position", _("Enter the position of the person who signs."))
    if form.get("statement") != "yes":
        errors.append(FieldError("statement", _("Read the statement and tick the box.")))
    if form.get("joins") not in ("yes", "no"):
        errors.append(FieldError("joins", _("Say whether your answers may count in published statistics.")))
    if len(key) < 20 or len(key) > 100:
        errors.append(FieldError("changed", _("The page was incomplete. Read it once more, then sign.")))
    governments = _governments(errors)
    signature = Signature(key, name, position, governments, form.get("joins") == "yes", form.get("content", ""))
    signature = replace(signature, scopes=_scopes(governments))
    return signature, errors


def _text(errors: list[FieldError], field: str, message: str) -> str:
    try:
        if text := clean(request.form.get(field, ""), longest=200):
            return text
    except Mistyped as error:
        message = str(error)
    errors.append(FieldError(field, message))
    return ""


def _governments(errors: list[FieldError]) -> dict[UUID, date | None]:
    """Each with a last day of its own; none for no end."""
    known = {str(government.id): government.id for government in list_governments(current.session())}
    chosen: dict[UUID, date | None] = {}
    for text in request.form.getlist("government"):
        if text not in known:
            continue
        try:
            until = day(request.form.get(f"until-{text}", ""))
            if until and until <= current.now().date():
                raise Mistyped(_("The last day must lie in the future. Leave it empty for no end."))
            chosen[known[text]] = until
        except Mistyped as error:
            errors.append(FieldError(f"until-{text}", str(error)))
    return chosen


def _scopes(governments: Iterable[UUID]) -> dict[UUID, str]:
    wanted = {government: request.form.get(f"scope-{government}", ALL) for government in governments}
    return {government: scope if scope in SCOPES else ALL for government, scope in wanted.items()}
