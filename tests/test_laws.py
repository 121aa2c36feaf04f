"""laws.yaml is read strictly: every fault is named with its line, and nothing raises."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.catalogue import Faults
from portal.catalogue.laws import read_laws
from portal.domain.questionnaire import Catalogue

FILE = Path(__file__).parents[1] / "questionnaires/laws.yaml"
SOUND = FILE.read_text(encoding="utf-8")


def faults_of(text: str, folder: Path, catalogue: Catalogue) -> list[str]:
    path = folder / "laws.yaml"
    path.write_text(text, encoding="utf-8")
    faults = Faults(folder)
    read_laws(path, catalogue.profiles, catalogue.references, faults)
    return [f"{fault.line}: {fault.where}: {fault.what}" for fault in faults.found]


def test_the_laws_are_sound(tmp_path: Path, catalogue: Catalogue) -> None:
    assert faults_of(SOUND, tmp_path, catalogue) == []
    assert len(catalogue.laws) == 9


@pytest.mark.parametrize(
    ("before", "after", "where", "what"),
    [
        ("id: uk_msa", "id: uk_law", "uk_law.id", "not an option"),
        ("id: au_msa", "id: uk_msa", "uk_msa.id", "is there already"),
        ("field: PRO-26", "field: PRO-99", "field", "is not a field"),
        ("field: PRO-26", "field: laws", "field", "must be the id"),
        ('as_of: "2026-11-23"', 'as_of: "2026-13-23"', "uk_msa.as_of", "YYYY-MM-DD"),
        ("reference: UKMSA-54", "reference: UKMSA-99", "uk_msa.reference", "not in references.csv"),
        ("url: https://www.leg", "url: http://www.leg", "uk_msa.url", "https://"),
        ("${PRO-03} = 'GB'", "${PRO-303} = 'GB'", "uk_msa.expression", "is not a field"),
        ("${PRO-03} = 'GB'", "${PRO-03} = = 'GB'", "uk_msa.expression", "unexpected"),
        ("    caution: ", "    warning: ", "uk_msa", "needs the key caution"),
        ("laws:\n", "laws: none\n", "", "is not valid YAML"),
    ],
)  # fmt: skip
def test_a_fault_is_named_where_it_stands(
    tmp_path: Path, catalogue: Catalogue, before: str, after: str, where: str, what: str
) -> None:
    assert before in SOUND

    found = faults_of(SOUND.replace(before, after, 1), tmp_path, catalogue)

    assert any(f": {where}: " in fault and what in fault for fault in found), found


def test_without_the_file_there_are_no_laws(tmp_path: Path, catalogue: Catalogue) -> None:
    assert read_laws(tmp_path / "laws.yaml", catalogue.profiles, catalogue.references, Faults(tmp_path)) == ()
