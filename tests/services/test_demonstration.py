"""The demonstration, loaded once into each kind of database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import db
from portal.authz import Principal
from portal.db import Base
from portal.domain.answers import Answer, check_value
from portal.domain.bundle import bundle_json, canonical, digest_of, read_bundle
from portal.domain.levels import declared_level
from portal.domain.offers import offered_questionnaires
from portal.domain.questionnaire import Catalogue, QuestionType
from portal.domain.scorecard import scorecard_json
from portal.domain.scoring import score_bundle
from portal.models import (
    AnswerRow,
    Assessment,
    Assignment,
    AuditEvent,
    Evidence,
    Invitation,
    Job,
    Membership,
    Organisation,
    OrganisationKind,
    Release,
    Review,
    Role,
    ServedCountry,
    Share,
    Submission,
    User,
)
from portal.services import demonstration, passwords
from portal.services.demonstration.companies import reporting_period
from portal.services.demonstration.facts import LARGE
from portal.services.demonstration.files import content_of
from portal.services.demonstration.loading import DATA, MAIN_COMPANIES, read_crowd, read_data
from portal.services.demonstration.values import Choices, Respondent, value_at
from portal.services.prefill import suggestions_for
from portal.services.releases import latest_release
from portal.storage import FileStore
from portal.storage.inspection import inspect
from tests import databases

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECRET = b"0123456789abcdef0123456789abcdef"
DATA_FILES = sorted(path.stem for path in DATA.glob("*.toml"))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield databases.sqlite_database(tmp_path_factory.mktemp("demonstration"))
        return
    try:
        address = databases.postgres_database("demonstration")
    except databases.PostgresUnavailable as reason:
        pytest.skip(str(reason))
    yield address
    databases.empty_postgres_database("demonstration")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> FileStore:
    return FileStore(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def session(url: str, catalogue: Catalogue, store: FileStore) -> Iterator[Session]:
    engine = db.make_engine(url)
    with db.writing(engine) as opened:
        demonstration.load_demonstration(opened, catalogue, store, release_secret=SECRET, at=AT)
        opened.commit()
        yield opened
    engine.dispose()


@pytest.fixture
def every_submission(session: Session) -> list[Submission]:
    return list(session.scalars(select(Submission)))


@pytest.fixture
def submissions(session: Session) -> dict[str, Submission]:
    """The submission of a core questionnaire of each company, by the company's name."""
    found = session.execute(
        select(Organisation.name, Submission)
        .join_from(Submission, Organisation)
        .where(Submission.questionnaire.startswith("hrdd-"))
    )
    return {row.name: row.Submission for row in found}


def _count(session: Session, model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_there_are_three_companies_to_try_and_a_crowd(session: Session) -> None:
    loaded = demonstration.count_loaded(session)

    crowd = read_crowd()
    of_main = sum("signature" in part for name in MAIN_COMPANIES for part in read_data(name)["assessment"])
    of_crowd = sum(len(company.questionnaires) for company in crowd)
    assert (loaded.companies, loaded.submissions) == (3 + len(crowd), of_main + of_crowd)
    assert (loaded.governments, loaded.releases) == (9, 1)


def test_every_score_follows_from_the_frozen_answers(every_submission: list[Submission], catalogue: Catalogue) -> None:
    assert every_submission
    for submission in every_submission:
        card = scorecard_json(score_bundle(read_bundle(submission.bundle, catalogue), catalogue))
        assert submission.scorecard == card
        assert f"{submission.score:.1f}" == card["score"]


def test_every_digest_is_that_of_the_frozen_bytes(every_submission: list[Submission], catalogue: Catalogue) -> None:
    for submission in every_submission:
        bundle = read_bundle(submission.bundle, catalogue)

        assert digest_of(submission.bundle.encode()) == submission.digest
        assert canonical(bundle_json(bundle)).decode() == submission.bundle
        assert bundle.digest == catalogue.questionnaires[submission.questionnaire].digest
        assert bundle.reference == submission.reference


def test_the_company_of_the_worked_example_has_its_score(submissions: dict[str, Submission]) -> None:
    card = submissions["Thalay Net Works Co., Ltd."].scorecard

    assert (card["score"], card["declared"], card["band"]) == ("57.3", "65.2", "Developing")
    assert card["red_flags"] == {"HRS-DO-03": "remediating", "HRS-FIX-03": "unknown"}


def test_the_three_companies_stand_at_different_points(session: Session) -> None:
    rows = session.execute(
        select(Organisation.name, Assessment.questionnaire, Assessment.status).join_from(Assessment, Organisation)
    )
    states = {(name.split()[0], questionnaire.split("@")[0]): status for name, questionnaire, status in rows}

    assert states["Kolpona", "hrdd-short"] == "draft"
    assert states["Kolpona", "sector-construction-manufacturing"] == "accepted"
    assert states["Thalay", "hrdd-short"] == "submitted"
    assert states["Thalay", "recruitment-employers"] == "draft"
    assert states["Ombak", "hrdd-short"] == "returned"
    assert states["Ombak", "recruitment-employers"] == states["Ombak", "sector-fishing"] == "submitted"


def test_every_questionnaire_is_shared_with_a_government(
    every_submission: list[Submission], session: Session, catalogue: Catalogue
) -> None:
    shared = set(session.scalars(select(Share.submission_id)))

    assert {one.questionnaire for one in every_submission if one.id in shared} == set(catalogue.questionnaires)


def test_supplements_are_in_every_state_of_a_review(every_submission: list[Submission], session: Session) -> None:
    states = {review.submission_id: review.state for review in session.scalars(select(Review))}
    found = {states[one.id] for one in every_submission if not one.questionnaire.startswith("hrdd-")}

    assert found == {"waiting", "accepted", "returned"}


def test_nobody_answers_a_questionnaire_that_its_profile_does_not_offer(
    every_submission: list[Submission], catalogue: Catalogue
) -> None:
    for submission in every_submission:
        questionnaire = catalogue.questionnaires[submission.questionnaire]
        bundle = read_bundle(submission.bundle, catalogue)
        offered = offered_questionnaires(catalogue.profiles[questionnaire.profile], bundle.profile)

        assert questionnaire.id in {entry.id for entry in offered}, submission.reference


def test_large_companies_answer_the_long_form_and_others_the_short_one(
    submissions: dict[str, Submission], catalogue: Catalogue
) -> None:
    for submission in submissions.values():
        profile = read_bundle(submission.bundle, catalogue).profile
        long_form = submission.questionnaire.startswith("hrdd-core")

        assert long_form == (profile["PRO-07"] + profile["PRO-08"] >= LARGE)


def test_the_draft_is_offered_what_the_short_form_says(session: Session, catalogue: Catalogue) -> None:
    draft = session.scalars(
        select(Assessment)
        .join(Organisation, Organisation.id == Assessment.organisation_id)
        .where(Organisation.name.startswith("Thalay"), Assessment.status == "draft")
    ).one()
    answered = set(session.scalars(select(AnswerRow.question_id).where(AnswerRow.assessment_id == draft.id)))
    owner = session.scalars(select(User).where(User.email == "company@portal.example")).one()
    principal = Principal(
        user_id=owner.id,
        name=owner.name,
        organisation_id=draft.organisation_id,
        organisation_name="",
        kind=OrganisationKind.COMPANY,
        role=Role.OWNER,
    )
    questions = catalogue.questionnaires[draft.questionnaire].questions

    offered = suggestions_for(session, principal, draft, catalogue, questions)

    assert {"ERE-FEE-05", "ERE-DOC-01"} <= offered.keys() - answered


@pytest.mark.parametrize("level", range(5))
def test_a_value_made_for_a_level_is_worth_it(level: int, catalogue: Catalogue) -> None:
    """Or, where no value is worth that level, the next one below; a list of risks has the length of the maturity."""
    data = read_data("crowd")
    who = Respondent("a", "BD", "C14", level, {"PRO-12": [{"origin": "BD", "destination": "MY"}]})
    tried = 0
    for questionnaire in catalogue.questionnaires.values():
        for question in questionnaire.questions:
            if question.type is QuestionType.INCIDENT or any(column.id == "risk" for column in question.columns):
                continue
            value = value_at(question, level, who, Choices(data, {}, {}))
            check_value(question, value)
            by_option = {option.level for option in question.options if option.level is not None}
            possible = by_option if question.type in (QuestionType.YESNO, QuestionType.CHOICE) else set(range(5))

            assert declared_level(question, Answer(value=value)) == max(one for one in possible if one <= level)
            tried += 1
    assert tried > 180


def test_a_returned_company_reads_why(session: Session, submissions: dict[str, Submission]) -> None:
    submission = submissions["Ombak Khayalan Fisheries Sdn. Bhd."]
    review = session.scalars(select(Review).where(Review.submission_id == submission.id)).one()

    assert review.state == "returned"
    assert "HRS-DO-05" in review.reason


def test_the_crowd_is_varied(submissions: dict[str, Submission]) -> None:
    def kinds(of: Callable[[Submission], str]) -> int:
        return len(Counter(of(submission) for submission in submissions.values()))

    assert kinds(lambda submission: submission.country) >= 6
    assert kinds(lambda submission: submission.sector) >= 6
    assert kinds(lambda submission: str(submission.band)) >= 4
    assert kinds(lambda submission: submission.red_flag) == 4
    states = Counter(state for one in submissions.values() for state in one.scorecard["red_flags"].values())
    assert states["open"] < states["remediating"] < states["unknown"]


def test_the_crowd_writes_in_several_scripts() -> None:
    first_letters = {company.local_name[:1] for company in read_crowd()}
    scripts = {letter.encode("unicode_escape")[:4] for letter in first_letters if letter > "\u0250"}

    assert len(scripts) >= 4


def test_some_are_unverified_grouped_or_public(session: Session) -> None:
    companies = session.scalars(select(Organisation).where(Organisation.kind == OrganisationKind.COMPANY)).all()

    assert sum(company.verified_at is None for company in companies) >= 3
    assert sum(company.parent_id is not None for company in companies) >= 3
    assert sum(company.published_own_result for company in companies) >= 3


def test_the_release_shows_some_cells_and_hides_others(session: Session) -> None:
    release = latest_release(session)

    assert release is not None
    rows = {(table["id"], row["key"]): row for table in release.document["tables"] for row in table["rows"]}
    assert rows["all", "all"]["companies"] != ":c"
    assert rows["all", "all"]["red_flags"]["HRS-DO-03"]["unknown"] != ":c"
    assert rows["country", "TH"]["mean_score"] != ":c"
    assert rows["country", "LK"]["companies"] == ":c"
    assert rows["sector", "fishing"]["companies"] == ":c"


def test_the_crowd_is_old_enough_to_count_on_the_snapshot_day(
    session: Session, submissions: dict[str, Submission]
) -> None:
    release = session.scalars(select(Release)).one()
    crowd = {company.name for company in read_crowd()}
    newest = max(submission.submitted_at for name, submission in submissions.items() if name in crowd)

    assert newest.date() <= release.snapshot_on - timedelta(days=30)


def test_the_release_names_nobody(session: Session) -> None:
    release = latest_release(session)
    assert release is not None

    for organisation in session.scalars(select(Organisation)):
        assert str(organisation.id) not in release.text
        assert json.dumps(organisation.name)[1:-1] not in release.text


def test_loading_again_changes_nothing(session: Session, catalogue: Catalogue, store: FileStore) -> None:
    before = {model: _count(session, model) for model in (User, Organisation, Submission, AuditEvent, Release)}

    loaded = demonstration.load_demonstration(session, catalogue, store, release_secret=SECRET, at=AT)

    assert not loaded
    assert before == {model: _count(session, model) for model in before}


def test_every_account_is_marked_and_has_the_printed_password(session: Session) -> None:
    users = session.scalars(select(User)).all()

    assert users
    assert all(user.is_demonstration and user.email.endswith("@portal.example") for user in users)
    assert len({user.password_hash for user in users}) == 1
    found = passwords.credentials_of(session, "company@portal.example")
    assert passwords.password_matches(found, demonstration.PASSWORD)
    assert len(demonstration.PASSWORD) >= 15


def test_the_printed_people_work_for_one_organisation_each(session: Session) -> None:
    for email, kind in (("company@portal.example", "company"), ("government@portal.example", "government")):
        memberships = session.scalars(
            select(Membership).join(User, User.id == Membership.user_id).where(User.email == email)
        ).all()

        assert [membership.organisation.kind for membership in memberships] == [kind]


def test_every_role_has_somebody_to_try_it(session: Session) -> None:
    roles = set(session.scalars(select(Membership.role)))

    assert roles == set(Role)


def test_a_contributor_has_two_sections_of_a_draft_and_a_regional_body_five_countries(session: Session) -> None:
    contributors = select(Membership.id).where(Membership.role == Role.CONTRIBUTOR)
    held = select(Assignment.section_id).where(Assignment.membership_id.in_(contributors))
    assert len(session.scalars(held).all()) == 2
    served = select(ServedCountry.country).join(Organisation).where(Organisation.country == "")
    assert sorted(session.scalars(served)) == ["ID", "MY", "PH", "TH", "VN"]


def test_an_invitation_waits(session: Session) -> None:
    waiting = session.scalars(select(Invitation).where(Invitation.accepted_at.is_(None))).one()

    assert waiting.role is Role.SIGNATORY
    assert waiting.expires_at > AT
    assert session.scalar(select(User.id).where(User.email == waiting.email)) is None


def test_other_reviewers_work_for_two_governments(session: Session) -> None:
    counts = Counter(
        session.scalars(
            select(User.email)
            .join(Membership, Membership.user_id == User.id)
            .join(Organisation, Organisation.id == Membership.organisation_id)
            .where(Organisation.kind == OrganisationKind.GOVERNMENT)
        )
    )

    assert Counter(counts.values()) == {2: 4, 1: 2}


def test_reports_people_will_open_come_first_and_nothing_waits_for_nobody(
    session: Session, submissions: dict[str, Submission]
) -> None:
    jobs = session.scalars(select(Job).order_by(Job.created_at)).all()
    names = [read_data(name)["name"] for name in MAIN_COMPANIES]
    companies = set(session.scalars(select(Organisation.id).where(Organisation.name.in_(names))))
    main = {submissions["Thalay Net Works Co., Ltd."].id, submissions["Ombak Khayalan Fisheries Sdn. Bhd."].id}

    assert main < {job.submission_id for job in jobs[:5]}
    assert {session.get_one(Submission, job.submission_id).organisation_id for job in jobs[:5]} == companies
    assert {job.submission_id for job in jobs} == set(session.scalars(select(Share.submission_id)))


def test_every_evidence_file_is_kept(session: Session, store: FileStore) -> None:
    hashes = set(session.scalars(select(Evidence.sha256)))

    assert hashes
    assert all(store.read(digest) for digest in hashes)


def test_every_change_is_in_the_audit_log(session: Session) -> None:
    actions = Counter(session.scalars(select(AuditEvent.action)))

    assert actions["submission.created"] == _count(session, Submission)
    assert actions["assessment.started"] == _count(session, Assessment)
    assert actions["evidence.attached"] == _count(session, Evidence)
    assert actions["release.published"] == 1


@pytest.mark.parametrize("name", DATA_FILES)
def test_every_file_is_what_its_name_says(name: str, tmp_path: Path) -> None:
    data = read_data(name)
    files = [*data.get("files", {}).values(), *data.get("file", [])]
    for number, file in enumerate(files):
        path = tmp_path / str(number)
        path.write_bytes(content_of(file["name"], file["lines"]))

        assert inspect(path, file["name"], limit=100_000).size > 0


@pytest.mark.parametrize("name", ["thalay", "kolpona", "ombak"])
def test_profiles_leave_no_required_field_open(name: str, catalogue: Catalogue) -> None:
    """The period is added while loading."""
    given = set(read_data(name)["profile"]) | {"PRO-27"}
    fields = catalogue.profiles["profile@2026.1"].fields
    required = {item.id for item in fields if item.required and not item.asked_in}

    assert required <= given


@pytest.mark.parametrize(
    ("day", "period"),
    [
        ((2026, 6, 30), ("2024-07-01", "2025-06-30")),
        ((2026, 7, 1), ("2025-07-01", "2026-06-30")),
        ((2026, 11, 23), ("2025-07-01", "2026-06-30")),
    ],
)
def test_the_reporting_year_is_over(day: tuple[int, int, int], period: tuple[str, str]) -> None:
    start, end = reporting_period(datetime(*day, tzinfo=UTC).date())

    assert (start.isoformat(), end.isoformat()) == period
