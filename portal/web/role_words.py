"""What the roles are called."""

from flask_babel import lazy_gettext as _l

from portal.models import Role

ROLE_WORDS = {
    Role.OWNER: _l("Owner"),
    Role.EDITOR: _l("Editor"),
    Role.CONTRIBUTOR: _l("Contributor"),
    Role.SIGNATORY: _l("Signatory"),
    Role.REVIEWER: _l("Reviewer"),
    Role.SUPERVISOR: _l("Supervisor"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.METHODOLOGY_EDITOR: _l("Methodology editor"),
}
