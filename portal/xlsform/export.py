"""A questionnaire or the company profile as an XLSForm workbook for ODK and Kobo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from portal.catalogue.digests import meaning
from portal.domain.questionnaire import Catalogue, Profile, Questionnaire
from portal.spreadsheets.choices import vocabulary
from portal.spreadsheets.words import words_in
from portal.xlsform import notation
from portal.xlsform.layout import CHOICES, LANGUAGE, PREFIX, PROFILE, SETTINGS, SURVEY, Form, Row, choice
from portal.xlsform.names import Names, looked_at, name_of, names_of_profile
from portal.xlsform.profile_rows import add_fields
from portal.xlsform.question_rows import QUESTIONS, Words, add_question, plain
from portal.xlsform.translate import translated

ALWAYS = "true()"
PLACED = {
    "id", "slug", "version", "title", "sections", "kind", "short_title", "purpose", "who", "weakest_stage_cap",
    "applies", "profile",
}  # fmt: skip
#: The same questionnaire always gives the same bytes.
MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
LONGEST = 32_767
WIDTHS = {"type": 26, "name": 24, "relevant": 40}


def xlsform_workbook(version: Questionnaire | Profile, catalogue: Catalogue) -> bytes:
    """Return the form as .xlsx. Raises Untranslatable where a rule has no counterpart in XLSForm."""
    if isinstance(version, Profile):
        return _workbook(profile_form(version), _settings_of_profile(version))
    profile = catalogue.profiles[version.profile]
    return _workbook(questionnaire_form(version, profile), _settings(version))


def profile_form(profile: Profile) -> Form:
    form = Form()
    for group, title in profile.groups.items():
        form.add("begin_group", group, label=title, _role=PROFILE)
        add_fields(form, [field for field in profile.fields if field.group == group])
        form.add("end_group")
    if screening := [field for field in profile.fields if field.asked_in]:
        form.add("begin_group", "screening", label="Asked in some questionnaires", _role=PROFILE)
        add_fields(form, screening)
        form.add("end_group")
    return form


def questionnaire_form(questionnaire: Questionnaire, profile: Profile) -> Form:
    """Return the rows: first what the rules look at, then the sections."""
    form, names = Form(), names_of_profile(profile)
    rules = {question.applies for question in questionnaire.questions} - {"always"}
    if fields := looked_at([profile.rules[rule] for rule in rules], profile):
        form.add("begin_group", PROFILE, label="About your company", _role=PROFILE)
        add_fields(form, fields)
        form.add("end_group")
    asked = [choice(question.id, f"{question.id}: {question.ask}") for question in questionnaire.questions]
    if _points_to_questions(questionnaire):
        form.add_list(QUESTIONS, asked)
    words = Words(vocabulary(words_in("en")))
    for section in questionnaire.sections:
        about = {"_id": section.id, "_weight": str(section.weight), "_references": " ".join(section.basis)}
        form.add("begin_group", section.id, label=section.title, _slug=section.slug, **about)
        for question in section.questions:
            add_question(form, question, relevant(profile, question.applies, names), words)
        form.add("end_group")
    return form


def relevant(profile: Profile, rule: str, names: Names) -> str:
    """The condition under which a question is asked; nothing where it always is."""
    expression = profile.rules.get(rule, ALWAYS)
    return "" if expression == ALWAYS else translated(expression, names)


def _points_to_questions(questionnaire: Questionnaire) -> bool:
    return any(column.kind == "question" for question in questionnaire.questions for column in question.columns)


def _settings(version: Questionnaire) -> Row:
    own = {
        "id": version.id,
        "slug": version.slug,
        "kind": version.kind,
        "short_title": version.short_title,
        "purpose": version.purpose,
        "who": version.who,
        "applies": version.applies,
        "weakest_stage_cap": "yes" if version.weakest_stage_cap else "",
        "profile": version.profile,
        "digest": version.digest,
    }
    more = {key: value for key, value in meaning(version).items() if key not in PLACED}
    own["more"] = notation.flow(plain(more)) if more else ""
    return _identity(version) | {PREFIX + key: text for key, text in own.items()}


def _settings_of_profile(version: Profile) -> Row:
    return _identity(version) | {PREFIX + "slug": version.slug, PREFIX + "digest": version.digest}


def _identity(version: Questionnaire | Profile) -> Row:
    return {
        "form_title": version.title,
        "form_id": name_of(version.slug),
        "version": version.version,
        "default_language": LANGUAGE,
    }


def _workbook(form: Form, settings: Row) -> bytes:
    content = BytesIO()
    workbook = Workbook(content, {"in_memory": True})
    workbook.set_properties({"title": settings["form_title"], "created": MADE})
    look = {
        "head": workbook.add_format({"bold": True, "bottom": 1}),
        "text": workbook.add_format({"text_wrap": True, "valign": "top"}),
    }
    for title, columns, rows in (
        ("survey", SURVEY, form.survey),
        ("choices", CHOICES, form.choices),
        ("settings", SETTINGS, [settings]),
    ):
        _sheet(workbook, title, columns, rows, look)
    workbook.close()
    return content.getvalue()


def _sheet(workbook: Workbook, title: str, columns: Sequence[str], rows: Sequence[Row], look: dict[str, Any]) -> None:
    sheet = workbook.add_worksheet(title)
    sheet.freeze_panes(1, 2)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, WIDTHS.get(column, 50 if "::" in column else 16), look["text"])
        sheet.write_string(0, place, column, look["head"])
        for number, row in enumerate(rows, 1):
            text = row.get(column, "")
            if len(text) > LONGEST:
                raise ValueError(f"a text of {row.get('name', title)} is too long for a cell")
            if text:
                # Always as text: what a person wrote never becomes a formula, a link or a number.
                sheet.write_string(number, place, text, look["text"])
