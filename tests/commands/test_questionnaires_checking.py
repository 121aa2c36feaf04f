"""`flask questionnaires check`: what it finds beyond what does not load."""

from __future__ import annotations

import pytest

from tests.commands.running import change, run

ACT, COMMIT = "hrdd-short/2026.1/act.yaml", "hrdd-short/2026.1/commit.yaml"
RULES = "profile/2026.1/applicability.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (RULES, "${PRO-18} >= 1", "${PRO-18} < 0", "rules.has_suppliers: no company can meet this"),
        (RULES, "${PRO-18} >= 1", "${PRO-18} < 0", "HRS-KNO-02.applies: no company that gets this questionnaire"),
        (COMMIT, "      0: No.\n", "      0: Said aloud.\n", "HRS-COM-01.levels.1: level 1 says the same as level 0"),
    ],
)
def test_what_is_wrong_though_it_loads_ends_with_one(folder, file, old, new, said):
    if "levels" in said:
        text = (folder / COMMIT).read_text(encoding="utf-8")
        level = text.split("      1: ", 1)[1].split("\n", 1)[0]
        new = f"      0: {level}\n"
    change(folder / file, old, new)

    result = run("check")

    assert result.exit_code == 1
    assert said in result.output


def test_a_long_sentence_is_a_warning_with_its_line(folder):
    change(folder / ACT, "ask: Do you act on your worst risks?", f"ask: Do you {'act and ' * 15}act?")

    result = run("check", str(folder / "hrdd-short/2026.1"))

    assert "act.yaml:9: HRS-DO-01.ask: warning: a sentence of 33 words" in result.output
    assert run("check", "--strict", str(folder / "hrdd-short/2026.1")).exit_code == 1


def test_articles_nobody_cites_are_counted_or_named(folder):
    assert "articles; --all names them" in run("check").output
    assert "questionnaires/references.csv:2: UNGP-1: warning: no question cites it" in run("check", "--all").output


@pytest.mark.parametrize(
    "content", ["\0", "msgid", 'msgid "x"\nmsgstr "y"\n', 'msgctxt "a"\nmsgid "x"\nmsgstr "\u202e"\n']
)
def test_a_translation_that_cannot_be_read_is_a_fault(folder, content):
    po = folder / "hrdd-short/2026.1/translations/th.po"
    po.parent.mkdir(exist_ok=True)
    po.write_text(content, encoding="utf-8")

    result = run("check", str(folder / "hrdd-short/2026.1"))

    assert result.exit_code == 1
    assert "translations/th.po:" in result.output


def test_translations_behind_the_text_are_warnings(folder):
    po = folder / "hrdd-short/2026.1/translations/th.po"
    po.parent.mkdir(exist_ok=True)
    po.write_text('msgctxt "HRS-NO-99.ask"\nmsgid "x"\nmsgstr "y"\n', encoding="utf-8")

    result = run("check", str(folder / "hrdd-short/2026.1"))

    assert result.exit_code == 0
    assert "th.po:2: HRS-NO-99.ask: warning: translates a text that no longer exists" in result.output
    assert "th.po:1: title: warning: is not translated" in result.output
    assert "th.po:1: warning: 189 more of 199 texts are not translated" in result.output
