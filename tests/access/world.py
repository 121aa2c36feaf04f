"""A world in which every tenant has rows in every table, and a canary in every text column that holds words."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal import db
from portal.clock import clock
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.models import (
    Assessment,
    Assignment,
    Authenticator,
    Comment,
    Job,
    JobState,
    Login,
    Membership,
    Organisation,
    OrganisationKind,
    Review,
    Role,
    ServedCountry,
    Share,
    Submission,
    User,
    WorkerStatement,
)
from portal.models.user import AuthenticatorKind
from portal.services import assessments, logins, profiles, reads, shares, submissions
from portal.services.evidence import attach_evidence
from portal.services.logins import Proof
from portal.services.reads import Look
from portal.settings import Settings
from portal.storage import FileStore
from portal.storage.inspection import Inspected
from tests import builders, databases
from tests.access import filling, oracle
from tests.access.canaries import canary
from tests.builders import Person

#: The question that carries a file, the section it stands in, and the one given to the contributor.
QUESTION, SECTION = "HRS-COM-01", "COM"
#: One of another section, which is given to nobody.
ELSEWHERE = "HRS-KNO-02"
#: One that is said not to apply, in words.
NOT_ASKED = "HRS-COM-03"
K = OrganisationKind
#: letter -> kind and country of each organisation; R answers for both countries.
ORGANISATIONS = {
    "a": (K.COMPANY, "TH"),
    "b": (K.COMPANY, "ID"),
    "c": (K.COMPANY, "VN"),
    "x": (K.GOVERNMENT, "TH"),
    "y": (K.GOVERNMENT, "ID"),
    "r": (K.GOVERNMENT, ""),
    "z": (K.ADMINISTRATION, ""),
}
SERVED = {"x": ("TH",), "y": ("ID",), "r": ("TH", "ID")}
#: principal -> organisation and role; two factors unless said otherwise.
PEOPLE = {
    "half signed in": ("a", Role.OWNER),
    "owner of A": ("a", Role.OWNER),
    "editor of A": ("a", Role.EDITOR),
    "signatory of A": ("a", Role.SIGNATORY),
    "contributor of A": ("a", Role.CONTRIBUTOR),
    "representative of A": ("a", Role.WORKER_REPRESENTATIVE),
    "expired proof": ("a", Role.SIGNATORY),
    "owner of B": ("b", Role.OWNER),
    "owner of C": ("c", Role.OWNER),
    "reviewer of X": ("x", Role.REVIEWER),
    "supervisor of X": ("x", Role.SUPERVISOR),
    "no second factor": ("x", Role.REVIEWER),
    "reviewer of Y": ("y", Role.REVIEWER),
    "supervisor of Y": ("y", Role.SUPERVISOR),
    "supervisor of R": ("r", Role.SUPERVISOR),
    "administrator": ("z", Role.ADMINISTRATOR),
    "methodology editor": ("z", Role.METHODOLOGY_EDITOR),
}
#: compartment -> company, government it is shared with and the state of the share; none for a draft.
SUBMITTED = {
    "unshared": ("a", "", ""),
    "sharedwithx": ("a", "x", "open"),
    "sharedwithy": ("a", "y", "open"),
    "revoked": ("a", "x", "revoked"),
    "expired": ("a", "x", "expired"),
    "swept": ("a", "x", "swept"),
    "unsharedofb": ("b", "", ""),
    "bsharedwithy": ("b", "y", "open"),
    "absorbed": ("c", "", ""),
}
DRAFTS = {"draftgiven": "a", "draftclosed": "a", "draftofb": "b"}


@dataclass(frozen=True)
class BigWorld:
    """What stands in the database; ids by compartment, people by the name of the principal."""

    settings: Settings
    template: Path
    people: Mapping[str, Person]
    #: Cookie of each principal; a stranger has none.
    tokens: Mapping[str, str]
    organisations: Mapping[str, UUID]
    assessments: Mapping[str, UUID]
    submissions: Mapping[str, UUID]
    shares: Mapping[str, UUID]
    evidence: Mapping[str, UUID]
    comments: Mapping[str, UUID]
    #: table -> (primary key, compartment) of rows for every tenant.
    rows: Mapping[str, list[tuple[dict[str, Any], str]]]

    def restore(self) -> None:
        """Put the database back as it was built. No connection may be open."""
        shutil.copyfile(self.template, self.settings.database.removeprefix("sqlite:///"))


@dataclass
class Site:
    session: Session
    catalogue: Catalogue
    store: FileStore
    now: datetime
    organisations: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    assessments: dict[str, UUID] = field(default_factory=dict)
    submissions: dict[str, UUID] = field(default_factory=dict)
    shares: dict[str, UUID] = field(default_factory=dict)
    evidence: dict[str, UUID] = field(default_factory=dict)
    comments: dict[str, UUID] = field(default_factory=dict)


def build(settings: Settings, catalogue: Catalogue) -> BigWorld:
    engine = db.make_engine(settings.database)
    with db.writing(engine) as session, session.begin():
        site = Site(session, catalogue, FileStore(settings.storage_folder), clock.now().astimezone(UTC))
        _make_organisations(site)
        _make_people(site)
        for number, (compartment, company) in enumerate(DRAFTS.items()):
            _make_draft(site, compartment, company, 2010 + number)
        for number, compartment in enumerate(SUBMITTED):
            _make_submission(site, compartment, 1990 + number)
        _give_section(site)
        session.execute(
            update(Organisation)
            .where(Organisation.id == site.organisations["c"])
            .values(merged_into_id=site.organisations["a"])
        )
        # One report that can be ordered again; the others wait still.
        session.execute(update(Job).where(Job.submission_id == site.submissions["swept"]).values(state=JobState.FAILED))
        session.flush()
        rows = filling.fill(site)
        tokens = {who: _sign_in(site, who) for who in (*PEOPLE, "no organisation")}
    engine.dispose()
    template = Path(settings.database.removeprefix("sqlite:///") + ".template")
    shutil.copyfile(settings.database.removeprefix("sqlite:///"), template)
    return BigWorld(
        settings,
        template,
        site.people,
        tokens,
        site.organisations,
        site.assessments,
        site.submissions,
        site.shares,
        site.evidence,
        site.comments,
        rows,
    )


def sqlite_settings(folder: Path, caches: Path) -> Settings:
    var = folder / "var"
    var.mkdir()
    for derived in ("cache", "translations"):
        (caches / derived).mkdir(exist_ok=True)
        (var / derived).symlink_to(caches / derived)
    return Settings(
        var=var,
        database_url=databases.sqlite_database(folder),
        secret_key="0123456789abcdef0123456789abcdef",
        release_secret="fedcba9876543210fedcba9876543210",
        languages="en",
        jobs_inline=False,
        proof_minutes=30,
    )


def _make_organisations(site: Site) -> None:
    for letter, (kind, country) in ORGANISATIONS.items():
        name = f"Organisation {canary(f'{letter}name')}"
        made = builders.make_organisation(site.session, name, kind, country=country, at=site.now)
        site.organisations[letter] = made.id
    site.session.execute(delete(ServedCountry))
    for letter, countries in SERVED.items():
        rows = [{"organisation_id": site.organisations[letter], "country": country} for country in countries]
        site.session.execute(insert(ServedCountry), rows)


def _make_people(site: Site) -> None:
    for number, (who, (letter, role)) in enumerate(PEOPLE.items()):
        organisation = site.session.get_one(Organisation, site.organisations[letter])
        person = builders.make_person(site.session, organisation, role, at=site.now)
        marked = f"p{number}.{canary(f'{letter}people')}@tenant.example"
        site.session.execute(
            update(User)
            .where(User.id == person.principal.user_id)
            .values(email=marked, name=f"Person {number} {canary(f'{letter}people')}")
        )
        membership = site.session.scalars(select(Membership).where(Membership.user_id == person.principal.user_id))
        site.people[who] = Person(marked, _principal(person, membership.one().id))
    nobody = User(
        email=f"{canary('npeople')}@tenant.example",
        name=f"Nobody's {canary('npeople')}",
        password_hash="",
        created_at=site.now,
    )
    site.session.add(nobody)
    site.session.flush()
    site.people["no organisation"] = Person(nobody.email, builders.Principal(user_id=nobody.id, name=nobody.name))


def _principal(person: Person, membership_id: UUID) -> Any:
    known = person.principal
    return builders.Principal(
        user_id=known.user_id,
        name=known.name,
        organisation_id=known.organisation_id,
        organisation_name=known.organisation_name,
        kind=known.kind,
        role=known.role,
        membership_id=membership_id,
    )


def _make_draft(site: Site, compartment: str, letter: str, year: int) -> Assessment:
    owner = site.people[f"owner of {letter.upper()}"]
    questionnaire = site.catalogue.questionnaires[builders.SHORT_FORM]
    if not profiles.profile_of(site.session, owner.principal).version:
        said = {"PRO-01": f"Works {canary(f'{letter}profile')}"}
        version = site.catalogue.profiles[questionnaire.profile]
        profiles.save_profile(site.session, owner.principal, version, builders.PROFILE | said, version=0, at=site.now)
    made = assessments.start_assessment(
        site.session, owner.principal, questionnaire, period=(date(year, 1, 1), date(year, 12, 31)), at=site.now
    )
    for question_id, answer in _answers(site.catalogue, compartment).items():
        assessments.save_answer(
            site.session, made, question_id, answer, version=0, by=owner.principal.actor, at=site.now
        )
    content = f"Evidence of {canary(compartment)}\n".encode()
    file = Inspected(f"walk {canary(compartment)}.txt", "text/plain", len(content)), site.store.put_bytes(content)
    site.evidence[compartment] = attach_evidence(
        site.session, made, QUESTION, file, by=owner.principal.actor, at=site.now
    )
    site.assessments[compartment] = made.id
    site.comments[compartment] = _talk(site, made, compartment, letter)
    return made


def _talk(site: Site, assessment: Assessment, compartment: str, letter: str) -> UUID:
    """Somebody says something about each kind of question; return the comment that most can see.

    Only in the section that is given may more than the company's own staff meet it, whatever was submitted and shared.
    """
    given = compartment if compartment == "draftgiven" else f"{letter}talk"
    author = site.people[f"owner of {letter.upper()}"].principal.actor
    made = []
    for question, words in ((QUESTION, given), (ELSEWHERE, f"{letter}talk")):
        comment = Comment(
            assessment_id=assessment.id,
            question_id=question,
            author_id=author,
            body=f"Between us: {canary(words)}",
            written_at=site.now,
        )
        site.session.add(comment)
        site.session.flush()
        made.append(comment.id)
    return made[0]


def _answers(catalogue: Catalogue, compartment: str) -> dict[str, Answer]:
    """Words in every answer. What a contributor was not given lies in a compartment of its own."""
    section_of = {
        question.id: section.id
        for section in catalogue.questionnaires[builders.SHORT_FORM].sections
        for question in section.questions
    }
    marked = {}
    for question_id, answer in builders.modest_answers(catalogue).items():
        elsewhere = compartment == "draftgiven" and section_of[question_id] != SECTION
        word = canary("draftclosed" if elsewhere else compartment)
        value = [row | {"risk": f"Heat {word}"} for row in answer.value] if isinstance(answer.value, list) else None
        marked[question_id] = Answer(value=value or answer.value, comment=f"Said {word}")
        if question_id == NOT_ASKED:
            marked[question_id] = Answer(not_applicable=f"Because {word}", comment=f"Said {word}")
    return marked


def _make_submission(site: Site, compartment: str, year: int) -> None:
    letter, government, state = SUBMITTED[compartment]
    owner = site.people[f"owner of {letter.upper()}"]
    assessment = _make_draft(site, compartment, letter, year)
    bundle = submissions.draft_bundle(site.session, assessment, site.catalogue, at=site.now)
    ended = site.now.date() - timedelta(days=3)
    until = ended if state in ("expired", "swept") else None
    signature = submissions.Signature(
        key=f"key of {compartment} that is long enough",
        name=f"Malee {canary(compartment)}",
        position=f"Director {canary(compartment)}",
        governments={site.organisations[government]: until} if government else {},
        joins_aggregates=False,
        content=submissions.content_digest(bundle),
    )
    made = submissions.submit_assessment(
        site.session, owner.principal, assessment, site.catalogue, signature, at=site.now
    )
    site.submissions[compartment] = made.id
    if government:
        _settle_share(site, compartment, owner, made, government, state)


def _settle_share(
    site: Site, compartment: str, owner: Person, submission: Submission, government: str, state: str
) -> None:
    share = site.session.scalars(select(Share).where(Share.submission_id == submission.id)).one()
    site.shares[compartment] = share.id
    if state == "revoked":
        shares.revoke_share(site.session, owner.principal, share.id, at=site.now)
    if state == "swept":
        site.session.execute(update(Share).where(Share.id == share.id).values(expired_at=site.now))
    site.session.execute(
        update(Review).where(Review.submission_id == submission.id).values(reason=f"Reason {canary(compartment)}")
    )
    official = site.people[f"supervisor of {government.upper()}"]
    reads.record_read(
        site.session, official.principal, Look(submission.id, submission.organisation_id, "page"), at=site.now
    )


def _give_section(site: Site) -> None:
    """To both who see only what was given to them; and one of them says something for the workers."""
    for who in oracle.A_PARTLY:
        grant = Assignment(
            membership_id=site.people[who].principal.membership_id,
            assessment_id=site.assessments["draftgiven"],
            section_id=SECTION,
            given_at=site.now,
        )
        site.session.add(grant)
    speaker = site.people["representative of A"].principal.actor
    said = {"body_name": f"Union {canary('aworkers')}", "words": f"Nobody asked us {canary('aworkers')}"}
    site.session.add(
        WorkerStatement(assessment_id=site.assessments["draftgiven"], author_id=speaker, written_at=site.now, **said)
    )
    site.session.flush()


def _sign_in(site: Site, who: str) -> str:
    user_id = site.people[who].principal.actor
    half, plain = who == "half signed in", who == "no second factor"
    proof = Proof() if half or plain else Proof(method="passkey", two_factors=True)
    if half:
        site.session.add(
            Authenticator(user_id=user_id, kind=AuthenticatorKind.TOTP, confirmed_at=site.now, created_at=site.now)
        )
        site.session.flush()
    token = logins.open_login(site.session, user_id, at=site.now, proof=proof)
    if who == "expired proof":
        old = site.now - timedelta(minutes=45)
        site.session.execute(update(Login).where(Login.user_id == user_id).values(proved_at=old))
    return token
