"""Between the profile's form fields and its values, both ways, by the kind of each field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.domain.answers import InvalidAnswer
from portal.domain.profiles import ROW, profile_check
from portal.domain.questionnaire import Column, Profile, ProfileField
from portal.web.company.answer_forms import FieldError
from portal.web.countries import country_code, country_name
from portal.web.typed import Mistyped, clean, day, number

#: Lines of a table, and places in a list of countries or activities, that stand open on the page.
LINES, PLACES = 5, 4

Form = MultiDict[str, str]
Reader = Callable[[ProfileField, Form], Any]


def read_profile(profile: Profile, form: Form) -> tuple[dict[str, Any], list[FieldError]]:
    """Return what the form says, and what does not fit. A draft may leave anything out."""
    return read_fields((field for field in profile.fields if not field.asked_in), form)


def read_fields(fields: Iterable[ProfileField], form: Form) -> tuple[dict[str, Any], list[FieldError]]:
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for field in fields:
        try:
            value = _READERS.get(field.kind, _read_text)(field, form)
            if value not in (None, "", [], {}):
                profile_check(field)(value)
                values[field.id] = value
        except Mistyped as error:
            errors.append(FieldError(field.id, str(error)))
        except InvalidAnswer as error:
            errors.append(FieldError(field.id, _("This does not fit: %(what)s.", what=str(error))))
    return values, errors


def missing_fields(profile: Profile, values: Mapping[str, Any]) -> list[ProfileField]:
    """Required fields without a value: without them the portal cannot tell what applies."""
    return [field for field in profile.fields if field.required and not field.asked_in and field.id not in values]


def shown_profile(profile: Profile, values: Mapping[str, Any]) -> Form:
    """Return the form fields that show stored values; the inverse of `read_profile`."""
    form: Form = MultiDict()
    for field in profile.fields:
        if field.id in values:
            for name, text in _shown(field, values[field.id]):
                form.add(name, text)
    return form


def _shown(field: ProfileField, value: Any) -> list[tuple[str, str]]:
    if field.kind == "table":
        return [
            (
                f"{field.id}-{row.get(ROW, place)}-{column}",
                country_name(cell) if _is_country(field, column) else str(cell),
            )
            for place, row in enumerate(value)
            for column, cell in row.items()
            if column != ROW
        ]
    if isinstance(value, dict):
        return [(f"{field.id}-{part}", str(content)) for part, content in value.items()]
    if field.kind == "integers":
        return [(f"{field.id}-{next(iter(field.parts))}", str(value))]
    texts = [str(item) for item in value] if isinstance(value, list) else [str(value)]
    if field.kind in ("country", "countries"):
        texts = [country_name(code) for code in texts]
    return [(field.id, text) for text in texts]


def _is_country(field: ProfileField, column: str) -> bool:
    return any(item.id == column and item.kind == "country" for item in field.columns)


def _read_text(field: ProfileField, form: Form) -> str:
    return clean(form.get(field.id, ""), longest=1000)


def _read_list(field: ProfileField, form: Form) -> list[str]:
    return [text for text in dict.fromkeys(form.getlist(field.id)) if text]


def _read_country(field: ProfileField, form: Form) -> str | None:
    return country_code(form.get(field.id, ""))


def _read_countries(field: ProfileField, form: Form) -> list[str]:
    codes = (country_code(part) for text in form.getlist(field.id) for part in text.replace("،", ",").split(","))
    return list(dict.fromkeys(code for code in codes if code))


def _read_integer(field: ProfileField, form: Form) -> int | None:
    return whole(form.get(field.id, ""))


def _read_integers(field: ProfileField, form: Form) -> dict[str, int]:
    parts = {part: whole(form.get(f"{field.id}-{part}", "")) for part in field.parts}
    return {part: value for part, value in parts.items() if value is not None}


def _read_period(field: ProfileField, form: Form) -> dict[str, str]:
    days = {part: day(form.get(f"{field.id}-{part}", "")) for part in field.parts}
    if any(days.values()) and not all(days.values()):
        raise Mistyped(_("Enter both the first and the last day."))
    return {part: value.isoformat() for part, value in days.items() if value}


def _read_parts(field: ProfileField, form: Form) -> dict[str, str]:
    parts = {part: clean(form.get(f"{field.id}-{part}", ""), longest=300) for part in field.parts}
    return {part: value for part, value in parts.items() if value}


def _read_table(field: ProfileField, form: Form) -> list[dict[str, Any]]:
    lines = [row.id for row in field.rows] or [str(line) for line in range(100)]
    table = []
    for line in lines:
        row = {
            column.id: _read_cell(column, form.get(f"{field.id}-{line}-{column.id}", ""))
            for column in field.columns
            if column.kind != "calculate"
        }
        if filled := {key: value for key, value in row.items() if value not in (None, "")}:
            table.append(({ROW: line} if field.rows else {}) | filled)
    return table


def _read_cell(column: Column, text: str) -> Any:
    match column.kind:
        case "integer":
            return whole(text)
        case "number":
            return number(text)
        case "country":
            return country_code(text)
        case _:
            return clean(text, longest=300)


_READERS: Mapping[str, Reader] = {
    "country": _read_country,
    "countries": _read_countries,
    "integer": _read_integer,
    "integers": _read_integers,
    "isic": _read_list,
    "multi": _read_list,
    "period": _read_period,
    "signoff": _read_parts,
    "table": _read_table,
}


def whole(text: str) -> int | None:
    value = number(text)
    if isinstance(value, float) or (value is not None and not 0 <= value < 10**9):
        raise Mistyped(_("Enter a whole number, such as 40."))
    return value
