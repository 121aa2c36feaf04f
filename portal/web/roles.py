"""Roles in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.models import Role

_NAMES = {
    Role.OWNER: _l("Owner"),
    Role.EDITOR: _l("Editor"),
    Role.CONTRIBUTOR: _l("Contributor"),
    Role.WORKER_REPRESENTATIVE: _l("Worker representative"),
    Role.SIGNATORY: _l("Signatory"),
    Role.REVIEWER: _l("Reviewer"),
    Role.SUPERVISOR: _l("Supervisor"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.METHODOLOGY_EDITOR: _l("Methodology editor"),
}
#: What each may do, for whoever gives the role.
WHAT = {
    Role.OWNER: _l("Manages the members, answers, signs and shares."),
    Role.EDITOR: _l("Answers all questions of the company."),
    Role.CONTRIBUTOR: _l("Answers only what is given to them and sees nothing else."),
    Role.WORKER_REPRESENTATIVE: _l(
        "Reads what is given to them, comments on it, and states what the workers say before it is signed."
    ),
    Role.SIGNATORY: _l("Reads everything, signs and shares."),
    Role.REVIEWER: _l("Reads what companies share and decides on it."),
    Role.SUPERVISOR: _l("Does what reviewers do, manages the members and sees who read what."),
    Role.ADMINISTRATOR: _l("Runs the portal; sees no answers."),
    Role.METHODOLOGY_EDITOR: _l("Sees the questionnaires and their versions; sees no answers."),
}


def role_name(role: Role | str) -> str:
    return str(_NAMES[Role(role)])
