"""Pages for the people who run the portal."""

from portal.web.admin import alerts, erasures, mails, organisations, providers, questionnaires, releases, state
from portal.web.admin.blueprint import bp

__all__ = ["alerts", "bp", "erasures", "mails", "organisations", "providers", "questionnaires", "releases", "state"]
