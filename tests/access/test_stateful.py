"""However companies, governments and people act, in whatever order: everybody sees what the model says, and no more."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import insert, literal, select, union_all, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.authz import Principal
from portal.authz.scope import scope_of
from portal.catalogue import load_catalogue
from portal.domain.questionnaire import Catalogue
from portal.models import (
    AnswerRow,
    Assessment,
    Assignment,
    Job,
    Membership,
    Organisation,
    OrganisationKind,
    Review,
    Role,
    Share,
    Submission,
)
from portal.services import assessments, erasure, jobs, logins, members, mergers, profiles, shares, submissions
from portal.services.logins import Proof, SessionLimits
from tests import builders
from tests.access.model import Model, Sharing

ROOT = Path(__file__).resolve().parent.parent.parent
START = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIMITS = SessionLimits(*3 * [timedelta(days=100_000)])
COMPANIES, GOVERNMENTS = ("A", "B", "C"), ("X", "Y")
PEOPLE = {
    **{f"owner {company}": (company, Role.OWNER) for company in COMPANIES},
    **{f"editor {company}": (company, Role.EDITOR) for company in COMPANIES},
    "contributor A": ("A", Role.CONTRIBUTOR),
    "reviewer X": ("X", Role.REVIEWER),
    "supervisor Y": ("Y", Role.SUPERVISOR),
}
#: Runs in the quick suite, in the slow one, and of the long run (by PORTAL_LONG_RUNS).
QUICK, SLOW = 15, 200
STEPS = 50
#: What happened in all runs: a run in which nothing is taken back proves little.
acts: Counter[str] = Counter()


@cache
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "questionnaires")


@cache
def engine() -> Engine:
    """One database in memory for all runs; each is rolled back."""
    made = db.make_engine("sqlite://").execution_options(portal_write=True)
    db.Base.metadata.create_all(made)
    return made


class Portal(RuleBasedStateMachine):
    """The services beside the model. Time goes by in days, also backwards."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = engine().connect()
        self.transaction = self.connection.begin()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        self.model, self.ids, self.tokens = Model(), dict[str, UUID](), dict[str, str]()
        self.periods, self.turns = 0, cycle(PEOPLE)

    def teardown(self) -> None:
        if self.ids:
            for who in PEOPLE:
                self.sees_what_it_should(who)
        self.session.close()
        self.transaction.rollback()
        self.connection.close()

    @initialize()
    def found(self) -> None:
        for letter in (*COMPANIES, *GOVERNMENTS):
            kind = OrganisationKind.COMPANY if letter in COMPANIES else OrganisationKind.GOVERNMENT
            facts = {"registration_number": f"01055361120{ord(letter)}", "verified_at": START}
            made = builders.make_organisation(self.session, f"The {letter}", kind, country="TH", at=START, **facts)
            self.ids[letter] = made.id
        for who, (letter, role) in PEOPLE.items():
            organisation = self.session.get_one(Organisation, self.ids[letter])
            self.ids[who] = builders.make_person(self.session, organisation, role, at=START).principal.actor
            self.model.works_for[who] = letter
        self.model.contributors = {"contributor A"}
        for letter in COMPANIES:
            owner = self.principal(f"owner {letter}")
            version = catalogue().profiles[catalogue().questionnaires[builders.SHORT_FORM].profile]
            profiles.save_profile(self.session, owner, version, builders.PROFILE, version=0, at=START)
            self.submit(letter, 0)
            for government, days in (("X", None), ("Y", 1)):
                self.share(letter, government, 0, days)

    @property
    def now(self) -> datetime:
        return START + timedelta(days=self.model.day)

    def principal(self, who: str) -> Principal:
        """As a request would find it, with the cookie the person has; a new one where the old is dead."""
        try:
            return logins.principal_of(self.session, self.tokens[who], LIMITS, at=self.now)[0]
        except (KeyError, LookupError):
            proof = Proof(method="passkey", two_factors=True)
            self.tokens[who] = logins.open_login(self.session, self.ids[who], at=self.now, proof=proof)
            self.session.flush()
            return logins.principal_of(self.session, self.tokens[who], LIMITS, at=self.now)[0]

    def one_of(self, found: set[Any], number: int) -> Any:
        ordered = sorted(found, key=str)
        return ordered[number % len(ordered)] if ordered else None

    @rule(letter=st.sampled_from(COMPANIES))
    def begin(self, letter: str) -> None:
        who = f"owner {letter}"
        if who not in self.model.works_for:
            return
        self.periods += 1
        period = (date(1900 + self.periods, 1, 1), date(1900 + self.periods, 12, 31))
        questionnaire = catalogue().questionnaires[builders.SHORT_FORM]
        made = assessments.start_assessment(
            self.session, self.principal(who), questionnaire, period=period, at=self.now
        )
        self.session.execute(insert(AnswerRow), self.answers(made.id, self.ids[who]))
        self.model.begun_by[made.id] = letter

    def answers(self, assessment: UUID, by: UUID) -> list[dict[str, Any]]:
        empty = {"dont_know": False, "not_applicable": None, "comment": "", "version": 1}
        return [
            {"assessment_id": assessment, "question_id": key, "value": answer.value}
            | {"updated_by_id": by, "updated_at": self.now}
            | empty
            for key, answer in builders.modest_answers(catalogue()).items()
        ]

    @rule(letter=st.sampled_from(COMPANIES), number=st.integers(0, 9))
    def submit(self, letter: str, number: int) -> None:
        who = f"owner {letter}"
        if not (drafts := self.model.assessments(who) - set(self.model.submitted.values())):
            self.begin(letter)
            drafts = self.model.assessments(who) - set(self.model.submitted.values())
        if (chosen := self.one_of(drafts, number)) is None:
            return
        principal = self.principal(who)
        draft = assessments.find_assessment(self.session, principal, chosen)
        assert draft is not None
        bundle = submissions.draft_bundle(self.session, draft, catalogue(), at=self.now)
        content = submissions.content_digest(bundle)
        signature = submissions.Signature(f"key of {chosen}, long enough", "M.", "D.", {}, False, content)
        made = submissions.submit_assessment(self.session, principal, draft, catalogue(), signature, at=self.now)
        self.model.submitted[made.id] = chosen

    @rule(
        letter=st.sampled_from(COMPANIES),
        government=st.sampled_from(GOVERNMENTS),
        number=st.integers(0, 9),
        days=st.none() | st.integers(0, 4),
    )
    def share(self, letter: str, government: str, number: int, days: int | None) -> None:
        who = f"owner {letter}"
        if not self.model.submissions(who):
            self.submit(letter, number)
        if (chosen := self.one_of(self.model.submissions(who), number)) is None:
            return
        submission = self.session.get_one(Submission, chosen)
        until = None if days is None else self.model.day + days
        last = None if until is None else (START + timedelta(days=until)).date()
        principal, target = self.principal(who), self.ids[government]
        try:
            shares.share_submission(self.session, principal, submission, target, until=last, at=self.now)
        except shares.AlreadyShared:
            assert self.model.is_open(chosen, government)
            return
        assert not self.model.is_open(chosen, government)
        acts["reopened" if (chosen, government) in self.model.shares else "shared"] += 1
        self.model.shares[chosen, government] = Sharing(until)

    @rule(anybody=st.sampled_from(sorted(PEOPLE)), asked=st.integers(0, 2), number=st.integers(0, 9))
    def revoke(self, anybody: str, asked: int, number: int) -> None:
        """Whoever asks: only the holder's share ends, whatever id is sent."""
        if (chosen := self.one_of(set(self.model.shares), number)) is None:
            return
        holder = self.model.holder(self.model.begun_by[self.model.submitted[chosen[0]]])
        who = f"owner {holder}" if asked else anybody
        if self.principal(who).role is None:
            return
        submission, government = chosen
        row = select(Share.id).where(Share.submission_id == submission, Share.government_id == self.ids[government])
        share_id = self.session.scalars(row).one()
        is_own = PEOPLE[who][0] in COMPANIES and submission in self.model.submissions(who) | self.model.erased
        done = shares.revoke_share(self.session, self.principal(who), share_id, at=self.now)
        assert is_own or not done
        acts["revoked"] += done
        self.model.shares[chosen].ended |= done

    @rule(days=st.integers(-2, 4))
    def let_time_pass(self, days: int) -> None:
        self.model.day += days

    @rule(forward=st.integers(0, 3), back=st.integers(0, 6))
    def sweep(self, forward: int, back: int) -> None:
        """What has run out is closed for good, however far the clock is put back then."""
        self.model.day += forward
        acts["run out"] += shares.expire_shares(self.session, at=self.now)
        for share in self.model.shares.values():
            share.ended |= share.until is not None and share.until < self.model.day
        self.model.day -= back

    @rule(number=st.integers(0, 9))
    def give_section(self, number: int) -> None:
        who = "contributor A"
        chosen = self.one_of(self.model.assessments("owner A"), number)
        if chosen is None or who not in self.model.works_for or (who, chosen) in self.model.given:
            return
        grant = {"membership_id": self.principal(who).membership_id, "assessment_id": chosen, "section_id": "COM"}
        self.session.execute(insert(Assignment), grant | {"given_at": self.now})
        acts["given"] += 1
        self.model.given.add((who, chosen))

    @rule(letter=st.sampled_from(COMPANIES), who=st.sampled_from(sorted(PEOPLE)))
    def remove(self, letter: str, who: str) -> None:
        manager = f"owner {letter}"
        if manager not in self.model.works_for or self.model.works_for.get(who) != letter or who == manager:
            return
        membership = self.membership(who)
        members.remove_member(
            self.session, self.principal(manager), membership.id, seen=str(membership.role), at=self.now
        )
        acts["removed"] += 1
        self.model.dismiss({who})

    @rule(letter=st.sampled_from(COMPANIES))
    def hand_over_and_back(self, letter: str) -> None:
        """The transfer of an organisation moves no row; sign-ins end and are opened anew."""
        old, new = f"owner {letter}", f"editor {letter}"
        if {old, new} - self.model.works_for.keys():
            return
        for giver, taker in ((old, new), (new, old)):
            row = self.membership(taker)
            members.hand_over(self.session, self.principal(giver), row.id, seen=str(row.role), at=self.now)
            self.sees_what_it_should(giver)
        self.session.execute(update(Membership).where(Membership.user_id == self.ids[new]).values(role=Role.EDITOR))

    def membership(self, who: str) -> Membership:
        return self.session.scalars(select(Membership).where(Membership.user_id == self.ids[who])).one()

    @rule(taken=st.sampled_from(COMPANIES), into=st.sampled_from(COMPANIES), asked=st.integers(0, 5))
    def merge(self, taken: str, into: str, asked: int) -> None:
        """Seldom: after it a company is gone for good."""
        pair = {f"owner {taken}", f"owner {into}"}
        if asked or taken == into or pair - self.model.works_for.keys():
            return
        number = self.session.get_one(Organisation, self.ids[into]).registration_number
        mergers.ask_merger(self.session, self.principal(f"owner {taken}"), "TH", number, at=self.now)
        acceptor = self.principal(f"owner {into}")
        (request,) = [one for one in mergers.requests_received(self.session, acceptor) if one.is_open]
        mergers.accept_merger(self.session, acceptor, request.id, at=self.now)
        acts["merged"] += 1
        self.model.merge(taken, into)

    @rule(letter=st.sampled_from(COMPANIES), number=st.integers(0, 9), asked=st.integers(0, 2))
    def erase(self, letter: str, number: int, asked: int) -> None:
        """Seldom, as the others that end something for good: there must be something to see."""
        who = f"owner {letter}"
        if asked:
            return
        if (chosen := self.one_of(self.model.submissions(who), number)) is not None:
            erasure.erase_submission(self.session, chosen, at=self.now)
            self.session.expire_all()
            acts["erased"] += 1
            self.model.erased.add(chosen)

    @rule(letter=st.sampled_from(COMPANIES), asked=st.integers(0, 9))
    def erase_company(self, letter: str, asked: int) -> None:
        if asked or letter in self.model.merged or f"owner {letter}" not in self.model.works_for:
            return
        erasure.erase_organisation(self.session, self.ids[letter], at=self.now)
        self.session.expire_all()
        acts["company erased"] += 1
        self.model.erase_company(letter)

    @rule(who=st.sampled_from(sorted(PEOPLE)), number=st.integers(0, 9))
    def export(self, who: str, number: int) -> None:
        """Downloads ask by id, whoever's it is."""
        if (chosen := self.one_of(set(self.model.submitted), number)) is None:
            return
        principal, may = self.principal(who), chosen in self.model.submissions(who)
        found = submissions.find_submission(self.session, principal, chosen, at=self.now)
        job = jobs.report_job(self.session, principal, chosen, at=self.now)
        assert (found is not None) == may
        assert job is None or may

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        """Three people after each step, in turn, and all of them at the end: all after each takes thrice as long."""
        if self.ids:
            for _ in range(3):
                self.sees_what_it_should(next(self.turns))

    def sees_what_it_should(self, who: str) -> None:
        principal = self.principal(who)
        parts = [
            select(literal(model.__tablename__), column).where(scope_of(principal, model, at=self.now))
            for model, column in (
                (Assessment, Assessment.id),
                (Submission, Submission.id),
                (Review, Review.submission_id),
                (Job, Job.submission_id),
            )
        ]
        seen: dict[str, set[object]] = {"assessment": set(), "submission": set(), "review": set(), "job": set()}
        for table, row_id in self.session.execute(union_all(*parts)):
            seen[table].add(row_id)
        allowed = self.model.submissions(who)
        assert seen["submission"] == allowed, who
        assert seen["review"] | seen["job"] <= allowed | self.model.erased, who
        is_company = PEOPLE[who][0] in COMPANIES
        assert seen["assessment"] == (self.model.assessments(who) if is_company else set()), who


def run(runs: int) -> None:
    quiet = list(HealthCheck)
    how = settings(
        max_examples=runs, stateful_step_count=STEPS, deadline=None, suppress_health_check=quiet, database=None
    )
    run_state_machine_as_test(Portal, settings=how)  # type: ignore[no-untyped-call]


def test_everybody_sees_what_the_model_says_however_they_act() -> None:
    run(QUICK)

    assert {"shared", "revoked", "run out", "erased"} <= {act for act, times in acts.items() if times}, acts


@pytest.mark.slow
def test_everybody_sees_it_in_two_hundred_runs_of_fifty_steps() -> None:
    run(int(os.environ.get("PORTAL_LONG_RUNS", SLOW)))

    assert {"revoked", "reopened", "run out", "given", "removed", "merged", "erased", "company erased"} <= {
        act for act, times in acts.items() if times
    }, acts
    print(dict(acts))
