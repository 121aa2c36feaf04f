"""No altered workbook does harm: each is read or refused, with the place at fault, within its time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from portal.services.workbook_changes import plan_changes
from portal.spreadsheets.intake import CHILD, RefusedWorkbook, sheets_in
from portal.spreadsheets.reading import read_answers, read_metadata
from portal.web.company.workbook_words import fault_words, refusal_words
from tests.spreadsheets.mutants import mutants
from tests.spreadsheets.trial import KEY, NOON, TRIAL

MEMORY_KILOBYTES, SECONDS = 256 * 1024, 2.0
#: Reasons that lie in the file as a whole; all others name a part, sheet or row.
WHOLE_FILE = {"not_a_workbook", "foreign", "layout"}
#: Loads the child once and runs it in a fork for every path it is told: the same code under the same limits.
MANY = """
import importlib.util, json, os, resource, sys, tempfile, time, warnings
from pathlib import Path
spec = importlib.util.spec_from_file_location("unpacker", sys.argv[1])
child = importlib.util.module_from_spec(spec); spec.loader.exec_module(child)
for line in sys.stdin:
    path = line.strip(); out = path + ".json"; began = time.monotonic()
    if not (pid := os.fork()):
        sys.argv[1] = path
        sys.stdout = open(out, "w"); sys.stderr = open(path + ".err", "w")
        try:
            child.main()
        finally:
            sys.stdout.flush(); sys.stderr.flush()
            import traceback
            if sys.exc_info()[0]: traceback.print_exc()
            sys.stderr.flush(); os._exit(0)
    _, status, used = os.wait4(pid, 0)
    print(json.dumps([status, used.ru_maxrss, used.ru_utime + used.ru_stime, time.monotonic() - began]), flush=True)
"""


@contextmanager
def many_children() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-I", "-c", MANY, str(CHILD)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env={"OPENPYXL_LXML": "False"}, **pipes) as process:
        yield process
        assert process.stdin
        process.stdin.close()


def try_out(count: int, folder: Path, *, seed: int) -> Counter[str]:
    """Read so many mutants as an upload is read, and return how often each thing came of it."""
    outcomes: Counter[str] = Counter()
    with many_children() as children:
        for name, content in mutants(count, seed=seed):
            path = folder / "mutant.xlsx"
            path.write_bytes(content)
            answer = ask(children, path, name)
            outcomes[outcome_of(answer, name)] += 1
    return outcomes


def ask(children: subprocess.Popen[str], path: Path, name: str) -> dict[str, Any]:
    assert children.stdin and children.stdout
    children.stdin.write(f"{path}\n")
    children.stdin.flush()
    _status, memory, processor, _clock = json.loads(children.stdout.readline())
    assert memory <= MEMORY_KILOBYTES, (name, memory)
    assert processor <= SECONDS + 0.2, (name, processor)
    assert path.with_name("mutant.xlsx.err").read_text() == "", name
    said = path.with_name("mutant.xlsx.json").read_text()
    answer: dict[str, Any] = json.loads(said) if said else {"refused": "too_complex", "place": ""}
    return answer


def outcome_of(answer: dict[str, Any], name: str) -> str:
    try:
        sheets = sheets_in(answer)
        reading = read_answers(sheets, TRIAL, read_metadata(sheets, KEY).words)
    except RefusedWorkbook as refusal:
        assert str(refusal_words(refusal))
        if refusal.code == "too_complex" and not refusal.place:
            return "out of time or memory"
        assert refusal.place or refusal.code in WHOLE_FILE, (name, refusal)
        return refusal.code
    plan = plan_changes(TRIAL, reading.answers, reading.faults, {}, {}, today=NOON.date())
    for fault in plan.faults:
        assert fault.sheet and fault.row and str(fault_words(fault)), (name, fault)
    return "with faults" if plan.faults else "read"


@pytest.fixture
def words() -> Iterator[None]:
    """Messages are said in the language of a request; here in English."""
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


@pytest.mark.usefixtures("words")
def test_two_hundred_mutants_do_no_harm(tmp_path: Path) -> None:
    outcomes = try_out(200, tmp_path, seed=1)

    assert len(outcomes) >= 8, outcomes
    assert outcomes["damaged"] > 20
    assert outcomes["declarations"] > 3
    assert outcomes["out of time or memory"] <= 2, "the limits come first and say where"


@pytest.mark.slow
@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("seed", range(2, 6))
def test_thousands_of_mutants_do_no_harm(tmp_path: Path, seed: int) -> None:
    outcomes = try_out(1250, tmp_path, seed=seed)

    assert sum(outcomes.values()) == 1250
    assert len(outcomes) >= 10, outcomes
    assert outcomes["out of time or memory"] <= 12, "the limits come first and say where"
