"""`flask score`: scorecards out, or one line that names what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portal.catalogue import definition
from portal.commands.score import score
from portal.domain.questionnaire import Catalogue
from tests.domain import independent
from tests.domain.random_bundles import random_bundle

ROOT = Path(__file__).parents[2]
SHORT_FORM = "hrdd-short@2026.1"
SMALLEST = {"format": "submission/1", "questionnaire": SHORT_FORM, "as_of": "2026-11-23"}
KEYS = (
    "format questionnaire digest score band raw declared caps sections stages red_flags questions coverage top_actions"
)


@pytest.fixture(scope="session")
def published(catalogue: Catalogue) -> Any:
    return json.loads(json.dumps(definition(catalogue.questionnaires[SHORT_FORM], catalogue)))


def run(*arguments: str, given: bytes | str | None = None) -> Result:
    return CliRunner().invoke(score, list(arguments), input=given)


def test_a_bundle_in_a_file_gives_its_scorecard(tmp_path: Path, published: Any) -> None:
    bundle = random_bundle(Random(1), published)
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(bundle), "utf-8")

    result = run(str(file))

    assert result.exit_code == 0
    assert json.loads(result.stdout) == independent.scorecard(bundle, published)
    assert list(json.loads(result.stdout)) == KEYS.split()


@pytest.mark.parametrize("arguments", [(), ("-",)], ids=["nothing", "dash"])
def test_a_bundle_is_read_from_standard_input(arguments: tuple[str, ...]) -> None:
    result = run(*arguments, given=json.dumps(SMALLEST))

    assert result.exit_code == 0
    assert json.loads(result.stdout)["band"] == "Not started"


def test_each_line_gives_a_scorecard_on_one_line(published: Any) -> None:
    bundles = [random_bundle(Random(seed), published) for seed in range(20)]
    lines = "\r\n\n".join(map(json.dumps, bundles)) + "\n"

    result = run("--lines", given=lines)

    assert result.exit_code == 0
    expected = [independent.scorecard(bundle, published) for bundle in bundles]
    assert [json.loads(line) for line in result.stdout.splitlines()] == expected


def test_no_lines_are_no_scorecards() -> None:
    result = run("--lines", given="")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


REFUSED = {
    "empty": (b"", "line 1 column 1: not JSON"),
    "not json": (b"{'format': 1}", "line 1 column 2: not JSON"),
    "not utf-8": ('{"format": "é"}'.encode("latin-1"), "byte 13: not UTF-8"),
    "utf-16": (json.dumps(SMALLEST).encode("utf-16"), "byte 1: not UTF-8"),
    "not an object": (b"[]", "bundle: must be an object"),
    "deep": (b'{"profile":' * 50_000, "JSON: nested more than 20 levels deep"),
    "deep lists": (b"[" * 50_000 + b"]" * 50_000, "JSON: nested more than 20 levels deep"),
    "huge number": (b'{"as_of": ' + b"9" * 100_000 + b"}", "the number is too large"),
    "infinite": (b'{"as_of": 1e999}', '"1e999": the number is too large'),
    "nan": (b'{"as_of": NaN}', "NaN: not a number that JSON knows"),
    "twice": (b'{"as_of": 1, "as_of": 1}', '"as_of": appears twice'),
    "nothing said": (b"{}", "format: is missing"),
    "unknown key": (json.dumps(SMALLEST | {"extra\n": 1}).encode(), '"extra\\n": unknown key'),
    "value": (
        json.dumps(SMALLEST | {"answers": {"HRS-DO-02": {"value": "open"}}}).encode(),
        'answers.HRS-DO-02.value: "open" is not one of the options',
    ),
}


@pytest.mark.parametrize(("given", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_bundle_ends_with_one_line_that_names_the_key(given: bytes, words: str) -> None:
    result = run(given=given)

    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert len(result.stderr) < 300


def test_a_bad_line_is_named_by_its_number() -> None:
    bad = SMALLEST | {"answers": {"HRS-COM-01": {"value": 9}}}

    result = run("--lines", given="\n".join(map(json.dumps, [SMALLEST, SMALLEST, bad, SMALLEST])))

    assert result.exit_code == 2
    assert result.stderr == "line 3: answers.HRS-COM-01.value: 9 is not a level from 0 to 4\n"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for file in (tmp_path / "missing.json", tmp_path):
        result = run(str(file))

        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"{file}: ")
        assert result.stderr.count("\n") == 1


def test_the_score_depends_on_no_process_locale_or_hash_seed(tmp_path: Path, published: Any) -> None:
    file = tmp_path / "bundles.jsonl"
    bundles = [random_bundle(Random(seed), published) for seed in range(50)]
    file.write_text("".join(json.dumps(bundle) + "\n" for bundle in bundles), "utf-8")
    program = [sys.executable, "-c", "from portal.commands.score import score; score()", "--lines", str(file)]

    written = {
        subprocess.run(
            program,
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for seed, locale, zone in (("0", "C", "UTC"), ("1", "C.UTF-8", "Asia/Bangkok"), ("4242", "tr_TR", "US/Hawaii"))
    }

    assert len(written) == 1
    assert written.pop().count(b"\n") == 50
