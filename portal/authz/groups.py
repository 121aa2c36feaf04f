"""Groups of roles that the rows of the policy table name."""

from __future__ import annotations

from portal.models.organisation import Role

#: Groups a row may name. "anyone", "half" and "signed_in" need no role; "half" is also open while a factor is owed.
ANYONE = frozenset({"anyone"})
HALF_SIGNED_IN = frozenset({"half"})
SIGNED_IN = frozenset({"signed_in"})
COMPANY = frozenset({Role.OWNER, Role.EDITOR, Role.SIGNATORY})
COMPANY_WRITERS = frozenset({Role.OWNER, Role.EDITOR, Role.CONTRIBUTOR})
#: Everybody in a company: contributors and worker representatives only reach what was given to them.
COMPANY_STAFF = COMPANY | COMPANY_WRITERS | {Role.WORKER_REPRESENTATIVE}
#: Whose presence on a page colleagues see, and who see theirs. Not those who speak for the workers: they read without
#: their employer looking on.
SEEN_AT_WORK = COMPANY | COMPANY_WRITERS
#: Those who see what was given to them and nothing else of their company.
NARROWED = frozenset({Role.CONTRIBUTOR, Role.WORKER_REPRESENTATIVE})
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
#: Who reads what the representatives of the workers say of an assessment, and who says it.
STATEMENT_READERS = COMPANY | {Role.WORKER_REPRESENTATIVE}
WORKER_REPRESENTATIVES = frozenset({Role.WORKER_REPRESENTATIVE})
