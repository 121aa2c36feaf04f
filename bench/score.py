"""Ten thousand submissions through `flask score --lines`, the whole process, against parsing the same lines as JSON."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

from portal.catalogue import load_catalogue
from portal.catalogue.definition import definition
from tests.domain.random_bundles import random_bundle

ROOT = Path(__file__).parents[1]
REFERENCE = "hrdd-short@2026.1"
BUNDLES = 10_000
#: Processor seconds the whole process may take, on one core.
LIMIT = 8.0
ROUNDS = 3
PARSE = "import json, sys\nfor line in sys.stdin.buffer:\n    json.dumps(json.loads(line))"


def main(rounds: int = ROUNDS) -> int:
    """Print seconds and limit; return 1 when over the limit."""
    bundles = BUNDLES if rounds > 2 else BUNDLES // 10
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder, "bundles.jsonl")
        lines.write_text("".join(example_lines(bundles)), encoding="utf-8")
        flask = [sys.executable, "-m", "flask", "--app", "wsgi", "score", "--lines", "-"]
        pairs = [(spent(flask, lines), spent([sys.executable, "-c", PARSE], lines)) for _ in range(min(rounds, ROUNDS))]
    seconds = statistics.median(mine for mine, _ in pairs)
    floor = statistics.median(least for _, least in pairs)
    print(f"score: {bundles:,} bundles in {seconds:.2f} s (limit {LIMIT:g} s for {BUNDLES:,}); ", end="")
    print(f"parsing alone {floor:.2f} s, ratio {seconds / floor:.1f}")
    return int(seconds > LIMIT)


def example_lines(count: int) -> list[str]:
    catalogue = load_catalogue(ROOT / "questionnaires")
    shape = json.loads(json.dumps(definition(catalogue.questionnaires[REFERENCE], catalogue)))
    random = Random(20261123)
    return [json.dumps(random_bundle(random, shape)) + "\n" for _ in range(count)]


def spent(command: list[str], lines: Path) -> float:
    """Return the processor seconds of the whole process, start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with lines.open("rb") as given:
        subprocess.run(command, stdin=given, stdout=subprocess.DEVNULL, cwd=ROOT, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
