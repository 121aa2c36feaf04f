"""The loader: what it refuses, and how it says so; digests, the cache, and the JSON for others."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from portal.catalogue import Fault, InvalidCatalogue, definition, load_catalogue, load_version, publish
from portal.catalogue.published import AlreadyPublished
from portal.domain.questionnaire import MultiStep, NumberStep, RowCondition, TableStep

MAIN = """\
id: TST
slug: trial
version: "2026.1"
title: A trial
kind: sector
purpose: To try the loader.
who: A tester.
applies: always
profile: profile@2026.1
sections: [one]
"""
MATURITY = """\
id: ONE
title: One
weight: 100
questions:
  - id: TST-ONE-01
    type: maturity
    ask: Do you look?
    why: Looking helps.
    weight: 2
    stage: identify
    applies: has_suppliers
    levels:
      0: No.
      1: Now and then.
      2: Often.
      3: Always.
      4: As 3, with others.
    evidence: A note.
    references: [UNGP-17]
    remedial: Look.
"""
COMMON = """\
id: ONE
title: One
weight: 100
questions:
  - id: TST-ONE-01
    ask: What is it?
    why: It matters.
    weight: 1
    stage: act
    applies: always
    evidence: A note.
    references: [UNGP-17]
    remedial: Do it.
"""
INCIDENT = COMMON + "    type: incident\n    flag: red_flag\n    short: Harm\n    counts_as: Any harm.\n"
MULTI = (
    COMMON
    + """\
    type: multi
    options:
      - {id: a, label: A}
      - {id: b, label: B}
      - {id: none, label: None, exclusive: yes}
    rule:
      - {level: 4, at_least: 2, all_of: [a]}
      - {level: 1, at_least: 1}
"""
)
NUMBER = (
    COMMON
    + """\
    type: number
    unit: percent
    minimum: 0
    maximum: 100
    options:
      - {id: not_known, label: Not known, level: 0}
    rule:
      - {level: 4, at_least: 90}
      - {level: 2, at_least: 0.5}
"""
)
YESNO = (
    COMMON
    + """\
    type: yesno
    options:
      - {id: yes, label: Yes, level: 4}
      - {id: no, label: No, level: 0}
"""
)
TABLE = (
    COMMON
    + """\
    type: table
    columns:
      - {id: item, label: Item, kind: text}
      - id: payer
        label: Payer
        kind: choice
        options: [{id: us, label: We}, {id: worker, label: The worker}]
      - {id: rate, label: Rate, kind: integer, minimum: 1, maximum: 2, anchors: {1: Low, 2: High}}
      - {id: twice, label: Twice, kind: calculate, expression: "${TST-ONE-01-rate} * 2"}
    rule:
      - level: 4
        rows:
          - {at_least: 3}
          - {complete: no, where: {payer: [worker]}, at_most: 0}
      - level: 1
        rows: [{complete: no, filled: [item], at_least: 1}]
"""
)


REFERENCES = """\
scheme,code,title,topic,url,verified,source
UNGP,UNGP-17,Human rights due diligence,Process,https://example.org/ungp,yes,
UNGP,UNGP-18,Identify and assess,Process,,no,"seen, but not checked"
"""
PROFILE = """\
slug: profile
version: "2026.1"
title: A profile
groups:
  - id: company
    title: Your company
    fields:
      - {id: PRO-06, kind: isic, ask: What do you do?}
      - id: PRO-12
        kind: table
        ask: Who came?
        columns:
          - {id: origin, label: From, kind: country}
          - {id: destination, label: To, kind: country}
          - id: channel
            label: How
            kind: choice
            options: [{id: direct, label: Directly}, {id: recruiter, label: By a recruiter}]
          - {id: crossing, label: Crosses, kind: calculate, expression: "${PRO-12-origin} != ${PRO-12-destination}"}
      - id: PRO-14
        kind: integers
        ask: How many recruiters?
        parts: {here: Here, there: There}
      - {id: PRO-18, kind: integer, ask: How many suppliers?, minimum: 0}
      - id: PRO-22
        kind: multi
        ask: Which vessels?
        options: [{id: fishing, label: Fishing}, {id: none, label: None, exclusive: yes}]
screening:
  - id: TST-PRE-01
    kind: yesno
    ask: Do you try?
    options: [{id: yes, label: Yes}, {id: no, label: No}]
    asked_in: TST
"""
APPLICABILITY = """\
rules:
  always:
    label: Every company
    expression: true()
  has_suppliers:
    label: You have suppliers
    expression: ${PRO-18} >= 1
  vessels:
    label: You fish
    expression: selected(${PRO-22}, 'fishing') or ${TST-PRE-01} = 'yes'
  recruiters:
    label: You use recruiters
    expression: ${PRO-14-here} >= 1 or selected(join(' ', ${PRO-12-channel}), 'recruiter')
  builds:
    label: You build
    expression: selected(${PRO-06}, 'F') or selected(${PRO-06}, '41')
questionnaires:
  - {id: TST, title: A trial, rule: always, because: We try}
  - {id: OTH, title: Another, expression: "${PRO-18} >= 9", because: We buy much, one_of: trials}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small sound collection."""
    collection = tmp_path / "questionnaires"
    for name, content in {
        "references.csv": REFERENCES,
        "profile/2026.1/profile.yaml": PROFILE,
        "profile/2026.1/applicability.yaml": APPLICABILITY,
        "trial/2026.1/questionnaire.yaml": MAIN,
        "trial/2026.1/one.yaml": MATURITY,
    }.items():
        write(collection, name, content)
    return collection


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def faults(folder: Path) -> list[Fault]:
    with pytest.raises(InvalidCatalogue) as refused:
        load_catalogue(folder)
    return refused.value.faults


def said(folder: Path) -> list[str]:
    """Every fault as people read it, with the path shortened to the file's name."""
    return [f"{Path(fault.file).name}:{fault.line}: {fault.where}: {fault.what}" for fault in faults(folder)]


def test_a_sound_collection_loads(folder):
    catalogue = load_catalogue(folder)

    assert list(catalogue.questionnaires) == ["trial@2026.1"]
    assert catalogue.questionnaires["trial@2026.1"].by_id["TST-ONE-01"].levels[4] == "As 3, with others."


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (MULTI, (MultiStep(4, 2, ("a",)), MultiStep(1, 1))),
        (NUMBER, (NumberStep(4, 90), NumberStep(2, 0.5))),
        (
            TABLE,
            (
                TableStep(4, (RowCondition(at_least=3), RowCondition(False, {"payer": ("worker",)}, (), 0, 0))),
                TableStep(1, (RowCondition(False, {}, ("item",), 1),)),
            ),
        ),
        (YESNO, ()),
        (INCIDENT, ()),
    ],
    ids=["multi", "number", "table", "yesno", "incident"],
)
def test_every_type_can_be_written(folder, source, rule):
    write(folder, "trial/2026.1/one.yaml", source)

    catalogue = load_catalogue(folder)

    question = catalogue.questionnaires["trial@2026.1"].by_id["TST-ONE-01"]
    assert question.rule == rule
    shown = definition(catalogue.questionnaires["trial@2026.1"], catalogue)["sections"][0]["questions"][0]
    assert shown["id"] == "TST-ONE-01"
    assert json.loads(json.dumps(shown)) == shown


# What an author may get wrong: the text replaced in a sound section, its replacement, and the one fault expected.
MISTAKES = {
    "unknown key": (MATURITY, "weight: 2", "weight: 2\n    flags: critical",
                    "one.yaml:10: TST-ONE-01.flags: is not a key here; did you mean flag?"),
    "missing key": (MATURITY, "    remedial: Look.\n", "", "one.yaml:5: TST-ONE-01: needs the key remedial"),
    "empty text": (MATURITY, "ask: Do you look?", 'ask: ""', "one.yaml:7: TST-ONE-01.ask: must not be empty"),
    "list for text": (MATURITY, "ask: Do you look?", "ask: [a]", "one.yaml:7: TST-ONE-01.ask: must be text"),
    "weight": (MATURITY, "weight: 2", "weight: 5",
               "one.yaml:9: TST-ONE-01.weight: must be a whole number from 1 to 3, is 5"),
    "weight in words": (MATURITY, "weight: 2", "weight: two",
                        "one.yaml:9: TST-ONE-01.weight: must be a number, is 'two'"),
    "stage": (MATURITY, "stage: identify", "stage: identfy",
              "one.yaml:10: TST-ONE-01.stage: 'identfy' is not known; did you mean identify?"),
    "rule name": (MATURITY, "applies: has_suppliers", "applies: has_supplier",
                  "one.yaml:11: TST-ONE-01.applies: 'has_supplier' is not known; did you mean has_suppliers?"),
    "type": (MATURITY, "type: maturity", "type: scale", "one.yaml:6: TST-ONE-01.type: 'scale' is not known; "
             "one of: maturity, incident, yesno, choice, multi, number, table"),
    "four levels": (MATURITY, "      4: As 3, with others.\n", "",
                    "one.yaml:12: TST-ONE-01.levels: must have the five levels 0, 1, 2, 3, 4, in this order"),
    "level order": (MATURITY, "4: As 3", "4: As 4",
                    "one.yaml:12: TST-ONE-01.levels: level 4 cannot build on level 4"),
    "reference": (MATURITY, "[UNGP-17]", "[UNGP-17, UNGP-99]",
                  "one.yaml:19: TST-ONE-01.references: 'UNGP-99' is not in references.csv"),
    "id of another section": (MATURITY, "id: TST-ONE-01", "id: TST-TWO-01", "one.yaml:5: TST-TWO-01.id: must begin "
                              "with TST-ONE-, the ids of the questionnaire and the section"),
    "shape of an id": (MATURITY, "id: TST-ONE-01", "id: TST-ONE-1",
                       "one.yaml:5: TST-ONE-1.id: must be such as HRC-GOV-01, is 'TST-ONE-1'"),
    "red flag": (MATURITY, "stage: identify", "flag: red_flag\n    stage: identify", "one.yaml:10: TST-ONE-01.flag: "
                 "an incident question must have the flag red_flag, and no other question may have it"),
    "incident without a flag": (INCIDENT, "    flag: red_flag\n", "", "one.yaml:5: TST-ONE-01.flag: "
                                "an incident question must have the flag red_flag, and no other question may have it"),
    "incident exempt": (INCIDENT, "evidence: A note.", "evidence_exempt: yes", "one.yaml:11: "
                        "TST-ONE-01.evidence_exempt: an incident question always needs proof of the check or the "
                        "remedy"),
    "no evidence": (MATURITY, "    evidence: A note.\n", "",
                    "one.yaml:5: TST-ONE-01: needs the key evidence, or evidence_exempt: yes"),
    "cross-reference": (MATURITY, "ask: Do you look?", "ask: Do you look? (HRC-GOV-01)", "one.yaml:7: TST-ONE-01.ask: "
                        "names 'HRC-GOV-01'; write out what is meant, and put ids into same_as"),
    "as elsewhere": (INCIDENT, "counts_as: Any harm.", "counts_as: as HRC-ACT-11.", "one.yaml:17: "
                     "TST-ONE-01.counts_as: names 'HRC-ACT-11'; write out what is meant, and put ids into same_as"),
    "level in words": (MATURITY, "1: Now and then.", "1: Maps to ERE-FEE-05", "one.yaml:14: TST-ONE-01.levels.1: "
                       "names 'ERE-FEE-05'; write out what is meant, and put ids into same_as"),
    "same as itself": (MATURITY, "    remedial:", "    same_as: [TST-ONE-01]\n    remedial:",
                       "one.yaml:20: TST-ONE-01.same_as: 'TST-ONE-01' is in the same questionnaire"),
    "option": (MULTI, "all_of: [a]", "all_of: [c]", "one.yaml:20: TST-ONE-01.rule 1.all_of: "
               "'c' is not one of the options"),
    "two alike": (MULTI, "{id: b,", "{id: a,",
                  "one.yaml:17: TST-ONE-01.a.id: option 'a' is there already, on line 16"),
    "steps": (MULTI, "level: 1,", "level: 4,",
              "one.yaml:21: TST-ONE-01.rule 2.level: must come in descending order, each level once"),
    "thresholds": (NUMBER, "at_least: 0.5", "at_least: 95",
                   "one.yaml:20: TST-ONE-01.rule: level 2 must need less than level 4"),
    "option without level": (YESNO, ", level: 4", "", "one.yaml:16: TST-ONE-01.yes: needs the key level"),
    "column": (TABLE, "filled: [item]", "filled: [things]",
               "one.yaml:29: TST-ONE-01.rule 2.rows 1.filled: 'things' is not a column"),
    "value of a column": (TABLE, "[worker]", "[workers]", "one.yaml:27: TST-ONE-01.rule 1.rows 2.where.payer: "
                          "'workers' is not one of the options of this column"),
    "unknown column to group by": (TABLE, "{at_least: 3}", "{at_least: 3, each: [place]}",
                 "one.yaml:26: TST-ONE-01.rule 1.rows 1.each: 'place' is not a column"),
    "threshold by no rule": (NUMBER, "at_least: 90}", "at_least: 90, instead: {few: 100}}",
                             "one.yaml:21: TST-ONE-01.rule 1.instead.few: is not a rule of the profile"),
    "threshold of a rule": (NUMBER, "at_least: 0.5}", "at_least: 0.5, instead: {has_suppliers: 95}}",
                            "one.yaml:20: TST-ONE-01.rule: level 2 must need less than level 4"),
    "prefill by nothing": (TABLE, "{id: item, ", "{id: item, prefill: PRO-12-place, ", "one.yaml:16: TST-ONE-01.item."
                           "prefill: 'PRO-12-place' must be options, or a column of a table of the profile"),
    "prefill without options": (TABLE, "{id: item, ", "{id: item, prefill: options, ",
                                "one.yaml:16: TST-ONE-01.item.prefill: needs options to begin with"),
    "no count": (TABLE, "{at_least: 3}", "{complete: yes}",
                 "one.yaml:26: TST-ONE-01.rule 1.rows 1: needs at_least, at_most or covers"),
    "formula": (TABLE, "* 2", "* * 2",
                "one.yaml:22: TST-ONE-01.twice.expression: unexpected '*' (at character 22)"),
    "formula over nothing": (TABLE, "01-rate}", "01-rte}", "one.yaml:22: TST-ONE-01.twice.expression: "
                             "${TST-ONE-01-rte} is not a field; did you mean ${TST-ONE-01-rate}?"),
    "anchors": (TABLE, ", 2: High", "", "one.yaml:21: TST-ONE-01.rate.anchors: "
                "must say what each of 1, 2 means, in this order"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "old", "new", "fault"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_line(folder, source, old, new, fault):
    assert old in source
    write(folder, "trial/2026.1/one.yaml", source.replace(old, new, 1))

    assert said(folder) == [fault]


RULES = "profile/2026.1/applicability.yaml"
FIELDS = "profile/2026.1/profile.yaml"
MISTAKES_ELSEWHERE = {
    "section weights": ("trial/2026.1/one.yaml", "weight: 100", "weight: 90", "questionnaire.yaml:10: sections: "
                        "the weights of the sections must add up to 100, not 90"),
    "forgotten section": ("trial/2026.1/questionnaire.yaml", "sections: [one]", "sections: [one, two]",
                          "two.yaml:1: : cannot be read: No such file or directory"),
    "version": ("trial/2026.1/questionnaire.yaml", '"2026.1"', '"2026.2"', "questionnaire.yaml:3: version: "
                "must be the name of the folder, '2026.1', is '2026.2'"),
    "profile": ("trial/2026.1/questionnaire.yaml", "profile@2026.1", "profile@2025.1",
                "questionnaire.yaml:9: profile: there is no profile@2025.1"),
    "unknown field": (RULES, "${PRO-18} >= 1", "${PRO-81} >= 1", "applicability.yaml:7: rules.has_suppliers."
                      "expression: ${PRO-81} is not a field; did you mean ${PRO-18}?"),
    "unknown part": (RULES, "${PRO-14-here}", "${PRO-14-hear}", "applicability.yaml:13: rules.recruiters."
                     "expression: ${PRO-14-hear} is not a field; did you mean ${PRO-14-here}?"),
    "unknown option": (RULES, "'fishing'", "'trawling'", "applicability.yaml:10: rules.vessels.expression: "
                       "'trawling' is not an option of ${PRO-22}"),
    "option of a column": (RULES, "'recruiter'", "'broker'", "applicability.yaml:13: rules.recruiters.expression: "
                           "'broker' is not an option of ${PRO-12-channel}"),
    "answer of a yes/no field": (RULES, "= 'yes'", "= 'ja'", "applicability.yaml:10: rules.vessels.expression: "
                                 "'ja' is not an option of ${TST-PRE-01}"),
    "activity": (RULES, "'41'", "'40'", "applicability.yaml:16: rules.builds.expression: "
                 "'40' is not an option of ${PRO-06}"),
    "syntax": (RULES, "${PRO-18} >= 1", "${PRO-18} > = 1", "applicability.yaml:7: rules.has_suppliers.expression: "
               "unexpected '=' (at character 13)"),
    "always": (RULES, "expression: true()", "expression: 1 = 1",
               "applicability.yaml:2: rules: needs the rule always with the expression true()"),
    "rule and expression": (RULES, "rule: always,", "rule: always, expression: true(),",
                            "applicability.yaml:18: TST: needs either rule or expression"),
    "field twice": (FIELDS, "      - {id: PRO-18", "      - {id: PRO-18, kind: date, ask: When?}\n      - {id: PRO-18",
                    "profile.yaml:25: PRO-18.id: field 'PRO-18' is there already, on line 24"),
    "kind": (FIELDS, "kind: isic", "kind: isik",
             "profile.yaml:8: PRO-06.kind: 'isik' is not known; did you mean isic?"),
    "formula of a column": (FIELDS, "${PRO-12-origin} !=", "${PRO-12-orign} !=", "profile.yaml:19: PRO-12.crossing."
                            "expression: ${PRO-12-orign} is not a field; did you mean ${PRO-12-origin}?"),
    "part": (FIELDS, "parts: {here: Here, there: There}", "parts: {here: Here, Not Here: There}",
             "profile.yaml:23: PRO-14.parts: 'Not Here' must be a word in lower case (letters, digits, _)"),
    "parts of a period": (FIELDS, "kind: isic,", "kind: period, parts: {end: End, start: Start},",
                          "profile.yaml:8: PRO-06.parts: must be start and end, in this order"),
    "nowhere asked": (FIELDS, "    asked_in: TST\n", "", "profile.yaml:30: TST-PRE-01: needs the key asked_in"),
    "references": ("references.csv", ",no,", ",maybe,",
                   "references.csv:3: UNGP-18: verified must be yes or no, is 'maybe'"),
    "code twice": ("references.csv", "UNGP,UNGP-18", "UNGP,UNGP-17", "references.csv:3: UNGP-17: is there twice"),
    "address": ("references.csv", "https://", "javascript://", "references.csv:2: UNGP-17: url must start with "
                "https://, is 'javascript://example.org/ungp'"),
    "short row": ("references.csv", "Process,,no", "Process,no", "references.csv:3: : must have 7 fields, has 6"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "fault"), MISTAKES_ELSEWHERE.values(), ids=MISTAKES_ELSEWHERE)
def test_a_mistake_in_another_file_is_named_with_its_line(folder, file, old, new, fault):
    source = (folder / file).read_text(encoding="utf-8")
    assert old in source
    write(folder, file, source.replace(old, new, 1))

    assert said(folder) == [fault]


HOSTILE = {
    "alias bomb": (b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1, "uses an anchor"),
    "alias": (b"a: 1\nb: *a\n", 2, "uses an alias"),
    "python object": (b"id: TST\nrun: !!python/object/apply:os.system [ls]\n", 2, "uses a tag"),
    "local tag": (b"id: !secret x\n", 1, "uses a tag"),
    "duplicate key": (b"id: TST\nslug: trial\nid: TSX\n", 3, "says 'id' twice; the first is on line 1"),
    "deep brackets": (b"id: " + b"[" * 5000, 1, "nested more than 20 deep"),
    "deep blocks": (b"".join(b" " * depth + b"a:\n" for depth in range(600)), 21, "nested more than 20 deep"),
    "deep dashes": (b"- " * 5000 + b"x", 1, "nested more than 20 deep"),
    "three megabytes": (b"# " + b"x" * 3_000_000, 1, "is larger than"),
    "many values": (b"a:\n" + b"- b\n" * 60_000, 9_999, "holds more than 10,000 values"),
    "one long word": (b"id: " + b"x " * 100_000, 1, ""),
    "blank lines": (b"\n" * 200_000, 1, "is empty"),
    "NUL": (b"id: TST\nslug: tri\x00al\n", 2, "holds a NUL character"),
    "not UTF-8": (b"id: TST\nslug: tri\xe9l\n", 2, "is not UTF-8 text"),
    "UTF-16": ("id: TST\n".encode("utf-16"), 1, "is not UTF-8 text"),
    "half a character": (b'id: "\\ud800"\n', 1, "is not valid YAML"),
    "text turned around": ("id: \u202etxet\n".encode(), 1, "holds a character that does not belong in text"),
    "impossible escape": (b'id: "\\UFFFFFFFF"\n', 1, "is not valid YAML"),
    "wrong directive": (b"%YAML 1.99999999999999999999\n---\na\n", 1, "is not valid YAML"),
    "two documents": (b"id: TST\n---\nid: TSX\n", 2, "holds a second document"),
    "merge key": (b"<<: {id: TST}\n", 1, "is not a key here"),
    "list": (b"- id: TST\n", 1, "must be a mapping of keys to values"),
    "word": (b"hello\n", 1, "must be a mapping of keys to values"),
    "key without a name": (b"? [a]\n: b\n", 1, "has a key that is not a word"),
    "nothing": (b"", 1, "is empty"),
    "tabs": (b"id:\n\t- TST\n", 2, "is not valid YAML"),
}


@pytest.mark.parametrize(("content", "line", "what"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_a_fault_within_two_seconds(folder, content, line, what):
    path = write(folder, "trial/2026.1/questionnaire.yaml", content)
    started = time.process_time()

    found = faults(folder)

    assert time.process_time() - started < 2
    assert (line, True) in [(fault.line, what in fault.what) for fault in found if Path(fault.file).name == path.name]


@pytest.mark.parametrize("name", ["questionnaire.yaml", "one.yaml"])
def test_a_link_is_refused(folder, name):
    path = folder / "trial/2026.1" / name
    elsewhere = path.rename(folder / "elsewhere.yaml")
    path.symlink_to(elsewhere)

    assert f"{name}:1: : is a link; put the file itself here" in said(folder)


def test_a_linked_folder_is_refused(folder):
    (folder / "trial/2026.2").symlink_to(folder / "trial/2026.1")

    assert said(folder) == ["2026.2:1: : is a link; put the folder itself here"]


def test_a_pipe_does_not_hold_up_the_start(folder):
    path = folder / "trial/2026.1/one.yaml"
    path.unlink()
    os.mkfifo(path)

    assert said(folder) == ["one.yaml:1: : is not a plain file"]


def test_every_fault_of_every_version_is_gathered(folder):
    write(folder, "trial/2026.1/one.yaml", MATURITY.replace("weight: 2", "weight: 7").replace("act", "acting"))
    write(folder, "other/2026.1/questionnaire.yaml", "id: &x OTH\n")
    write(folder, "empty/2026.1/notes.txt", "")
    write(folder, "references.csv", "code\n")
    write(folder, "PUBLISHED.toml", '"gone@2020.1" = "sha256:' + "0" * 64 + '"\n"odd@2020.1" = "x"\n')

    found = said(folder)

    for beginning in (
        "2026.1:1: : must hold either", "questionnaire.yaml:1: : uses an anchor", "one.yaml:9: TST-ONE-01.weight",
        "one.yaml:19: TST-ONE-01.references", "references.csv:1: : must have the columns",
        "PUBLISHED.toml:1: gone@2020.1: is published, but there is no such folder", "PUBLISHED.toml:2: odd@2020.1",
    ):  # fmt: skip
        assert any(fault.startswith(beginning) for fault in found), (beginning, found)


def test_a_file_nobody_named_is_a_fault(folder):
    write(folder, "trial/2026.1/two.yaml", MATURITY)

    assert said(folder) == [
        "questionnaire.yaml:10: sections: does not name the file two.yaml, which is in the folder"
    ]  # fmt: skip


def test_an_id_used_twice_is_a_fault_that_names_the_first(folder):
    question = MATURITY.partition("questions:\n")[2]
    write(folder, "trial/2026.1/one.yaml", MATURITY + question)

    assert said(folder) == ["one.yaml:21: TST-ONE-01.id: is there already, in one.yaml:5"]


def test_two_questionnaires_cannot_share_an_id(folder):
    write(folder, "trial-again/2026.1/questionnaire.yaml", MAIN.replace("slug: trial", "slug: trial-again"))
    write(folder, "trial-again/2026.1/one.yaml", MATURITY)

    assert said(folder) == ["questionnaire.yaml:1: id: 'TST' is the id of 'trial' already"]


def test_a_fault_cannot_rewrite_the_terminal(folder):
    write(folder, "trial/2026.1/one.yaml", MATURITY.replace("stage: identify", 'stage: "a\\nb"'))

    assert all(fault.what.isprintable() for fault in faults(folder))


SAME_MEANING = {
    "a comment": ("stage: identify", "stage: identify  # where it belongs"),
    "quotes": ("ask: Do you look?", 'ask: "Do you look?"'),
    "folding": ("ask: Do you look?", "ask: >-\n      Do you\n      look?"),
    "order of keys": (
        "    weight: 2\n    stage: identify\n    applies: has_suppliers\n",
        "    applies: has_suppliers\n    stage: identify\n    weight: 2\n",
    ),
    "another way to write a list": ("references: [UNGP-17]", "references:\n      - UNGP-17"),
    "line ends": ("\n", "\r\n"),
    "a default written out": ("evidence: A note.", "evidence: A note.\n    evidence_exempt: no"),
}


@pytest.mark.parametrize(("old", "new"), SAME_MEANING.values(), ids=SAME_MEANING)
def test_layout_does_not_change_the_digest(folder, old, new):
    before = load_catalogue(folder).questionnaires["trial@2026.1"].digest
    assert old in MATURITY
    write(folder, "trial/2026.1/one.yaml", MATURITY.replace(old, new))

    assert load_catalogue(folder).questionnaires["trial@2026.1"].digest == before


def test_the_name_of_a_section_file_does_not_change_the_digest(folder):
    before = load_catalogue(folder).questionnaires["trial@2026.1"].digest
    (folder / "trial/2026.1/one.yaml").rename(folder / "trial/2026.1/first.yaml")
    write(folder, "trial/2026.1/questionnaire.yaml", MAIN.replace("[one]", "[first]"))

    assert load_catalogue(folder).questionnaires["trial@2026.1"].digest == before


OTHER_MEANING = {
    "a word": ("Do you look?", "Do you look!"),
    "a label of a level": ("2: Often.", "2: Frequently."),
    "a weight": ("weight: 2", "weight: 3"),
    "a rule": ("applies: has_suppliers", "applies: always"),
    "a reference": ("[UNGP-17]", "[UNGP-18]"),
    "a flag": ("weight: 2", "weight: 2\n    flag: critical"),
    "a hint for evidence": ("evidence: A note.", "evidence_exempt: yes"),
}


@pytest.mark.parametrize(("old", "new"), OTHER_MEANING.values(), ids=OTHER_MEANING)
def test_any_change_of_meaning_changes_the_digest(folder, old, new):
    before = load_catalogue(folder).questionnaires["trial@2026.1"].digest
    assert old in MATURITY
    write(folder, "trial/2026.1/one.yaml", MATURITY.replace(old, new))

    assert load_catalogue(folder).questionnaires["trial@2026.1"].digest != before


def test_a_published_version_that_changed_is_refused(folder):
    digest = load_catalogue(folder).questionnaires["trial@2026.1"].digest
    assert publish(folder, "trial@2026.1", digest)
    assert load_catalogue(folder).published == {"trial@2026.1"}

    write(folder, "trial/2026.1/one.yaml", MATURITY.replace("Do you look?", "Do you see?"))

    [fault] = said(folder)
    assert fault.startswith("PUBLISHED.toml:1: trial@2026.1: has changed since it was published")


def test_publishing_twice_adds_one_line_and_another_digest_is_refused(folder):
    digest = load_catalogue(folder).questionnaires["trial@2026.1"].digest
    assert publish(folder, "trial@2026.1", digest)
    assert not publish(folder, "trial@2026.1", digest)
    with pytest.raises(AlreadyPublished):
        publish(folder, "trial@2026.1", "sha256:" + "0" * 64)

    assert (folder / "PUBLISHED.toml").read_text() == f'"trial@2026.1" = "{digest}"\n'


def test_a_published_questionnaire_of_nobody_is_a_fault_and_a_draft_is_none(folder):
    source = (folder / RULES).read_text(encoding="utf-8")
    write(folder, RULES, source.replace("{id: TST,", "{id: XXX,"))
    version = load_catalogue(folder).questionnaires["trial@2026.1"]

    publish(folder, version.reference, version.digest)

    missing = "'TST' is missing under questionnaires in applicability.yaml of profile@2026.1"
    assert said(folder) == [f"questionnaire.yaml:1: id: {missing}"]


def test_a_list_of_published_versions_that_is_not_toml_is_a_fault(folder):
    write(folder, "PUBLISHED.toml", "# versions\n= 3\n")

    assert said(folder) == ["PUBLISHED.toml:2: : is not valid TOML: Invalid statement"]


def test_a_draft_elsewhere_is_read_against_the_installed_profile(folder, tmp_path_factory):
    drafts = tmp_path_factory.mktemp("drafts")
    shutil.move(folder / "trial", drafts / "trial")

    assert load_version(drafts / "trial/2026.1", load_catalogue(folder)).reference == "trial@2026.1"


def test_a_folder_without_a_version_is_a_fault(folder):
    catalogue = load_catalogue(folder)

    with pytest.raises(InvalidCatalogue, match="holds neither"):
        load_version(folder / "trial", catalogue)


def test_the_definition_of_a_table_leaves_nothing_to_guess(folder):
    write(folder, "trial/2026.1/one.yaml", TABLE)
    catalogue = load_catalogue(folder)

    question = definition(catalogue.questionnaires["trial@2026.1"], catalogue)["sections"][0]["questions"][0]

    assert question["rule"][0] == {
        "level": 4,
        "rows": [
            {"complete": True, "where": {}, "filled": [], "at_least": 3, "at_most": None, "each": [], "covers": {}},
            {
                "complete": False,
                "where": {"payer": ["worker"]},
                "filled": [],
                "at_least": 0,
                "at_most": 0,
                "each": [],
                "covers": {},
            },
        ],
    }
    assert [column["id"] for column in question["columns"]] == ["item", "payer", "rate", "twice"]
