"""The log in plain words: what each action of it means to the people who read their trail."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.services.trail import Actor

DEEDS: Mapping[str, LazyString] = {
    "action.changed": _l("A corrective action was changed"),
    "action.file_attached": _l("A file was attached to a corrective action"),
    "action.file_removed": _l("A file was removed from a corrective action"),
    "action.started": _l("A corrective action was begun"),
    "alert.raised": _l("The portal noticed unusual reading and told those responsible"),
    "alert.seen": _l("An alert was marked as seen"),
    "answer.saved": _l("An answer was saved"),
    "answer.version_removed": _l("An earlier version of an answer was taken out"),
    "approval.asked": _l("A second person was asked to approve"),
    "approval.given": _l("A second person approved"),
    "approval.withdrawn": _l("A request for approval was withdrawn"),
    "assessment.deleted": _l("An assessment was deleted that had not been submitted"),
    "assessment.deadline_set": _l("The day by which an assessment should be signed was set"),
    "assessment.started": _l("A questionnaire was begun"),
    "comment.reopened": _l("A comment between colleagues was opened again"),
    "comment.settled": _l("A comment between colleagues was dealt with"),
    "comment.withdrawn": _l("A comment between colleagues was taken back"),
    "comment.written": _l("A comment between colleagues was written"),
    "declaration.made": _l("The government said what it will and will not do with answers about harm"),
    "evidence.attached": _l("A file was attached to an answer"),
    "evidence.removed": _l("A file was removed from an answer"),
    "evidence.replaced": _l("A new version of a file was attached to an answer"),
    "evidence.infected": _l("The virus scanner found something in a file"),
    "export.asked": _l("An export of everything was asked for"),
    "export.fetched": _l("An export of everything was taken away"),
    "factor.added": _l("A second factor was added to an account"),
    "factor.removed": _l("A second factor was removed from an account"),
    "factor.renamed": _l("A second factor was given another name"),
    "factor_reset.approved": _l("Taking away a lost second factor was approved"),
    "factor_reset.asked": _l("Taking away a lost second factor was asked for"),
    "factor_reset.by_operator": _l("Lost second factors were taken away by those who run the portal"),
    "factor_reset.withdrawn": _l("Taking away a lost second factor was called off"),
    "invitation.accepted": _l("An invitation was accepted"),
    "invitation.sent": _l("Somebody was invited"),
    "invitation.withdrawn": _l("An invitation was withdrawn"),
    "log.heartbeat": _l("Nothing happened for an hour"),
    "login.closed": _l("Somebody signed out"),
    "login.ended": _l("A sign-in was ended"),
    "login.opened": _l("Somebody signed in"),
    "login.organisation_chosen": _l("Somebody signed in to this organisation"),
    "login.others_ended": _l("All other sign-ins of an account were ended"),
    "login.proved": _l("Somebody proved once more who they are"),
    "mail.tried_again": _l("Mail that had failed was sent again"),
    "membership.added": _l("A member was added"),
    "membership.handed_over": _l("The organisation was handed over to another member"),
    "membership.left": _l("A member left"),
    "membership.removed": _l("A member was removed"),
    "membership.role_changed": _l("The role of a member was changed"),
    "merger.accepted": _l("A merger was accepted"),
    "merger.asked": _l("A merger was asked for"),
    "merger.declined": _l("A merger was declined"),
    "merger.withdrawn": _l("A merger was called off"),
    "organisation.added": _l("The organisation was entered"),
    "organisation.changed": _l("The details of the organisation were changed"),
    "organisation.child_confirmed": _l("A company was confirmed as part of the group"),
    "organisation.child_refused": _l("A company was refused as part of the group"),
    "organisation.created": _l("The organisation was entered"),
    "organisation.erased": _l("The organisation was erased"),
    "organisation.parent_named": _l("A parent company was named"),
    "organisation.registered": _l("The organisation registered"),
    "organisation.sent_back": _l("The verification of a company was sent back"),
    "organisation.verification_withdrawn": _l("The verification of a company was withdrawn"),
    "organisation.verified": _l("A company was verified"),
    "passkey.count_went_back": _l("A passkey was refused: it may have been copied"),
    "password.changed": _l("A password was changed"),
    "password.reset": _l("A forgotten password was replaced"),
    "password.reset_asked": _l("A link for a forgotten password was asked for"),
    "profile.saved": _l("The company profile was saved"),
    "provider.approved": _l("Signing in with the organisation’s own accounts was approved"),
    "provider.asked": _l("Signing in with the organisation’s own accounts was asked for"),
    "provider.disabled": _l("Signing in with the organisation’s own accounts was switched off"),
    "provider.set": _l("Signing in with the organisation’s own accounts was set up"),
    "recovery_codes.made": _l("New recovery codes were made"),
    "registration.begun": _l("A registration was begun"),
    "question.marked": _l("A question was marked to come back to"),
    "question.unmarked": _l("The mark of a question was taken away"),
    "section.completed": _l("A section was called complete"),
    "section.reopened": _l("A section was called not complete"),
    "submission.withdrawn": _l("A submission was withdrawn"),
    "user.mail_chosen": _l("A person chose which mail they get"),
    "user.view_chosen": _l("A person chose how questionnaires are shown"),
    "release.publication_asked": _l("Publishing findings was asked for"),
    "release.publication_withdrawn": _l("Publishing findings was called off"),
    "release.published": _l("Findings were published"),
    "report.made": _l("The report of a submission was made"),
    "report.ordered": _l("The report of a submission was ordered"),
    "review.decided": _l("A submission was decided on"),
    "sections.given": _l("Sections were given to a contributor or taken back"),
    "share.expired": _l("A share came to its end"),
    "share.granted": _l("A submission was shared with a government"),
    "share.revoked": _l("A share was ended"),
    "statement.written": _l("Worker representatives wrote what they say about an assessment"),
    "submission.corrected": _l("Submitted answers were opened again, for a corrected version"),
    "submission.created": _l("Answers were signed and submitted"),
    "submission.erased": _l("A submission was erased"),
    "user.created": _l("An account was opened"),
    "user.erased": _l("An account was erased"),
    "user.erasure_asked": _l("Erasing an account was asked for"),
    "workbook.applied": _l("Answers were taken from a workbook"),
    "workbook.discarded": _l("An uploaded workbook was thrown away"),
    "workbook.uploaded": _l("A workbook was uploaded"),
    "work.changed": _l("The day or the note of work given to a member was changed"),
    "work.given": _l("A part of an assessment was given to a member"),
    "work.handed_back": _l("A part of an assessment was handed back"),
    "work.taken_back": _l("A part of an assessment was taken back from a member"),
}
ACTORS: Mapping[Actor, LazyString] = {
    Actor.PORTAL: _l("The portal"),
    Actor.ADMINISTRATOR: _l("An administrator of the portal"),
    Actor.FORMER: _l("A former member"),
}


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(deed=deed, doer=doer)


def deed(action: str) -> str:
    """What an action means; one that has no words yet is shown as it is written."""
    return str(DEEDS[action]) if action in DEEDS else _("Other: %(action)s", action=action)


def doer(who: str | Actor) -> str:
    return str(ACTORS[who]) if isinstance(who, Actor) else who
