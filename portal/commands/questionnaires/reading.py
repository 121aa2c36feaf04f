"""`flask questionnaires list` and `show`: what is installed."""

from __future__ import annotations

import json

import click

from portal.catalogue import definition
from portal.commands.questionnaires.group import find_version, installed, questionnaires, versions_of
from portal.domain.questionnaire import Catalogue, Flag, Profile, Questionnaire

COUNTED = {
    "questions": "questions",
    "critical": "critical",
    "red_flags": "red flags",
    "fields": "fields",
    "rules": "rules",
}


@questionnaires.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array instead of a table.")
def list_versions(as_json: bool) -> None:
    """List every version with its counts, digest and state."""
    catalogue = installed()
    rows = [_summary(version, catalogue) for version in versions_of(catalogue).values()]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        counted = [key for key in COUNTED if key in row]
        counts = ", ".join(f"{row[key]} {COUNTED[key]}" for key in counted)
        click.echo(f"{row['reference']}  {row['status']}  {counts}\n  {row['title']}\n  {row['digest']}")


@questionnaires.command("show")
@click.argument("reference")
def show(reference: str) -> None:
    """Print the whole definition of REFERENCE, such as hrdd-short@2026.1, as JSON."""
    catalogue = installed()
    version = find_version(reference, catalogue)
    click.echo(json.dumps(definition(version, catalogue), indent=2, ensure_ascii=False))


def _summary(version: Questionnaire | Profile, catalogue: Catalogue) -> dict[str, object]:
    common = {
        "reference": version.reference,
        "title": version.title,
        "status": "published" if version.reference in catalogue.published else "draft",
        "digest": version.digest,
    }
    if isinstance(version, Profile):
        return common | {"fields": len(version.fields), "rules": len(version.rules)}
    flags = [question.flag for question in version.questions]
    return common | {
        "id": version.id,
        "kind": version.kind,
        "sections": len(version.sections),
        "questions": len(flags),
        "critical": flags.count(Flag.CRITICAL),
        "red_flags": flags.count(Flag.RED_FLAG),
        "weight": sum(question.weight for question in version.questions),
    }
