"""Delete by rule what nobody has worked on or what is no longer valid, after warning its owners twice."""

from __future__ import annotations

from babel.dates import format_date

from portal import db
from portal.domain.retention import Step
from portal.jobs.workplace import Workplace
from portal.messages import locale_of, translations_in
from portal.services import housekeeping, outbox, retention
from portal.services.retention import Kept, Recipient
from portal.settings import Settings, sealer_of

KIND = "retention"


def retire(place: Workplace) -> int:
    """Return how many have been deleted. Each has a transaction of its own: one that fails holds up no other."""
    today, terms = place.clock().date(), place.settings.terms
    with db.reading(place.engine) as session:
        due = retention.due(session, terms, today)
        held = retention.held_notices(session, today)
    for one in due:
        _do(place, one)
    deleted = sum(one.step is Step.DELETE for one in due)
    if deleted:
        housekeeping.reclaim(place.engine)
        housekeeping.sweep_files(place.engine, place.store)
    for subject in held:
        with db.writing(place.engine) as session, session.begin():
            retention.forget_notice(session, subject)
    return deleted


def letter_of(settings: Settings, one: Kept, person: Recipient) -> outbox.Letter:
    """What goes and when; nothing of the answers, and links without tokens."""
    language = person.language or "en"
    locale = locale_of(language)
    _ = translations_in(locale).gettext
    facts = {"organisation": one.organisation, "reference": one.reference, "day": format_date(one.day, "long", locale)}
    if one.kind == "submission":
        path = f"/company/submissions/{one.id}"
        first = _("The submission %(reference)s of %(organisation)s ceased to be valid long ago.")
        keep = _("If you still need it, download its report and files before that day.")
    else:
        path = f"/company/assessments/{one.id}"
        first = _("Nobody has worked on an assessment of %(organisation)s (%(reference)s) for a long time.")
        keep = _("If you still need it, save any answer of it before that day: the time then begins anew.")
    gone = _("It will be deleted on %(day)s, with its answers and files. Nobody can bring it back then.")
    lines = [first % facts, gone % facts, "", keep, settings.address.rstrip("/") + path]
    subject = _("To be deleted on %(day)s: %(organisation)s") % facts
    return outbox.Letter(to=person.email, subject=subject, body="\n".join(lines) + "\n", language=language)


def _do(place: Workplace, one: Kept) -> None:
    now = place.clock()
    with db.writing(place.engine) as session, session.begin():
        again = retention.due(session, place.settings.terms, now.date(), only=one.id)
        if one not in again:
            return  # somebody worked on it, or another worker was faster
        if one.step is Step.DELETE:
            retention.carry_out(session, one, at=now)
            return
        for person in retention.recipients(session, one):
            retention.note_warned(session, one, person, at=now)
            if person.reachable:
                letter = letter_of(place.settings, one, person)
                outbox.post(session, sealer_of(place.settings), letter, kind=KIND, at=now)
