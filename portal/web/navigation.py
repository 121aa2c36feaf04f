"""The links in the header and the footer, per audience."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext as _l

from portal.web import current

PUBLIC = (
    ("public.home", _l("Start")),
    ("public.list_releases", _l("Findings")),
    ("public.list_questionnaires", _l("Questionnaires")),
    ("public.show_method", _l("Method")),
    ("public.show_remedy", _l("Help and remedy")),
    ("public.show_verify", _l("Check a report")),
)
COMPANY = (
    ("company.home", _l("Home")),
    ("company.edit_profile", _l("Profile")),
    ("company.list_questionnaires", _l("Questionnaires")),
    ("company.list_actions", _l("Actions")),
    ("company.list_submissions", _l("Submissions")),
    ("company.show_organisation", _l("Organisation")),
    ("company.show_trail", _l("What happened")),
    ("public.list_releases", _l("Findings")),
    ("public.show_method", _l("Method")),
)
GOVERNMENT = (
    ("government.list_submissions", _l("Queue")),
    ("government.list_companies", _l("Companies")),
    ("government.show_reads", _l("What was opened")),
    ("government.edit_declaration", _l("Declaration")),
    ("government.show_trail", _l("What happened")),
    ("public.list_releases", _l("Findings")),
    ("public.list_questionnaires", _l("Questionnaires")),
    ("public.show_method", _l("Method")),
)
ADMIN = (
    ("admin.show_state", _l("State")),
    ("admin.list_organisations", _l("Organisations")),
    ("admin.list_alerts", _l("Alerts")),
    ("admin.list_failed_mails", _l("Mail")),
    ("admin.list_erasures", _l("Erasures")),
    ("admin.list_releases", _l("Releases")),
    ("admin.list_questionnaires", _l("Questionnaires")),
)
ACCOUNT = (
    ("account.choose_organisation", _l("Organisations")),
    ("account.show_logins", _l("Sign-ins")),
    ("account.show_password", _l("Password")),
    ("account.show_security", _l("Second factors")),
    ("account.edit_preferences", _l("Mail")),
    ("account.list_members", _l("Members")),
)
AUDIENCES = {"account": ACCOUNT, "company": COMPANY, "government": GOVERNMENT, "admin": ADMIN}
FOOTER = (
    ("public.show_method", _l("Method")),
    ("public.list_questionnaires", _l("Questionnaires")),
    ("public.show_remedy", _l("Help and remedy")),
    ("public.show_verify", _l("Check a report")),
    ("public.show_log", _l("The log")),
    ("public.show_privacy", _l("Privacy")),
)


@dataclass(frozen=True, slots=True)
class Item:
    label: str
    url: str
    #: Value of aria-current: "page" on the page itself, "true" on a page below it, else empty.
    current: str


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(navigation=navigation, footer_links=footer_links)


def navigation() -> list[Item]:
    """The audience's own pages inside its area, the public pages everywhere else."""
    area = AUDIENCES.get(request.blueprint or "", PUBLIC)
    return _items(PUBLIC if area is ACCOUNT and not current.principal().is_signed_in else area)


def footer_links() -> list[Item]:
    return _items(FOOTER)


def _items(pages: tuple[tuple[str, object], ...]) -> list[Item]:
    views, root = current_app.view_functions, request.script_root
    known = [
        (str(label), _address(root, endpoint))
        for endpoint, label in pages
        if endpoint in views and current.may(endpoint)
    ]
    here = max((url for _label, url in known if _is_here(url)), key=len, default=None)
    return [Item(label, url, _current(url) if url == here else "") for label, url in known]


@lru_cache(maxsize=256)
def _address(root: str, endpoint: str) -> str:
    """Building a dozen addresses is a tenth of a page, and they are the same on every page."""
    return url_for(endpoint)


def _is_here(url: str) -> bool:
    return request.path == url or (url != "/" and request.path.startswith(url + "/"))


def _current(url: str) -> str:
    return "page" if request.path == url else "true"
