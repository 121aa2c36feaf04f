"""What the fields of a question are called where two versions of a questionnaire are compared."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

#: First part of a path -> what the field is called. Where %(part)s stands, the next part of the path goes.
FIELDS: Mapping[str, object] = {
    "type": _l("Kind of question"),
    "ask": _l("Question"),
    "why": _l("Why we ask"),
    "weight": _l("Weight"),
    "stage": _l("Stage"),
    "flag": _l("Flag"),
    "applies": _l("Asked if"),
    "condition": _l("Rule of the profile"),
    "section": _l("Section"),
    "levels": _l("Level %(part)s"),
    "options": _l("Option “%(part)s”"),
    "columns": _l("Column “%(part)s”"),
    "rule": _l("Rule for level %(part)s"),
    "unit": _l("Unit"),
    "minimum": _l("Smallest number"),
    "maximum": _l("Largest number"),
    "counts_as": _l("What counts"),
    "evidence": _l("Evidence"),
    "evidence_exempt": _l("No evidence needed"),
    "references": _l("Articles"),
    "remedial": _l("If this is low"),
    "same_as": _l("Same question elsewhere"),
    "short": _l("The harm in a few words"),
    "title": _l("Title"),
    "short_title": _l("Short title"),
    "purpose": _l("Purpose"),
    "who": _l("Who answers"),
    "kind": _l("Group"),
    "profile": _l("Version of the profile"),
    "weakest_stage_cap": _l("Limit by the weakest stage"),
}
#: What inside an option or column changed.
INNER: Mapping[str, object] = {
    "label": _l("words"),
    "hint": _l("hint"),
    "level": _l("level"),
    "exclusive": _l("excludes the others"),
    "kind": _l("kind"),
    "required": _l("required"),
    "minimum": _l("smallest number"),
    "maximum": _l("largest number"),
    "options": _l("options"),
    "anchors": _l("meaning of the numbers"),
    "expression": _l("calculation"),
    "prefill": _l("how it starts"),
}


def field_words(path: str) -> str:
    """What a field is called, as precisely as words go; the path itself for a field nobody has named yet."""
    first, *rest = path.split(".")
    words = str(FIELDS.get(first, path)).replace("%(part)s", rest[0] if rest else "")
    return f"{words}: {INNER.get(rest[1], rest[1])}" if len(rest) > 1 else words
