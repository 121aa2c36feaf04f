"""Mail composed by pages: the words in the language of the page, put into the outbox of this request."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from portal.models import Assessment, Submission
from portal.services import outbox
from portal.services.comments import Colleague
from portal.services.invitations import Sent
from portal.web import current
from portal.web.languages import languages
from portal.web.roles import role_name


def post_all(addresses: Iterable[str], subject: str, body: str, *, kind: str) -> None:
    """Put one letter to each address into the outbox; it is sent once the change it tells about is committed."""
    language = str(get_locale() or "en").replace("_", "-")
    for address in addresses:
        letter = outbox.Letter(to=address, subject=subject, body=body, language=language)
        outbox.post(current.session(), current.sealer(), letter, kind=kind, at=current.now())


def send_invitation(sent: Sent) -> None:
    """Mail the link to the invited address."""
    body = _(
        "You are invited to work for %(organisation)s at %(portal)s, as %(role)s.\n\n"
        "Accept within seven days on this page:\n%(address)s\n\n"
        "If you do not know the organisation, do nothing.\n",
        organisation=sent.organisation,
        portal=current.settings().name,
        role=role_name(sent.role),
        address=address_of(url_for("account.show_invitation", token=sent.token)),
    )
    post_all([sent.email], _("You are invited"), body, kind="invitation")


def send_receipt(submission: Submission, address: str) -> None:
    """Mail the reference to whoever signed, and what happens next; nothing of the answers."""
    contact = current.settings().contact
    body = _(
        "Your company submitted an assessment at %(portal)s.\n\n"
        "Reference: %(reference)s\nVersion: %(version)s\nDigest: %(digest)s\n\n"
        "The governments you chose can read it from now on. Each decides in its own time; you see the decision, and "
        "who opened what, on this page:\n%(address)s\n",
        portal=current.settings().name,
        reference=submission.reference,
        version=submission.version,
        digest=submission.digest,
        address=address_of(url_for("company.show_submission", submission_id=submission.id)),
    )
    if contact:
        body += "\n" + _("Questions about the portal:") + f" {contact}\n"
    subject = _("Receipt %(reference)s", reference=submission.reference)
    post_all([address], subject, body, kind="receipt")


def send_mention(reader: Colleague, assessment: Assessment, question_id: str) -> None:
    """Tell a colleague, in their own language, that a comment names them: who and where, nothing of what it says."""
    known = languages()
    principal = current.principal()
    place = url_for("company.edit_question", assessment_id=assessment.id, question_id=question_id, _anchor="comments")
    with force_locale((known.get(reader.language) or known["en"]).locale):
        body = _(
            "%(name)s of %(organisation)s wrote a comment on question %(question)s and wants you to read it.\n\n"
            "Read it and answer on this page:\n%(address)s\n\n"
            "What it says stands only there: comments between colleagues are not sent by mail.\n",
            name=principal.name,
            organisation=principal.organisation_name,
            question=question_id,
            address=address_of(place),
        )
        subject = _("A comment for you: %(organisation)s", organisation=principal.organisation_name)
        post_all([reader.email], subject, body, kind="mention")


def address_of(path: str) -> str:
    """The full address of a page, for a mail."""
    return current.settings().address.rstrip("/") + path
