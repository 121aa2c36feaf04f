"""`flask questionnaires preview`: whose band another version would change, before anybody is asked again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from portal import db
from portal.catalogue import InvalidCatalogue, load_version
from portal.commands.questionnaires.group import (
    find_questionnaire,
    installed,
    print_faults,
    questionnaires,
    stop,
)
from portal.domain.bundle import InvalidBundle, read_bundle
from portal.domain.questionnaire import Catalogue, Profile, Questionnaire
from portal.domain.rescoring import Rescored, rescore, without_counterpart
from portal.domain.scorecard import show
from portal.services.previews import newest_submissions
from portal.settings import read_settings

#: So many examples of answers that no longer fit are printed for each question.
EXAMPLES = 3


@questionnaires.command("preview")
@click.argument("old")
@click.argument("new")
@click.option("--bundles", type=click.Path(dir_okay=False, path_type=Path), help="JSON Lines instead of the database.")
def preview(old: str, new: str, bundles: Path | None) -> None:
    """Score what companies submitted under OLD also under NEW, a reference or the folder of a draft.

    Counts each company's newest submission. Nothing is written.
    """
    catalogue = installed()
    before = find_questionnaire(old, catalogue)
    catalogue, after = _new(new, catalogue)
    if before.id != after.id:
        stop(f"{after.reference} is another questionnaire than {before.reference}", 2)
    found = [(name, rescored) for name, rescored in _rescored(bundles, before, after, catalogue)]
    for line in _lines(before, after, found):
        click.echo(line)


def _new(written: str, catalogue: Catalogue) -> tuple[Catalogue, Questionnaire]:
    if not Path(written).is_dir():
        return catalogue, find_questionnaire(written, catalogue)
    try:
        version = load_version(Path(written), catalogue)
    except InvalidCatalogue as error:
        print_faults(error.faults)
        raise SystemExit(1) from None
    if isinstance(version, Profile):
        stop(f"{written} is a profile; this works for questionnaires only", 2)
    return replace(catalogue, questionnaires={**catalogue.questionnaires, version.reference: version}), version


def _rescored(
    file: Path | None, old: Questionnaire, new: Questionnaire, catalogue: Catalogue
) -> Iterator[tuple[str, Rescored]]:
    for name, text in _from_file(file) if file else _from_database(old.reference):
        try:
            bundle = read_bundle(text, catalogue)
        except InvalidBundle as error:
            stop(f"{name}: {error}", 2)
        if bundle.questionnaire != old.reference:
            stop(f"{name}: questionnaire: is {bundle.questionnaire}, not {old.reference}", 2)
        yield bundle.reference or name, rescore(bundle, old, new, catalogue)


def _from_file(file: Path) -> Iterator[tuple[str, str | bytes]]:
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        stop(f"{file}: {error.strerror}", 2)
    yield from ((f"line {number}", line) for number, line in enumerate(lines, 1) if line.strip())


def _from_database(reference: str) -> list[tuple[str, str | bytes]]:
    engine = db.make_engine(read_settings().database)
    try:
        with db.reading(engine) as session:
            return list(newest_submissions(session, reference))
    except SQLAlchemyError:
        stop("the database cannot be read; give the submissions as a file: --bundles FILE", 2)
    finally:
        engine.dispose()


def _lines(old: Questionnaire, new: Questionnaire, found: list[tuple[str, Rescored]]) -> Iterator[str]:
    gone, added = without_counterpart(old, new)
    changed = [(name, one) for name, one in found if one.changes_band]
    moved = sum(one.changes_score for _, one in found)
    yield f"{old.reference} -> {new.reference}: {len(found)} submissions"
    yield f"  another band: {len(changed)}"
    yield f"  another score, same band: {moved - sum(one.changes_score for _, one in changed)}"
    yield f"  the same score: {len(found) - moved}"
    yield from (f"  {id_}: only in {old.reference}" for id_ in gone)
    yield from (f"  {id_}: only in {new.reference}" for id_ in added)
    yield from _unfit(found)
    for name, one in changed:
        yield f"{name}: {_result(one.old.score, one.old.band)} -> {_result(one.new.score, one.new.band)}"
        yield from (f"  {reason}" for reason in one.reasons)


def _unfit(found: list[tuple[str, Rescored]]) -> Iterator[str]:
    """Answers that no longer fit count as open under the new version, until the company looks at them."""
    counted = Counter(path for _, one in found for path in one.carried.unfit)
    for path, count in counted.most_common():
        why = dict.fromkeys(one.carried.unfit[path] for _, one in found if path in one.carried.unfit)
        yield f"  {path}: {count} answers no longer fit: {'; '.join(list(why)[:EXAMPLES])}"


def _result(score: object, band: str | None) -> str:
    return "no score" if score is None else f"{show(score)} {band}"  # type: ignore[arg-type]
