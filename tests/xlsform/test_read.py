"""Forms of others become drafts: what fits comes over, what does not is said, and nothing is guessed."""

from __future__ import annotations

import pytest

from portal.catalogue import InvalidCatalogue
from portal.domain.questionnaire import Questionnaire
from portal.xlsform import RefusedForm, import_form, xlsform_workbook
from tests.xlsform.forms import (
    CHOICES,
    about,
    catalogue,
    load,
    profile,
    read,
    read_book,
    said,
    table,
    version,
    workbook,
)

SIMPLE = """
| type | name | label |
| select_one yn | paid | Are workers paid on time? |
"""


def our_form(reference: str) -> bytes:
    return xlsform_workbook(version(reference), catalogue())


@pytest.mark.parametrize("reference", sorted(catalogue().questionnaires))
def test_a_form_of_ours_comes_back_as_it_was(reference):
    found = version(reference)
    assert isinstance(found, Questionnaire)

    form = import_form(our_form(reference), id=found.id, slug=found.slug, version=found.version, profile=profile())

    assert form.remarks == []
    assert load(form.files, found.slug).digest == found.digest


def test_a_form_of_ours_comes_back_under_another_name():
    form = import_form(our_form("trial@2026.1"), id="NEW", slug="new", version="2027.1", profile=profile())

    made = load(form.files, "new", "2027.1")
    assert [question.id for question in made.questions] == [f"NEW-ALL-{number:02}" for number in range(1, 8)]
    assert made.by_id["NEW-ALL-06"].columns[-1].expression == "if(${NEW-ALL-06-payer} = 'worker', 1, 0)"


def test_what_a_form_cannot_know_stays_open_until_an_author_decides():
    form = read(SIMPLE)

    with pytest.raises(InvalidCatalogue) as refused:
        load(form.files, "new")
    open_keys = {fault.where.rpartition(".")[2] for fault in refused.value.faults if "empty" in fault.what}
    assert open_keys >= {"why", "weight", "stage", "evidence", "remedial", "level", "kind", "purpose", "who"}
    assert "survey row 2: NEW-GEN-01: to decide: why, weight, stage, options, evidence, remedial" in said(form)


def test_a_choice_of_yes_and_no_is_a_yesno_and_any_other_a_choice():
    form = read(SIMPLE + "| select_one pay | how | How are they paid? |")

    assert "type: yesno" in form.files["general.yaml"]
    assert "type: choice" in form.files["general.yaml"]


def test_rows_without_a_question_here_are_named_one_by_one():
    form = read("""
| type | name | label | calculation |
| start | start | | |
| note | hello | Welcome | |
| text | who | Your name | |
| calculate | age | | 1 + 1 |
| geopoint | where | Where? | |
| image | photo | A photo | |
| rank pay | order | In which order? | |
| select_one_from_file towns.csv | town | Which town? | |
| select_one nothing | lost | Which? | |
| strange thing | odd | What? | |
| select_one yn | paid | Are workers paid? | |
""")

    assert "survey row 5: calculate 'age': there is no question for it here; left out" in said(form)
    assert all(about(form, row) for row in range(2, 12))
    assert form.files["general.yaml"].count("- id: NEW-") == 1


@pytest.mark.parametrize(
    "written",
    ["select_one yn", "select one yn", "Select_One  yn", "select1 yn", "select one from yn", "select one  yn "],
)
def test_a_choice_is_understood_in_every_spelling(written):
    form = read(f"| type | name | label |\n| {written} | paid | Paid? |")

    assert "type: yesno" in form.files["general.yaml"]


@pytest.mark.parametrize("written", ["select_multiple pay", "select all that apply from pay", "select multiple pay"])
def test_several_choices_are_understood_in_every_spelling(written):
    form = read(f"| type | name | label |\n| {written} | how | How? |")

    assert "type: multi" in form.files["general.yaml"]


@pytest.mark.parametrize(
    "heading", ["label", "Label", "label::English (en)", "LABEL::English", "label:English", "caption"]
)
def test_headings_are_understood_in_every_spelling(heading):
    form = read(f"| Type | NAME | {heading} |\n| select_one yn | paid | Paid? |")

    assert "ask: Paid?" in form.files["general.yaml"]


def test_the_language_of_the_form_is_taken_and_the_others_are_named():
    form = read(
        "| type | name | label::Thai (th) | label::English (en) |\n| select_one yn | paid | จ่ายไหม | Paid? |",
        settings=table("| form_title | default_language |\n| Pay | Thai (th) |"),
    )

    assert "ask: จ่ายไหม" in form.files["general.yaml"]
    assert any(text.startswith("survey, label::English (en): texts in another language") for text in said(form))


def test_groups_become_sections_and_groups_within_stay_in_them():
    form = read("""
| type | name | label |
| begin group | wages | Wages |
| begin_group | late | Late wages |
| select_one yn | paid | Paid? |
| end_group | | |
| end group | | |
| begin_group | hours | Hours |
| integer | long | How long? |
| end_group | | |
""")

    assert set(form.files) == {"questionnaire.yaml", "wages.yaml", "hours.yaml"}
    assert "NEW-WAG-01" in form.files["wages.yaml"]
    assert about(form, 3)


def test_one_group_around_everything_is_no_section():
    form = read("""
| type | name | label |
| begin group | all | Everything |
| begin_group | wages | Wages |
| select_one yn | paid | Paid? |
| end_group | | |
| begin_group | hours | Hours |
| integer | long | How long? |
| end_group | | |
| end group | | |
""")

    assert set(form.files) == {"questionnaire.yaml", "wages.yaml", "hours.yaml"}


def test_a_repeat_becomes_a_table():
    form = read("""
| type | name | label | constraint | calculation | required |
| begin_repeat | ways | How do workers come? | | | |
| text | country | From where? | | | yes |
| integer | number | How many? | . >= 0 and . <= 500 | | |
| select_one pay | fee | How do they pay? | | | |
| calculate | twice | | | ${number} * 2 | |
| calculate | odd | | | pulldata('x', ${number}) | |
| select_multiple pay | many | Which? | | | |
| date | day | When? | | | |
| end_repeat | | | | | |
""")

    text = form.files["general.yaml"]
    assert "type: table" in text
    assert '{id: number, label: "How many?", kind: integer, minimum: 0, maximum: 500, required: no}' in text
    assert "expression: ${NEW-GEN-01-number} * 2" in text or 'expression: "${NEW-GEN-01-number} * 2"' in text
    assert about(form, 7)
    assert about(form, 8)
    assert about(form, 9)


def test_a_condition_that_is_a_rule_of_the_profile_becomes_that_rule():
    form = read("| type | name | label | relevant |\n| select_one yn | a | Paid? | ${PRO_18}  >= 1 |")

    assert "applies: has_suppliers" in form.files["general.yaml"]


def test_any_other_condition_is_for_an_author():
    form = read("| type | name | label | relevant |\n| select_one yn | a | Paid? | ${age} > 18 |")

    assert 'applies: ""  # decide: a rule of the profile; the form says: ${age} > 18' in form.files["general.yaml"]
    assert [remark.message for remark in about(form, 2, "relevant")] == [
        "'${age} > 18' is no rule of the profile; choose or add one"
    ]


def test_ids_that_we_cannot_keep_are_renamed_and_named():
    choices = table(
        "| list name | name | label |\n| l | 1 | One |\n| l | Not Sure! | Unsure |\n| l | not_sure | Again |"
    )

    form = read("| type | name | label |\n| select_one l | a | Which? |", choices)

    assert [text for text in said(form) if "becomes" in text] == [
        "choices row 2, name: '1' becomes 'o1'",
        "choices row 3, name: 'Not Sure!' becomes 'not_sure'",
        "choices row 4, name: 'not_sure' becomes 'not_sure_2'",
    ]


def test_a_formula_is_seen_and_not_worked_out():
    form = read_book(
        workbook(survey=[["type", "name", "label"], ["select_one yn", "a", '="Pa"&"id?"']], choices=CHOICES)
    )

    assert "survey row 2, label: a formula is not worked out; left out" in said(form)
    assert 'ask: ""' in form.files["general.yaml"]


HOSTILE = (
    '"}]\n- !!python/object/apply:os.system [id]', "*alias", "&anchor", "yes: no # x", "- a", "{a: b}", "\u202egnp.exe",
    "a: |\n  b", "'", '"', "\\", "${PRO-01}", "%TAG ! x", "---", "...", "? a", "\u2028x", "x" * 9000, "@`",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(text):
    rows = [["type", "name", "label", "hint", "relevant"], ["select_one yn", "a", text, text, text]]
    choices = [["list_name", "name", "label"], ["yn", text, text], ["yn", "b", text]]
    group = [["begin_group", text, text], *rows[1:], ["end_group"]]
    settings = [["form_title", "default_language"], [text, text]]

    form = read_book(workbook(survey=[rows[0], *group], choices=choices, settings=settings))

    with pytest.raises(InvalidCatalogue) as refused:
        load(form.files, "new")
    assert not any("is not valid YAML" in fault.what for fault in refused.value.faults)
    assert not any("alias" in fault.what or "tag" in fault.what for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file: is empty"),
        (b"type,name,label\ntext,a,b\n", "file: is text, not a workbook"),
        (b"| survey | |\n| | type |", "file: is text, not a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file: is in an old or other format; save it as .xlsx"),
        (b"PK\x03\x04" + bytes(100), "file: is not an .xlsx workbook"),
        (workbook(questions=[["type"]], choices=[["x"]]), "file: has no sheet named survey; its sheets are"),
        (workbook(survey=[["kind", "name"], ["text", "a"]]), "survey row 1: has no column named type"),
        (workbook(survey=[["type", "name"]]), "survey row 1: has no rows under its headings"),
    ],
)
def test_what_is_no_form_is_refused_with_the_reason(content, reason):
    with pytest.raises(RefusedForm) as refused:
        read_book(content)

    assert str(refused.value).startswith(reason)


@pytest.mark.parametrize(
    ("id", "slug", "version"), [("new", "new", "2026.1"), ("NEW", "../x", "2026.1"), ("NEW", "x", "1")]
)
def test_names_that_no_version_can_have_are_refused(id, slug, version):
    with pytest.raises(RefusedForm, match="must be"):
        import_form(b"", id=id, slug=slug, version=version, profile=profile())


def test_what_our_columns_hold_is_read_with_care():
    rows = table("""
| type | name | label | portal_id | portal_type | portal_rule | portal_more | portal_stage |
| select_multiple pay | a | Which? | NEW-GEN-01 | multi | - {level: 4, at_least: &x 1} | {weight: 3} | act |
| select_one yn | b | Paid? | NEW-GEN-02 | table | | | nowhere |
""")

    form = read_book(workbook(survey=rows, choices=CHOICES))

    assert "survey row 2, portal_rule: line 1 of the cell uses an anchor (&name); write the value out" in said(form)
    assert about(form, 2, "portal_more")
    assert about(form, 3, "portal_type")
    assert "stage: nowhere" in form.files["general.yaml"]
