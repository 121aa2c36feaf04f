"""Our forms, read by the converter that ODK and Kobo use."""

from __future__ import annotations

import shutil
import warnings
from io import BytesIO

import openpyxl
import pytest
from pyxform.xls2xform import ConvertResult, convert

from portal.domain.questionnaire import Profile, Questionnaire
from portal.xlsform import xlsform_workbook
from tests.xlsform.forms import README, catalogue, references, version


def converted(content: bytes, *, validate: bool = False) -> ConvertResult:
    with warnings.catch_warnings():
        # The converter's own libraries, not ours to mend.
        warnings.simplefilter("ignore")
        return convert(BytesIO(content), validate=validate, file_type=".xlsx")


def rows(content: bytes, sheet: str) -> list[dict[str, str]]:
    listed = list(openpyxl.load_workbook(BytesIO(content))[sheet].iter_rows(values_only=True))
    return [{str(key): str(cell) for key, cell in zip(listed[0], row, strict=True) if cell} for row in listed[1:]]


@pytest.fixture(scope="module", params=references())
def form(request: pytest.FixtureRequest) -> tuple[Questionnaire | Profile, bytes]:
    found = version(request.param)
    return found, xlsform_workbook(found, catalogue())


def test_every_form_converts_without_error_or_warning(form):
    found, content = form

    result = converted(content)

    assert result.warnings == []
    assert f'version="{found.version}"' in result.xform


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("java") is None, reason="the validator of ODK is a Java program")
def test_every_form_passes_the_validator_of_odk(form):
    _, content = form

    assert converted(content, validate=True).warnings == []


def test_the_same_version_gives_the_same_bytes(form):
    found, content = form

    assert xlsform_workbook(found, catalogue()) == content


def test_every_cell_is_text(form):
    _, content = form
    book = openpyxl.load_workbook(BytesIO(content))

    assert {cell.data_type for sheet in book for row in sheet for cell in row if cell.value is not None} == {"s"}


def test_every_question_and_every_field_is_asked_once(form):
    found, content = form
    asked = [row["portal_id"] for row in rows(content, "survey") if "portal_type" in row and "portal_role" not in row]

    for item in found.questions if isinstance(found, Questionnaire) else found.fields:
        assert asked.count(item.id) == 1, item.id


def test_texts_are_in_a_named_language():
    survey = rows(xlsform_workbook(version(README), catalogue()), "survey")

    first = next(row for row in survey if row.get("name") == "TRY_ALL_01")
    assert first["label::English (en)"] == "Do you look for harm?"
    assert first["hint::English (en)"] == "You can only prevent the harm you have looked for."
    assert first["guidance_hint::English (en)"] == "What would show it: The list with its date."


def test_choices_that_exclude_others_are_refused_beside_them():
    survey = rows(xlsform_workbook(version(README), catalogue()), "survey")

    multi = next(row for row in survey if row.get("name") == "TRY_ALL_04")
    assert multi["constraint"] == (
        "not((selected(., 'none') or selected(., 'dont_know') or selected(., 'not_applicable')) "
        "and count-selected(.) > 1)"
    )


def test_a_number_keeps_its_limits_and_a_table_becomes_a_repeat():
    survey = {
        row["name"]: row for row in rows(xlsform_workbook(version(README), catalogue()), "survey") if "name" in row
    }

    assert survey["TRY_ALL_05"]["constraint"] == ". >= 0 and . <= 100"
    assert survey["TRY_ALL_06"]["type"] == "begin_repeat"
    assert survey["TRY_ALL_06_paid_by_worker"]["calculation"] == (
        "if(${TRY_ALL_06_cost} != '' or ${TRY_ALL_06_payer} != '' or ${TRY_ALL_06_burden} != '' "
        "or ${TRY_ALL_06_proof} != '', if(${TRY_ALL_06_payer} = 'worker', 1, 0), '')"
    )


def test_a_flagged_question_cannot_be_left_out_as_not_applicable():
    choices = rows(xlsform_workbook(version(README), catalogue()), "choices")

    assert {row["name"] for row in choices if row["list_name"] == "TRY_ALL_01"} == {*"01234", "dont_know"}
    assert "not_applicable" in {row["name"] for row in choices if row["list_name"] == "TRY_ALL_03"}
