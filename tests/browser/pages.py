"""Every page of the portal that a person can open, per audience, found in the url map and in the demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from portal import db
from portal.authz.groups import NARROWED
from portal.authz.policy import POLICY
from portal.clock import clock
from portal.models import (
    Assessment,
    Assignment,
    CorrectiveAction,
    Evidence,
    Membership,
    Organisation,
    OrganisationKind,
    Release,
    ServedCountry,
    Share,
    Submission,
    User,
)
from portal.services import logins
from tests.browser.serving import Site
from tests.builders import TWO_FACTORS

#: Who opens the pages: for each area the people of the demonstration whose work is in a different state.
PEOPLE = {
    "stranger": "",
    "company": "company@portal.example",
    "company with a draft": "garments@portal.example",
    "company sent back": "fishing@portal.example",
    "worker representative": "union@portal.example",
    "government": "government@portal.example",
    "regional body": "region@portal.example",
    "administrator": "admin@portal.example",
}
AREAS = {
    "public": ["stranger"],
    "account": ["stranger", "company"],
    "company": ["company", "company with a draft", "company sent back", "worker representative"],
    "government": ["government", "regional body"],
    "admin": ["administrator"],
}
#: Answers that are no pages: data, files, and signs of life.
NO_PAGES = ("static", "healthz", "readyz", "_json", "_csv", "download_", "api.")
#: Compares two versions of one questionnaire, and the demonstration has one of each; sample accounts have no second
#: factors (tests.browser.test_passkeys looks at those pages); behind a link in a mail, or a provider, nobody is yet.
NO_EXAMPLE = {
    "public.show_changes",
    "account.show_authenticator",
    "account.show_invitation",
    "account.confirm_registration",
    "account.show_reset",
    "account.show_provider",
}
#: Nobody's page, as anybody may ask for it.
LOST = "/there-is-no-such-page"


@dataclass(frozen=True, order=True)
class Address:
    who: str
    path: str
    endpoint: str = ""


def one_of_each(addresses: list[Address], place: int) -> list[Address]:
    """Of every kind of page the first (`place` 0) or the last (-1), for a quick look; the slow run looks at all."""
    kinds: dict[str, list[Address]] = {}
    for address in addresses:
        kinds.setdefault(address.endpoint, []).append(address)
    return [kind[place] for kind in kinds.values()]


def addresses(site: Site) -> list[Address]:
    """Return every page; a rule no example is known for fails, so that no page is forgotten."""
    rules = [rule for rule in site.app.url_map.iter_rules() if _is_page(rule)]
    with db.reading(site.app.extensions["portal"].engine) as session:
        examples = {who: _examples(session, site, email) for who, email in PEOPLE.items()}
        roles = {who: _role(session, email) for who, email in PEOPLE.items()}
    found = {
        address
        for rule in rules
        for who in AREAS[rule.endpoint.split(".")[0]]
        if rule.endpoint.split(".")[0] in ("public", "account") or roles[who] in POLICY[rule.endpoint, "GET"]
        for address in _built(rule, who, examples[who])
    }
    missing = [rule.endpoint for rule in rules if not any(_leads_to(site, one.path, rule) for one in found)]
    missing = [endpoint for endpoint in missing if endpoint not in NO_EXAMPLE]
    assert not missing, f"no example of {missing}"
    return [*sorted(found), Address("stranger", LOST)]


def _role(session: Session, email: str) -> str | None:
    return session.scalar(select(Membership.role).join(User).where(User.email == email).limit(1))


def sign_in(page: Page, site: Site, who: str) -> None:
    """With two factors, which officials and administrators need; the forms themselves have tests of their own."""
    if not PEOPLE[who]:
        return
    with db.writing(site.app.extensions["portal"].engine) as session, session.begin():
        user_id = session.scalars(select(User.id).where(User.email == PEOPLE[who])).one()
        token = logins.open_login(session, user_id, at=clock.now(), proof=TWO_FACTORS)
    page.context.add_cookies([{"name": "portal", "value": token, "url": site.url}])


def short_form_of(site: Site, who: str) -> object:
    """The id of this person's newest assessment with the short form."""
    with db.reading(site.app.extensions["portal"].engine) as session:
        return session.scalar(
            select(Assessment.id)
            .join(Membership, Membership.organisation_id == Assessment.organisation_id)
            .join(User)
            .where(User.email == PEOPLE[who], Assessment.questionnaire.startswith("hrdd-short@"))
            .order_by(Assessment.period_start.desc())
        )


def _is_page(rule: Rule) -> bool:
    """Whether a person may open it: a GET with a row in the policy table that is no file."""
    known = (rule.endpoint, "GET") in POLICY and "GET" in (rule.methods or ())
    return known and not any(mark in rule.endpoint for mark in NO_PAGES)


def _built(rule: Rule, who: str, examples: list[dict[str, Any]]) -> Iterator[Address]:
    for values in examples if rule.arguments else [{}]:
        if rule.arguments == values.keys() and (path := rule.build(values, append_unknown=False)):
            yield Address(who, path[1], rule.endpoint)


def _leads_to(site: Site, path: str, rule: Rule) -> bool:
    return bool(site.app.url_map.bind("").match(path)[0] == rule.endpoint)


def _examples(session: Session, site: Site, email: str) -> list[dict[str, Any]]:
    """Sets of values for the variable parts of addresses, as this person may use them."""
    questionnaires = site.app.extensions["portal"].catalogue.questionnaires
    if not email:
        releases = session.scalars(select(Release.slug))
        versions = [{"slug": one.slug, "version": one.version} for one in questionnaires.values()]
        schemes = {one.scheme.lower() for one in site.app.extensions["portal"].catalogue.references.values()}
        return [
            *versions,
            *({"scheme": scheme} for scheme in sorted(schemes)[::12]),
            *({"slug": slug} for slug in releases),
        ]
    organisation = session.scalar(select(Organisation.id).join(Membership).join(User).where(User.email == email))
    assert organisation, f"the demonstration has nobody called {email}"
    members = select(Membership.id).where(Membership.organisation_id == organisation).limit(2)
    own = select(Assessment).where(Assessment.organisation_id == organisation)
    if (given := _given(session, email)) is not None:
        return _of_what_is_given(session, site, given)
    submissions = select(Submission.id).where(Submission.organisation_id == organisation)
    shared = select(Share.submission_id).where(Share.government_id == organisation).limit(2)
    sections = [
        {"assessment_id": assessment.id, "section_id": section.id}
        for assessment in session.scalars(own)
        for section in questionnaires[assessment.questionnaire].sections
        if assessment.status == "draft" or section is questionnaires[assessment.questionnaire].sections[0]
    ]
    questions = [
        {"assessment_id": assessment.id, "question_id": part.questions[0].id}
        for assessment in session.scalars(own.where(Assessment.status == "draft"))
        for part in questionnaires[assessment.questionnaire].sections
    ]
    actions = session.scalars(select(CorrectiveAction.id).where(CorrectiveAction.organisation_id == organisation))
    works = session.scalars(
        select(Assignment).where(Assignment.assessment_id.in_(own.with_only_columns(Assessment.id)))
    )
    readable = {*session.scalars(submissions), *session.scalars(shared)}
    drafts = ({"assessment_id": assessment.id} for assessment in session.scalars(own))
    slugs = {questionnaires[assessment.questionnaire].slug for assessment in session.scalars(own)}
    files = session.scalars(select(Evidence.id).where(Evidence.organisation_id == organisation).limit(1))
    return [
        *_register(session, organisation),
        *({"evidence_id": file} for file in files),
        *drafts,
        *({"slug": slug} for slug in sorted(slugs)),
        *sections,
        *questions,
        *({"assessment_id": one.assessment_id, "assignment_id": one.id} for one in works),
        *({"action_id": action} for action in actions),
        *({"submission_id": submission} for submission in readable),
        *({"membership_id": member} for member in session.scalars(members)),
    ]


def _given(session: Session, email: str) -> list[Assignment] | None:
    """What was given to somebody who sees nothing else of their company; none for all others."""
    if _role(session, email) not in NARROWED:
        return None
    mine = select(Membership.id).join(User).where(User.email == email)
    return list(session.scalars(select(Assignment).where(Assignment.membership_id.in_(mine))))


def _of_what_is_given(session: Session, site: Site, given: list[Assignment]) -> list[dict[str, Any]]:
    known = site.app.extensions["portal"].catalogue.questionnaires
    found = list[dict[str, Any]]()
    for one in given:
        questionnaire = known[session.get_one(Assessment, one.assessment_id).questionnaire]
        section = next(section for section in questionnaire.sections if section.id == one.section_id)
        here = {"assessment_id": one.assessment_id}
        found += [here, here | {"section_id": section.id}, here | {"question_id": section.questions[0].id}]
    return found


def _register(session: Session, organisation: UUID) -> list[dict[str, Any]]:
    """For a government two companies of its countries, for the administration one organisation of each kind."""
    match session.get_one(Organisation, organisation).kind:
        case OrganisationKind.GOVERNMENT:
            served = select(ServedCountry.country).where(ServedCountry.organisation_id == organisation)
            companies = select(Organisation.id).where(Organisation.country.in_(served)).limit(2)
            mine = companies.where(Organisation.kind == OrganisationKind.COMPANY)
            return [{"company_id": company} for company in session.scalars(mine)]
        case OrganisationKind.ADMINISTRATION:
            found = (
                session.scalar(select(Organisation.id).where(Organisation.kind == kind)) for kind in OrganisationKind
            )
            return [{"organisation_id": one} for one in found]
    return []
