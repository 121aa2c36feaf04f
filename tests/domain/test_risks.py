"""The register of risks: rows of risk tables in the order of part 4 of the method, and the map."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue import load_catalogue
from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.domain.risks import is_risk_table, register, severity_map

#: Name, scale, scope, irremediability, likelihood, happening: the examples of the method.
EXAMPLES = [
    ("canteen", 1, 3, 1, 4, "no"),
    ("payslips", 2, 5, 1, 4, "no"),
    ("fees", 4, 4, 3, None, "yes"),
    ("fall", 5, 1, 5, 3, "no"),
    ("refoulement", 5, 2, 5, 1, "no"),
]
TABLE = load_catalogue(Path("questionnaires")).questionnaires["hrdd-core@2026.1"].by_id["HRC-IDA-05"]
RATING = st.one_of(st.none(), st.integers(1, 5))


def row(name: str, scale: object, scope: object, lasting: object, chance: object, happening: str) -> dict[str, object]:
    said = {"risk": name, "scale": scale, "scope": scope, "irremediability": lasting, "likelihood": chance}
    return {key: value for key, value in (said | {"happening": happening}).items() if value is not None}


def test_the_examples_stand_in_the_order_of_the_method(catalogue: Catalogue) -> None:
    questions = catalogue.questionnaires["hrdd-core@2026.1"].questions
    rows = [row(*example) for example in EXAMPLES]
    found = register(questions, {"HRC-IDA-05": Answer(value=rows)})

    assert [entry.row["risk"] for entry in found] == ["fall", "refoulement", "fees", "payslips", "canteen"]
    assert severity_map(found)[5, 3] == 1
    assert sum(severity_map(found).values()) == 5


def test_tables_of_fees_are_no_risk_tables(catalogue: Catalogue) -> None:
    found = {
        question.id
        for version in catalogue.questionnaires.values()
        for question in version.questions
        if is_risk_table(question)
    }

    assert found == {"HRC-IDA-05", "HRS-KNO-04"}


@given(st.lists(st.builds(row, st.text(), RATING, RATING, RATING, RATING, st.sampled_from(["yes", "no"])), max_size=8))
def test_no_row_is_lost_and_unrated_ones_stand_last(rows: list[dict[str, object]]) -> None:
    found = register([TABLE], {TABLE.id: Answer(value=rows)})
    keys = [entry.risk.key if entry.risk else 0 for entry in found]

    assert len(found) == len(rows)
    assert keys == sorted(keys, reverse=True)
    assert sum(severity_map(found).values()) == sum(entry.risk is not None for entry in found)
