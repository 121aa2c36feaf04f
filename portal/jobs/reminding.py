"""Remind people 30, 14, 3 and 0 days before something is due, of what is missing and who holds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from babel.dates import format_date

from portal import db
from portal.jobs.workplace import Workplace
from portal.messages import locale_of, translations_in
from portal.services import outbox, reminders
from portal.services.reminders import Due
from portal.settings import Settings, sealer_of

KIND = "reminder"
Say = Callable[[str], str]


def remind(place: Workplace) -> int:
    """Post what is due today; return how many mails that were."""
    now = place.clock()
    with db.reading(place.engine) as session:
        due = reminders.due_reminders(session, place.catalogue, now.date())
    if not due:
        return 0
    sealer, posted = sealer_of(place.settings), 0
    with db.writing(place.engine) as session, session.begin():
        for one in due:
            if reminders.note_sent(session, one, at=now):
                letter = letter_of(place.settings, one, now.date())
                outbox.post(session, sealer, letter, kind=KIND, at=now)
                posted += 1
    return posted


def letter_of(settings: Settings, due: Due, today: date) -> outbox.Letter:
    """Counts, sections and names of colleagues; nothing of the answers, and links without tokens."""
    language = due.language or "en"
    locale = locale_of(language)
    translations = translations_in(locale)
    _ = translations.gettext
    day = format_date(due.due_on, "long", locale)
    left = (due.due_on - today).days
    when = _("today") if left == 0 else translations.ngettext("in %(num)d day", "in %(num)d days", left) % {"num": left}
    lines = [_first(_, due) % {"organisation": due.organisation, "day": day, "when": when}, ""]
    if due.missing:
        lines += [_("Still without an answer:"), *(_line(_, one) for one in due.missing), ""]
    lines += [
        _page(settings, due),
        "",
        _("No more reminders? Switch them off here:"),
        _address(settings, "/account/preferences"),
    ]
    subject = _("Due %(when)s: %(organisation)s") % {"when": when, "organisation": due.organisation}
    return outbox.Letter(to=due.email, subject=subject, body="\n".join(lines) + "\n", language=language)


def _first(_: Say, due: Due) -> str:
    match due.kind:
        case "assessment":
            return _("An assessment of %(organisation)s should be signed by %(day)s (%(when)s).")
        case "assignment":
            return _("What was given to you for %(organisation)s is due on %(day)s (%(when)s).")
        case _:
            return _("A corrective action of %(organisation)s that you see to is due on %(day)s (%(when)s).")


def _line(_: Say, one: reminders.Missing) -> str:
    if one.holders:
        return _("- %(section)s: %(count)s, with %(names)s") % {
            "section": one.section,
            "count": one.count,
            "names": ", ".join(one.holders),
        }
    return _("- %(section)s: %(count)s, with nobody yet") % {"section": one.section, "count": one.count}


def _page(settings: Settings, due: Due) -> str:
    if due.kind == "action":
        return _address(settings, f"/company/actions/{due.subject_id}")
    return _address(settings, f"/company/assessments/{due.assessment_id}")


def _address(settings: Settings, path: str) -> str:
    return settings.address.rstrip("/") + path
