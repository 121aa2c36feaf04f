"""Fields of the company profile as rows of a form."""

from __future__ import annotations

from collections.abc import Iterable

from babel import Locale

from portal.domain import isic
from portal.domain.questionnaire import Column, ProfileField
from portal.spreadsheets.choices import countries
from portal.xlsform.layout import Form, alone, choice, inert, limits, options
from portal.xlsform.names import filled, name_of, names_of_row, variable
from portal.xlsform.translate import translated

YES_NO = ("yes", "Yes"), ("no", "No")
SIMPLE = {"text": "text", "date": "date", "integer": "integer"}
PICK = "minimal autocomplete"


def add_fields(form: Form, fields: Iterable[ProfileField]) -> None:
    for field in fields:
        _add_field(form, field)


def _add_field(form: Form, field: ProfileField) -> None:
    name = name_of(field.id)
    required = "yes" if field.required else ""
    about = {"label": field.ask, "hint": field.hint, "_id": field.id, "_type": field.kind}
    match field.kind:
        case "choice" | "yesno":
            listed = options(field.options) or [choice(*pair) for pair in YES_NO]
            form.add(f"select_one {form.add_list(name, listed)}", name, **about, required=required)
        case "multi":
            single = alone([option.id for option in field.options if option.exclusive])
            chosen = f"select_multiple {form.add_list(name, options(field.options))}"
            form.add(chosen, name, **about, **single, required=required)
        case "country":
            form.add(f"select_one {country_list(form)}", name, **about, required=required, appearance=PICK)
        case "countries" | "isic":
            listed_in = country_list(form) if field.kind == "countries" else _activity_list(form)
            chosen = f"select_multiple {listed_in}"
            form.add(chosen, name, **about, **_at_most(field.maximum), required=required, appearance=PICK)
        case "integers" | "period" | "signoff":
            form.add("begin_group", f"{name}__parts", **about)
            _add_parts(form, field)
            form.add("end_group")
        case "table":
            _add_table(form, field, about)
        case _:
            bounds = limits(field.minimum, field.maximum)
            form.add(SIMPLE[field.kind], name, **about, **bounds, required=required)


def _at_most(most: int | None) -> dict[str, str]:
    if most is None:
        return {}
    return {"constraint": f"count-selected(.) <= {most}", "message": f"At most {most}."}


def _add_parts(form: Form, field: ProfileField) -> None:
    for part, label in field.parts.items():
        part_id = f"{field.id}-{part}"
        about = {"label": label, "_id": part_id}
        match field.kind, part:
            case "integers", _:
                form.add("integer", name_of(part_id), **about, **limits(0, None))
            case "period", "end":
                after = {"constraint": f". >= {variable(f'{field.id}-start')}", "message": "Not before the first day."}
                form.add("date", name_of(part_id), **about, **after, required="yes" if field.required else "")
            case "period", _:
                form.add("date", name_of(part_id), **about, required="yes" if field.required else "")
            case "signoff", "filled_by" if field.options:
                listed = form.add_list(name_of(field.id), options(field.options))
                form.add(f"select_one {listed}", name_of(part_id), **about)
            case _:
                form.add("text", name_of(part_id), **about)


def _add_table(form: Form, field: ProfileField, about: dict[str, str]) -> None:
    if not field.rows:
        form.add("begin_repeat", name_of(field.id), **about)
        add_columns(form, field.id, field.columns)
        form.add("end_repeat")
        return
    form.add("begin_group", name_of(field.id), **about)
    for row in field.rows:
        row_id = f"{field.id}-{row.id}"
        form.add("begin_group", name_of(row_id), label=row.label, _id=row_id)
        add_columns(form, row_id, field.columns)
        form.add("end_group")
    form.add("end_group")


def add_columns(form: Form, table: str, columns: tuple[Column, ...], questions: str = "") -> None:
    """Add the columns of a table; `questions` names the list of questions that some tables point to."""
    for column in columns:
        name = name_of(f"{table}-{column.id}")
        about = {"label": column.label, "hint": column.hint, "_id": column.id, "_type": column.kind}
        about["_required"] = "" if column.required else "no"
        match column.kind:
            case "choice":
                form.add(f"select_one {form.add_list(name, options(column.options))}", name, **about)
            case "integer" if column.anchors:
                rated = form.add_list(name, [choice(value, words) for value, words in column.anchors.items()])
                form.add(f"select_one {rated}", name, **about)
            case "integer" | "number":
                kind = "integer" if column.kind == "integer" else "decimal"
                form.add(kind, name, **about, **limits(column.minimum, column.maximum))
            case "country":
                form.add(f"select_one {country_list(form)}", name, **about, appearance=PICK)
            case "question":
                form.add(f"select_one {questions}", name, **about, appearance=PICK)
            case "calculate":
                result = translated(column.expression, names_of_row(table, columns))
                # An empty row has no result, so that it counts for nothing.
                formula = f"if({filled(table, columns, inside=True)}, {result}, '')"
                form.add("calculate", name, **about, calculation=formula, _expression=inert(column.expression))
            case _:
                form.add("text", name, **about)


def country_list(form: Form) -> str:
    return form.add_list("country", (choice(code, label) for code, label in countries(Locale("en"))))


def _activity_list(form: Form) -> str:
    """Sections as letters, divisions as letter and two digits; their names are on the page that asks."""
    codes = [*isic.SECTIONS, *(f"{letter}{division}" for division, letter in isic.DIVISIONS.items())]
    return form.add_list("isic", (choice(code, _activity(code)) for code in sorted(codes)))


def _activity(code: str) -> str:
    return f"Section {code}" if len(code) == 1 else f"Section {code[0]}, division {code[1:]}"
