"""Question inputs as cached fragments: everything fixed is rendered once, a request only fills the holes.

Rendering sixty questions through Jinja costs twenty times what filling holes costs. The key is the questionnaire's
digest, the question, the language and the number of table rows; the cache can be thrown away at any time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from flask import render_template
from flask_babel import get_locale
from markupsafe import Markup, escape

from portal.domain.questionnaire import Question, Questionnaire, QuestionType
from portal.web import current

#: Private-use characters that enclose a hole's name while the fixed part is rendered.
_OPEN, _CLOSE = "\ue000", "\ue001"
_HOLE = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
#: Rows of a table question that stand on the page before any is filled.
ROWS = 5

#: Fixed text and hole names in turn: text, hole, text, hole, ..., text.
Fragment = tuple[str, ...]


def hole(name: str) -> Markup:
    return Markup(f"{_OPEN}{name}{_CLOSE}")  # noqa: S704 - constants and ids of our own, no text of people


def rendered(markup: str) -> Markup:
    """What one of our own templates made, to stand in another: it was escaped when it was made."""
    return Markup(markup)  # noqa: S704 - comes from render_template alone


def fragment_of(
    questionnaire: Questionnaire, question: Question, rows: int, groups: tuple[int, ...] = (), *, alone: bool = False
) -> Fragment:
    """Return the fixed parts of a question's inputs in the language of this request.

    Of the rows of a table the first stand ready, in `groups` of so many; their names are blocks. `alone` on its page, a
    question is the heading of it, and `value:numbered` says which of all questions it is.
    """
    language = str(get_locale() or "en")
    return _render(questionnaire.digest, question.id, language, rows, groups, alone, _Key(questionnaire, question))


def fill(fragment: Fragment, values: Mapping[str, list[str]], blocks: Mapping[str, str]) -> Markup:
    """Fill the holes: `checked:<field>=<value>` by whether it is chosen, `value:<field>` by the escaped text, and
    `block:<name>` by markup rendered for this request (errors, files)."""
    parts = list(fragment)
    for place in range(1, len(parts), 2):
        kind, _, name = parts[place].partition(":")
        parts[place] = _FILLERS[kind](name, values, blocks)
    return Markup("".join(parts))  # noqa: S704 - fixed parts were rendered with autoescape, values are escaped here


def _checked(name: str, values: Mapping[str, list[str]], _blocks: Mapping[str, str]) -> str:
    field, _, value = name.partition("=")
    return " checked" if value in values.get(field, ()) else ""


def _selected(name: str, values: Mapping[str, list[str]], _blocks: Mapping[str, str]) -> str:
    field, _, value = name.partition("=")
    return " selected" if value in values.get(field, ()) else ""


def _value(name: str, values: Mapping[str, list[str]], _blocks: Mapping[str, str]) -> str:
    return str(escape(next(iter(values.get(name, ())), "")))


def _block(name: str, _values: Mapping[str, list[str]], blocks: Mapping[str, str]) -> str:
    return blocks.get(name, "")


_FILLERS = {"checked": _checked, "selected": _selected, "value": _value, "block": _block}


class _Key:
    """Carries what is rendered past the cache key; another object may say the same in other words."""

    def __init__(self, questionnaire: Questionnaire, question: Question) -> None:
        self.question = question
        self.section = questionnaire.section_of[question.id]
        self.siblings = tuple(questionnaire.questions)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.question is self.question

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=4096)
def _render(
    digest: str, question_id: str, language: str, rows: int, groups: tuple[int, ...], alone: bool, what: _Key
) -> Fragment:
    question, section, known = what.question, what.section, current.catalogue().references
    html = render_template(
        "fields/question.html",
        question=question,
        section=section,
        number=section.questions.index(question) + 1,
        references=[known[code] for code in question.references if code in known],
        siblings=what.siblings,
        hole=hole,
        rows=range(rows) if question.type is QuestionType.TABLE else (),
        groups=groups,
        ready=sum(groups),
        language=language,
        alone=alone,
    )
    return tuple(_HOLE.split(html))
