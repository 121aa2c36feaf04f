"""Comments between colleagues: below each question, on a page of their own, and all of an assessment in one list."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.questionnaire import Question
from portal.models import Assessment, Comment
from portal.services import comments
from portal.services.sections import works_on
from portal.web import current, fragments
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.histories import question_or_404
from portal.web.company.progress import Progress, progress_of
from portal.web.letters import send_mention
from portal.web.roles import role_name
from portal.web.typed import Mistyped, clean

LONGEST = 5000
#: So many that are not dealt with stand open below a question; older ones are folded away.
NEWEST = 10
#: What the list can be narrowed to, by its name in the address.
SHOWN = ("open", "you", "settled")


def comments_panel(progress: Progress, question: Question) -> str:
    return _panel(progress, question, {}, {})


@bp.get("/assessments/<uuid:assessment_id>/comments")
def list_comments(assessment_id: UUID) -> ResponseReturnValue:
    progress = progress_of(own_assessment_or_404(assessment_id))
    session, principal = current.session(), current.principal()
    said = comments.all_comments(session, principal, progress.assessment, progress.questionnaire)
    kinds = {
        "open": [one for one in said if one.is_open],
        "you": [one for one in said if one.is_open and current.actor() in one.told_ids],
        "settled": [one for one in said if one.settled_at and not one.withdrawn_at],
    }
    chosen = request.args.get("show", "")
    chosen = chosen if chosen in SHOWN else "open"
    return render_template(
        "company/comments.html",
        progress=progress,
        shown=kinds[chosen],
        chosen=chosen,
        counts={name: len(found) for name, found in kinds.items()},
        asked={question.id for question in progress.asked},
    )


@bp.get("/assessments/<uuid:assessment_id>/questions/<question_id>/comments")
def show_comments(assessment_id: UUID, question_id: str) -> ResponseReturnValue:
    return _page(*question_or_404(assessment_id, question_id), {}, 200)


@bp.post("/assessments/<uuid:assessment_id>/questions/<question_id>/comments")
def write_comment(assessment_id: UUID, question_id: str) -> ResponseReturnValue:
    assessment, question = question_or_404(assessment_id, question_id)
    try:
        body = clean(request.form.get("body", ""), longest=LONGEST)
        if not body:
            raise Mistyped(_("Write what you want to say."))
    except Mistyped as error:
        return _page(assessment, question, {"body": str(error)}, 422)
    section = current.questionnaire(assessment.questionnaire).section_of[question.id]
    written = comments.write_comment(
        current.session(),
        current.principal(),
        assessment,
        (section.id, question.id),
        body,
        chosen=_chosen(),
        key=request.form.get("key", ""),
        at=current.now(),
    )
    for one in written.tell:
        send_mention(one, assessment, question.id)
    flash(_said_to(written))
    # What was said is below; whom it did not reach is said above, and must be read.
    anchor = None if written.out_of_reach else f"comment-{written.comment_id}"
    return redirect(_back(assessment, question.id, anchor))


@bp.post("/assessments/<uuid:assessment_id>/comments/<uuid:comment_id>/withdrawal")
def withdraw_comment(assessment_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    assessment, comment = _comment_or_404(assessment_id, comment_id)
    question_id = comment.question_id
    try:
        comments.withdraw_comment(current.session(), current.principal(), assessment, comment, at=current.now())
        flash(_("Taken back. Its words are gone for good."))
    except comments.NotYours:
        flash(_("Only whoever wrote a comment takes it back."), "error")
    return redirect(_back(assessment, question_id, "comments"))


@bp.post("/assessments/<uuid:assessment_id>/comments/<uuid:comment_id>/state")
def settle_comment(assessment_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    """Dealt with, or open again: anybody who sees it says so, and the page shows who did."""
    assessment, comment = _comment_or_404(assessment_id, comment_id)
    question_id, settled = comment.question_id, request.form.get("settled") != "no"
    session, principal = current.session(), current.principal()
    if not comments.settle_comment(session, principal, assessment, comment, settled=settled, at=current.now()):
        flash(_("A colleague was faster: see how it stands now."))
    elif settled:
        flash(_("Dealt with. It no longer counts as open."))
    else:
        flash(_("Open again."))
    return redirect(_back(assessment, question_id, "comments"))


def _comment_or_404(assessment_id: UUID, comment_id: UUID) -> tuple[Assessment, Comment]:
    """A comment on a question this person sees; any other answers as one that does not exist."""
    assessment = own_assessment_or_404(assessment_id)
    session, principal = current.session(), current.principal()
    found = comments.find_comment(session, principal, assessment, comment_id) or abort(404)
    questionnaire = current.questionnaire(assessment.questionnaire)
    if not works_on(session, principal, assessment.id, questionnaire, found.question_id):
        abort(404)
    return assessment, found


def _chosen() -> set[UUID]:
    """Colleagues ticked on the form; what is no id tells nobody."""
    found = set()
    for text in request.form.getlist("tell"):
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found


def _said_to(written: comments.Written) -> str:
    words = _("Your colleagues can read it now.")
    if written.tell:
        words += " " + _("Told by mail: %(names)s.", names=", ".join(one.name for one in written.tell))
    if written.out_of_reach:
        names = ", ".join(written.out_of_reach)
        words += " " + _("Not told, because they do not see this question: %(names)s.", names=names)
    return words


def _back(assessment: Assessment, question_id: str, anchor: str | None) -> str:
    """The page of the question; of one that no longer applies, its comments alone."""
    asked = {question.id for question in progress_of(assessment).asked}
    endpoint = ".edit_question" if question_id in asked else ".show_comments"
    return url_for(endpoint, assessment_id=assessment.id, question_id=question_id, _anchor=anchor)


def _page(assessment: Assessment, question: Question, errors: Mapping[str, str], status: int) -> ResponseReturnValue:
    progress = progress_of(assessment)
    page = render_template(
        "company/question_comments.html",
        progress=progress,
        question=progress.questionnaire.by_id[question.id],
        asked=question.id in {one.id for one in progress.asked},
        panel=fragments.rendered(_panel(progress, question, request.form if errors else {}, errors)),
        errors=errors,
    )
    return page, status


def _panel(progress: Progress, question: Question, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    session, principal, assessment = current.session(), current.principal(), progress.assessment
    section = progress.questionnaire.section_of[question.id]
    others = comments.colleagues_at(session, principal, assessment, section.id, question.id)
    said = comments.comments_on(session, principal, assessment, question.id)
    standing = [one for one in said if not one.settled_at]
    return render_template(
        "company/panels/comments.html",
        assessment=assessment,
        question=question,
        earlier=standing[:-NEWEST],
        newest=standing[-NEWEST:],
        settled=[one for one in said if one.settled_at],
        readers=[one for one in others if one.sees],
        ticked=_chosen() if errors else set(),
        key=typed.get("key") or uuid4().hex,
        typed=typed,
        errors=errors,
        longest=LONGEST,
        role_name=role_name,
    )
