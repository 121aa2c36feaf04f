"""Is this submission, or this report, what it claims to be? Each check on its own, with what it found."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.bundle import Bundle, InvalidBundle, bundle_json, canonical, digest_of, read_bundle
from portal.domain.questionnaire import Catalogue
from portal.domain.scorecard import Scorecard, scorecard_json
from portal.domain.scoring import score_bundle
from portal.models import Submission
from portal.services.verification.printed import PrintedReport, UnreadableReport, read_report

PDF = b"%PDF-"


class Verdict(StrEnum):
    HOLDS = "holds"
    FAILS = "fails"
    #: Could not be checked, which is said rather than passed over.
    OPEN = "open"


class Unverifiable(Exception):
    """Neither a bundle nor a report, or one nobody can read; the message is one line."""


@dataclass(frozen=True, slots=True)
class Check:
    """`code` says what was checked; `found` and `wanted` are what was compared, where two things were."""

    code: str
    verdict: Verdict
    found: str = ""
    wanted: str = ""


@dataclass(slots=True)
class Verification:
    """All checks in order. Without a seal nothing can be called genuine beyond what was compared."""

    #: "bundle" or "report".
    kind: str
    checks: list[Check] = field(default_factory=list)
    bundle: Bundle | None = None
    digest: str = ""

    @property
    def is_genuine(self) -> bool:
        return all(check.verdict is not Verdict.FAILS for check in self.checks)

    def compare(self, code: str, found: str, wanted: str) -> None:
        self.checks.append(Check(code, Verdict.HOLDS if found == wanted else Verdict.FAILS, found, wanted))

    def leave_open(self, code: str, found: str = "") -> None:
        self.checks.append(Check(code, Verdict.OPEN, found))


def verify_content(
    content: bytes, catalogue: Catalogue, *, expected: str = "", session: Session | None = None
) -> Verification:
    """Check a bundle or a report PDF. Raises Unverifiable.

    `expected` is a digest known from elsewhere, such as the printed report or the receipt; `session` lets the portal
    compare with its own record.
    """
    report = _report(content) if content[:1024].lstrip().startswith(PDF) else None
    made = Verification("report" if report else "bundle")
    text = _attached(report, made) if report else content
    _check_bundle(text, catalogue, made, exact=report is not None)
    if made.bundle is not None:
        score = _check_score(made.bundle, catalogue, made)
        if report:
            _check_pages(report, made, score, catalogue.questionnaires[made.bundle.questionnaire].digest)
    _check_elsewhere(made, expected, session)
    made.leave_open("seal")
    return made


def _report(content: bytes) -> PrintedReport:
    try:
        return read_report(content)
    except UnreadableReport as error:
        raise Unverifiable(str(error)) from None


def _attached(report: PrintedReport, made: Verification) -> bytes:
    if not report.answers:
        raise Unverifiable("no answers.json is attached; this is not a report of this portal")
    made.compare("file", report.damage, "")
    made.compare("attachment", str(len(report.answers)), "1")
    return report.answers[0]


def _check_bundle(text: bytes, catalogue: Catalogue, made: Verification, *, exact: bool) -> None:
    """`exact`: the bytes themselves were hashed, so another way of writing the same is a change."""
    try:
        made.bundle = read_bundle(text, catalogue)
    except InvalidBundle as error:
        if error.key != "digest":
            raise Unverifiable(f"the submission cannot be read: {error}") from None
        made.checks.append(Check("questionnaire", Verdict.FAILS))
        return
    written = canonical(bundle_json(made.bundle))
    made.digest = digest_of(text if exact else written)
    if text == written:
        made.checks.append(Check("written", Verdict.HOLDS))
    else:
        made.checks.append(Check("written", Verdict.FAILS if exact else Verdict.OPEN))
    if made.bundle.digest is None:
        made.leave_open("questionnaire", made.bundle.questionnaire)
    else:
        made.checks.append(Check("questionnaire", Verdict.HOLDS, made.bundle.questionnaire))


def _check_score(bundle: Bundle, catalogue: Catalogue, made: Verification) -> str:
    """Work the score out again; a bundle carries none, so there is nothing to compare it with yet."""
    scorecard = score_bundle(bundle, catalogue)
    shown = _shown(scorecard)
    made.checks.append(Check("score", Verdict.HOLDS, shown))
    return shown


def _shown(scorecard: Scorecard) -> str:
    score = scorecard_json(scorecard)["score"]
    return "–" if score is None else str(score)


def _check_pages(report: PrintedReport, made: Verification, score: str, questionnaire: str) -> None:
    """The digests of the answers and of the questionnaire stand on the pages; one that no answer names is a change."""
    digest = made.digest.removeprefix("sha256:")
    known = "".join(f"{questionnaire} {report.answers[0].decode()}".split())
    strange = sorted(one for one in report.digests - {digest} if one not in known)
    found = digest if digest in report.digests and not strange else " ".join(strange)
    made.compare("printed_digest", found, digest)
    right = sum(frozenset((digest[:8], digest[8:16])) in feet for feet in report.feet)
    made.compare("printed_feet", str(right), str(max(1, report.pages - 1)))
    made.compare("printed_score", report.score or "", score)


def _check_elsewhere(made: Verification, expected: str, session: Session | None) -> None:
    if expected and made.digest:
        made.compare("expected", made.digest, f"sha256:{expected.removeprefix('sha256:').replace(' ', '').lower()}")
    reference = made.bundle.reference if made.bundle else None
    record = None
    if session is not None and reference:
        record = session.scalar(select(Submission.digest).where(Submission.reference == reference))
    if record:
        made.compare("record", made.digest, record)
    else:
        made.leave_open("record", reference or "")
