"""The form asks a company what the portal asks it: their conditions, worked out by another engine, agree."""

from __future__ import annotations

from random import Random

import pytest

from portal.domain.applicability import applicable_questions, rule_values
from portal.domain.expressions import parse, rule
from portal.domain.functions import truth as truth_of
from portal.domain.questionnaire import Questionnaire
from portal.xlsform import xlsform_workbook
from portal.xlsform.names import Kind, Written, name_of
from portal.xlsform.translate import translated
from tests.xlsform.companies import on_a_phone, random_profile
from tests.xlsform.forms import catalogue, profile, version
from tests.xlsform.test_export import converted
from tests.xlsform.xpath import Form

COMPANIES = 1000
QUESTIONNAIRES = sorted(catalogue().questionnaires)


@pytest.mark.parametrize("reference", QUESTIONNAIRES)
def test_forms_skip_the_questions_that_the_portal_skips(reference):
    found = version(reference)
    assert isinstance(found, Questionnaire)
    form = Form(converted(xlsform_workbook(found, catalogue())).xform)
    random = Random(reference)
    rules = {question.applies for question in found.questions}
    seen: dict[str, set[bool]] = {name: set() for name in rules}

    for _ in range(COMPANIES):
        values = random_profile(random, profile())
        held = rule_values(profile(), values, names=rules)
        instance = form.filled(*on_a_phone(values, profile(), form.names))
        shown = {rule: form.shown(instance, name) for rule, name in first_of_each_rule(found).items()}

        assert shown == {name: held[name] for name in rules}, values
        for name in rules:
            seen[name].add(held[name])

    assert all(outcomes == {True, False} for name, outcomes in seen.items() if name != "always"), seen


@pytest.mark.parametrize("reference", QUESTIONNAIRES)
def test_questions_of_the_same_rule_have_the_same_condition(reference):
    found = version(reference)
    assert isinstance(found, Questionnaire)
    form = Form(converted(xlsform_workbook(found, catalogue())).xform)
    first = first_of_each_rule(found)

    for question in found.questions:
        assert form.relevant.get(name_of(question.id)) == form.relevant.get(first[question.applies])


def first_of_each_rule(found: Questionnaire) -> dict[str, str]:
    first: dict[str, str] = {}
    for question in found.questions:
        first.setdefault(question.applies, name_of(question.id))
    return first


def test_all_rules_of_the_profile_are_told_apart_by_the_companies_made_up():
    """Otherwise the comparison above would prove little."""
    random = Random(1)
    asked = [rule_values(profile(), random_profile(random, profile())) for _ in range(COMPANIES)]

    same = [name for name in profile().rules if len({held[name] for held in asked}) < 2]
    assert same == ["always"]
    assert applicable_questions(version("hrdd-short@2026.1"), asked[0])


NAMES = {
    "A": Written("a", Kind.NUMBER),
    "B": Written("b", Kind.NUMBER),
    "T": Written("t", Kind.TEXT),
    "M": Written("m", Kind.SEVERAL),
    "R": Written("row[./n != '' or ./w != '']", Kind.ROWS),
    "R-n": Written("row/n[. != '']", Kind.COLUMN),
    "R-w": Written("row/w[. != '']", Kind.COLUMN),
}
EXPRESSIONS = (
    "${A} >= 1", "${A} = ${B}", "${A} != 0", "${A} + ${B} * 2 > 10", "(${A} + ${B}) * 2 > 10", "${A} - ${B} - 1 > 0",
    "${A} - (${B} - 1) > 0", "-${A} < 0", "${A} div ${B} > 1", "${A} mod 2 = 1", "${A} div 2 >= 1", "not(${A} > 1)",
    "${A} or ${B}", "${T} and ${A}", "not(${T})", "${T} = 'yes'", "${T} != 'no'", "'yes' = ${T}", "${T} = ''",
    "selected(${M}, 'x')", "count-selected(${M}) >= 2", "count(${M}) >= 2", "count(${T}) = 1", "count(${R}) >= 2",
    "count(${R-n}) = 1", "sum(${R-n}) > 3", "coalesce(sum(${R-n}), 0) < 3", "min(${R-n}) >= 2", "max(${R-n}) >= 2",
    "selected(join(' ', ${R-w}), 'x')", "selected(${R-w}, 'x')", "join('-', ${R-w}) = 'x-y'", "concat(${R-w}) = 'xy'",
    "max(${A}, ${B}) > 2", "min(${A}, ${B}, 5) < 2", "sum(${A}, ${B}) > 2", "coalesce(${A}, 3) = 3",
    "if(${A} > 1, ${T}, 'no') = 'no'", "if(${A}, true(), ${B} > 1)", "string-length(${T}) = 2", "number(${A}) = 2",
    "concat(${T}, ${A}) = 'yes2'", "${A} >= 1 or ${B} >= 1 and ${T} = 'yes'",
    "(${A} >= 1 or ${B} >= 1) and ${T} = 'yes'",
)  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_translated_expression_means_the_same(expression):
    parse(expression)
    written = translated(expression, NAMES)
    random = Random(expression)
    outcomes = set()
    for _ in range(200):
        a, b = (random.choice((None, 0, 1, 2, 3, 7)) for _ in "ab")
        t = random.choice((None, "", "yes", "no", "x"))
        m = random.choice(([], ["x"], ["y"], ["x", "y"]))
        cells = [(random.choice(("", 1, 2, 5)), random.choice(("", "x", "y"))) for _ in range(random.randint(0, 3))]
        rows = [{"n": n, "w": w} for n, w in cells if n != "" or w != ""]
        columns = {f"R-{key}": [row[key] for row in rows] for key in "nw"}
        ours = truth_of(rule(expression)({"A": a, "B": b, "T": t, "M": m, "R": rows} | columns, None))

        blank = "<d><a/><b/><t/><m/>" + "".join(f"<row><n>{n}</n><w>{w}</w></row>" for n, w in cells) + "</d>"
        theirs = evaluate(written, blank, {"a": a, "b": b, "t": t, "m": " ".join(m)})

        assert theirs == ours, (written, a, b, t, m, cells)
        outcomes.add(ours)
    assert outcomes == {True, False}


def evaluate(expression: str, blank: str, answers: dict[str, object]) -> bool:
    form = Form(EMPTY.replace("<d/>", blank))
    for name, value in answers.items():
        form.blank.find(name).text = "" if value is None else str(value)
    return bool(form.evaluate(f"boolean({expression})", form.blank))


EMPTY = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">'
    "<h:head><model><instance><d/></instance></model></h:head></h:html>"
)
