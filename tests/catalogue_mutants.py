"""Thousands of slightly broken questionnaire files: python -m tests.catalogue_mutants [COUNT] [SEED]

Each is checked in this process. Counted are exceptions, faults without a place, slow answers and memory; the folder is
compared afterwards, because nothing may be stored.
"""

from __future__ import annotations

import random
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from portal.catalogue import InvalidCatalogue, load_catalogue, load_version
from portal.catalogue.remarks import remarks_on
from portal.domain.questionnaire import Questionnaire

ROOT = Path(__file__).resolve().parent.parent
SLOWEST = 2.0
MOST_MEMORY = 256 * 1024
BITS = ["", "\0", "\t", "- ", ": ", "{", "}", "[", "]", "&a ", "*a", "!x ", '"', "'", "|", ">", "#", "%", "---\n", "\n",
        "9" * 400, "-1", "1e999", "nan", "\u202e", "\ud800", "\ufeff", "yes", "null", "../../x", "${PRO-07}", "(" * 60,
        "\x1b[31m", "x" * 5000, "As 4", "💥"]  # fmt: skip


def mutated(source: bytes, chance: random.Random) -> bytes:
    content = bytearray(source)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        start = chance.randrange(len(content) + 1)
        end = min(len(content), start + chance.choice((0, 0, 1, 3, 20, 200)))
        match chance.randrange(5):
            case 0:
                content[start:end] = chance.choice(BITS).encode("utf-8", "surrogatepass")
            case 1:
                content[start:end] = bytes(chance.randrange(256) for _ in range(chance.randrange(4)))
            case 2:
                content[start:end] = content[end : end + 300] * chance.choice((1, 2, 50))
            case 3:
                del content[start:end]
            case _:
                lines = content.splitlines(keepends=True)
                chance.shuffle(lines) if len(lines) < 5 else lines.insert(
                    chance.randrange(len(lines)), chance.choice(lines)
                )
                content = bytearray(b"".join(lines))
    return bytes(content)


def run(count: int, seed: int, folder: Path) -> dict[str, int]:
    """Return how often what happened. `folder` is a scratch folder for the mutants."""
    catalogue = load_catalogue(ROOT / "questionnaires")
    versions = [path.parent for path in sorted((ROOT / "questionnaires").glob("*/*/*.yaml")) if path.name in MAIN]
    chance = random.Random(seed)
    seen = {"sound": 0, "refused": 0, "no place": 0, "exception": 0, "slow": 0, "stored": 0}
    for number in range(count):
        original = chance.choice(versions)
        target = folder / original.parent.name / original.name
        shutil.copytree(original, target)
        file = chance.choice(sorted(target.glob("*.yaml")))
        file.write_bytes(mutated(file.read_bytes(), chance))
        before = {path.name: path.read_bytes() for path in target.rglob("*") if path.is_file()}
        begun = time.monotonic()
        try:
            version = load_version(target, catalogue)
            if isinstance(version, Questionnaire) and version.profile in catalogue.profiles:
                remarks_on(target, version, catalogue)
            seen["sound"] += 1
        except InvalidCatalogue as error:
            seen["refused"] += 1
            seen["no place"] += any(not fault.file or fault.line < 1 or not fault.what for fault in error.faults)
        except Exception as error:  # noqa: BLE001 - whatever a mutant provokes is counted
            seen["exception"] += 1
            print(f"mutant {number} of seed {seed}: {file.name}: {type(error).__name__}: {error}")
        seen["slow"] += time.monotonic() - begun > SLOWEST
        after = {path.name: path.read_bytes() for path in target.rglob("*") if path.is_file()}
        seen["stored"] += before != after
        shutil.rmtree(target)
    return seen


MAIN = ("questionnaire.yaml", "profile.yaml")


def main() -> int:
    count, seed = (int(argument) for argument in [*sys.argv[1:], *("2000", "1")[len(sys.argv) - 1 :]])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder:
        seen = run(count, seed, Path(folder))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(", ".join(f"{name}: {number}" for name, number in seen.items()), f"memory grown by {grown // 1024} MiB")
    return int(any(seen[name] for name in ("no place", "exception", "slow", "stored")) or grown > MOST_MEMORY)


if __name__ == "__main__":
    raise SystemExit(main())
