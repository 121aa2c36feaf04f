"""Property P12: files of ill intent are refused, or lie there inert; a look at them costs little and leaves nothing."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.services.evidence import receive_file
from portal.storage import FileStore
from portal.storage.inspection import CHILD, RefusedFile, draw
from tests.storage import hostile

LIMIT = 20 * 1024 * 1024
#: Bars of P12: mebibytes of a child, seconds.
MEBIBYTES, SECONDS = 300, 5
CASES = dict(hostile.cases())
MEASURE = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, "
    "stderr=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)
HEAVY = {
    "picture of 49 megapixels": ("x.png", lambda: hostile.picture(size=(7000, 7000))),
    "photograph of 49 megapixels": ("x.jpg", lambda: hostile.picture("JPEG", size=(7000, 7000))),
    "stream of 40 MB": ("x.pdf", lambda: hostile.pdf_bomb(40_000_000)),
    "bomb of 60 MB": ("x.docx", lambda: hostile.bomb(60 * 2**20)),
    "20 MB of text": ("x.txt", lambda: "\U0001f600".encode() * (5 * 2**20)),
}


def judged(store: FileStore, name: str, content: bytes) -> tuple[str, str]:
    """The code of the refusal, and the hash of what was taken."""
    try:
        _inspected, sha256 = receive_file(store, [content], name, limit=LIMIT)
    except RefusedFile as refusal:
        return refusal.code, ""
    return "", sha256


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory_of(task: str, path: Path, ending: str) -> float:
    """Mebibytes that looking at a file takes at most. Started by a small process: a child counts its parent's too."""
    command = [sys.executable, "-I", "-c", MEASURE, sys.executable, "-I", str(CHILD), task, str(path), ending]
    return int(subprocess.run(command, capture_output=True, check=True).stdout) / 1024


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_file_is_refused_or_inert(tmp_path: Path, case: str) -> None:
    name, make, code = CASES[case]
    store, content = FileStore(tmp_path / "inside" / "store"), make()
    before = spent()

    refused, sha256 = judged(store, name, content)

    assert spent() - before < SECONDS
    assert refused == code
    kept = [store.path(sha256)] if sha256 else []
    assert files_in(tmp_path) == kept, "a file was left behind, or lies outside the store"
    if sha256:
        assert store.read(sha256) == content
        drawn = draw(store.path(sha256), name.rsplit(".", 1)[1])
        assert drawn is None or hostile.SECRET not in drawn
        assert drawn is None or b"script" not in drawn
        assert files_in(tmp_path) == kept


@pytest.mark.parametrize("case", HEAVY)
def test_a_look_at_the_heaviest_takes_little_memory(tmp_path: Path, case: str) -> None:
    name, make = HEAVY[case]
    path, ending = tmp_path / "file", name.rsplit(".", 1)[1]
    path.write_bytes(make())

    taken = {task: memory_of(task, path, ending) for task in ("check", "draw")}

    print(case, taken)
    assert max(taken.values()) < MEBIBYTES


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["honest directory", "lying directory"])
def test_a08_two_megabytes_that_become_two_thousand_are_refused_at_once(tmp_path: Path, kind: str) -> None:
    content = hostile.bomb(2000 * 2**20)
    if kind == "lying directory":
        content = content.replace((2000 * 2**20).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert len(content) < 3 * 2**20
    store, started = FileStore(tmp_path), time.monotonic()

    refused, _sha256 = judged(store, "evidence.docx", content)

    assert refused in ("too_complex", "mismatch")
    assert time.monotonic() - started < SECONDS
    path = tmp_path / "file"
    path.write_bytes(content)
    assert memory_of("check", path, "docx") < MEBIBYTES
    path.unlink()
    assert files_in(tmp_path) == []


def test_a_picture_as_large_as_may_be_is_still_drawn(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    refused, sha256 = judged(store, "x.png", hostile.picture(size=(7000, 7000)))

    assert refused == ""
    assert draw(store.path(sha256), "png") is not None
