"""`flask verify`: say, check by check, whether a submission or a report is genuine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from portal import db
from portal.catalogue import InvalidCatalogue, load_catalogue
from portal.domain.questionnaire import Catalogue
from portal.services.verification import Check, Unverifiable, Verdict, Verification, verify_content
from portal.settings import UnsafeSettings, read_settings

QUESTIONNAIRES = Path(__file__).parents[2] / "questionnaires"
#: A larger file is no report.
LARGEST = 100 * 1024 * 1024

MARKS = {Verdict.HOLDS: "ok  ", Verdict.FAILS: "NO  ", Verdict.OPEN: "-   "}
WORDS = {
    ("file", Verdict.HOLDS): "File: nothing in the PDF is damaged.",
    ("file", Verdict.FAILS): "File: the PDF is damaged ({found}).",
    ("attachment", Verdict.HOLDS): "Answers: answers.json is attached.",
    ("attachment", Verdict.FAILS): "Answers: {found} different files are attached as answers.json.",
    ("written", Verdict.HOLDS): "Text: written in canonical form (RFC 8785), as it was when it was hashed.",
    ("written", Verdict.FAILS): "Text: the attached answers are not the canonical text that was hashed.",
    ("written", Verdict.OPEN): "Text: not in canonical form, so the digest is taken of its canonical form.",
    ("questionnaire", Verdict.HOLDS): "Questionnaire: the digest it names is that of {found} here.",
    ("questionnaire", Verdict.FAILS): "Questionnaire: the digest it names is not that of the version here.",
    ("questionnaire", Verdict.OPEN): "Questionnaire: {found}, but the submission names no digest of it.",
    ("score", Verdict.HOLDS): "Score: worked out again from the answers, it is {found}.",
    ("printed_digest", Verdict.HOLDS): "Pages: the digest printed is that of the attached answers.",
    ("printed_digest", Verdict.FAILS): "Pages: the digest printed is not that of the attached answers.",
    ("printed_feet", Verdict.HOLDS): "Pages: every foot shows the beginning of that digest ({found}).",
    ("printed_feet", Verdict.FAILS): "Pages: {found} of {wanted} feet show the beginning of that digest.",
    ("printed_score", Verdict.HOLDS): "Pages: the score printed is {found}.",
    ("printed_score", Verdict.FAILS): "Pages: the score printed is {found}, the answers give {wanted}.",
    ("expected", Verdict.HOLDS): "Digest: the one you gave.",
    ("expected", Verdict.FAILS): "Digest: not the one you gave ({wanted}).",
    ("record", Verdict.HOLDS): "Record: this portal received exactly this submission.",
    ("record", Verdict.FAILS): "Record: under this reference the portal received something else ({wanted}).",
    ("record", Verdict.OPEN): "Record: not compared; no such submission in the database of this portal.",
    (
        "seal",
        Verdict.OPEN,
    ): "Seal: there is none yet. Who changed the answers could have changed the digest with them:\n"
    "      compare it with the receipt of the company or with the portal.",
}


@click.command("verify")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--digest", "expected", default="", help="The digest you know from elsewhere, such as a receipt.")
def verify(file: str, expected: str) -> None:
    """Check the submission bundle or the report PDF in FILE.

    Exit code 0: everything that could be checked is right. 1: something is not. 2: the file cannot be read.
    """
    catalogue = _catalogue()
    try:
        made = _verified(_content(file), catalogue, expected)
    except Unverifiable as error:
        _stop(f"{file}: {error}")
    click.echo(f"{'Report' if made.kind == 'report' else 'Submission'} {_name(made)}".rstrip())
    if made.digest:
        click.echo(f"  {made.digest}")
    for check in made.checks:
        click.echo(f"{MARKS[check.verdict]}  {_words(check)}")
    click.echo("Genuine, as far as this can be checked." if made.is_genuine else "NOT genuine.")
    raise SystemExit(0 if made.is_genuine else 1)


def _verified(content: bytes, catalogue: Catalogue, expected: str) -> Verification:
    """Compare with the database where there is one; verifying needs none."""
    engine = _engine()
    if engine is None:
        return verify_content(content, catalogue, expected=expected)
    try:
        with db.reading(engine) as session:
            return verify_content(content, catalogue, expected=expected, session=session)
    except SQLAlchemyError:
        return verify_content(content, catalogue, expected=expected)
    finally:
        engine.dispose()


def _engine() -> Engine | None:
    """Opening a SQLite file that is not there would make one."""
    try:
        url = read_settings().database
        if url.startswith("sqlite") and not Path(make_url(url).database or "").is_file():
            return None
        return db.make_engine(url)
    except (UnsafeSettings, SQLAlchemyError):
        return None


def _name(made: Verification) -> str:
    bundle = made.bundle
    if bundle is None:
        return ""
    company = (bundle.company or {}).get("name", "")
    return ", ".join(part for part in (bundle.reference, company, bundle.questionnaire) if part)


def _words(check: Check) -> str:
    return WORDS[check.code, check.verdict].format(found=check.found or "nothing", wanted=check.wanted)


def _catalogue() -> Catalogue:
    try:
        return load_catalogue(QUESTIONNAIRES)
    except InvalidCatalogue as error:
        _stop(f"questionnaires: {str(error).splitlines()[0]}")


def _content(file: str) -> bytes:
    try:
        if file == "-":
            content = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(file).open("rb") as stream:
                content = stream.read(LARGEST + 1)
    except OSError as error:
        _stop(f"{file}: {error.strerror or error}")
    if len(content) > LARGEST:
        _stop(f"{file}: larger than any report ({LARGEST // 1024 // 1024} MB)")
    return content


def _stop(message: str) -> NoReturn:
    click.echo(" ".join(message.split()), err=True)
    raise SystemExit(2)
