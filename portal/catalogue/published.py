"""PUBLISHED.toml: the digest of every published version, so that none can change unnoticed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from itertools import pairwise
from pathlib import Path

from portal.catalogue.faults import Faults, printable
from portal.catalogue.yaml_nodes import Unreadable, decode, read_bytes

FILE = "PUBLISHED.toml"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
AT_LINE = re.compile(r" \(at line ([0-9]+), column [0-9]+\)$")


class AlreadyPublished(Exception):
    """The reference is published with another digest; a published version never changes."""


def read_published(folder: Path, faults: Faults) -> dict[str, str]:
    """Return reference -> digest; a missing file means that nothing is published."""
    path = folder / FILE
    faults = faults.within(path)
    if not path.exists():
        return {}
    try:
        text = decode(read_bytes(path))
        listed = tomllib.loads(text)
    except Unreadable as error:
        faults.add(error.line, "", error.what)
        return {}
    except tomllib.TOMLDecodeError as error:
        hit = AT_LINE.search(str(error))
        faults.add(int(hit[1]) if hit else 1, "", f"is not valid TOML: {AT_LINE.sub('', str(error))}")
        return {}
    for reference, digest in listed.items():
        if not isinstance(digest, str) or not DIGEST.fullmatch(digest):
            faults.add(_line(text, reference), reference, 'must be "sha256:" and 64 hexadecimal digits')
    return {reference: digest for reference, digest in listed.items() if isinstance(digest, str)}


def check_published(
    folder: Path, listed: Mapping[str, str], digests: Mapping[str, str], there: Collection[str], faults: Faults
) -> None:
    """Record every published version that is gone or means something else now.

    `digests` are those of versions without faults, `there` the references of all folders.
    """
    faults = faults.within(folder / FILE)
    for reference, digest in listed.items():
        if reference not in there:
            what = "is published, but there is no such folder: published versions stay for ever"
        elif digests.get(reference, digest) != digest:
            what = f"has changed since it was published (it is {digests[reference]} now); make a new version instead"
        else:
            continue
        text = (folder / FILE).read_text(encoding="utf-8")
        faults.add(_line(text, reference), reference, what)


def publish(folder: Path, reference: str, digest: str, *, note: str = "") -> bool:
    """Add the line for `reference`; return False if it is there already. Raises AlreadyPublished.

    `note` stands above it as a comment: who proposed and who confirmed it, and when.
    """
    listed = read_published(folder, Faults(folder / FILE))
    if reference in listed:
        if listed[reference] != digest:
            raise AlreadyPublished(reference)
        return False
    path = folder / FILE
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    unfinished = path.with_suffix(".unfinished")
    begun = before + ("\n" if before and not before.endswith("\n") else "")
    unfinished.write_text(begun + _entry(reference, digest, note), encoding="utf-8")
    unfinished.replace(path)
    return True


def publication_notes(folder: Path) -> dict[str, str]:
    """Return reference -> the comment above its line: who proposed and who confirmed it, and when."""
    path = folder / FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {
        line.split('"')[1]: above.removeprefix("#").strip()
        for above, line in pairwise(lines)
        if above.startswith("# proposed by ") and line.startswith('"')
    }


def _entry(reference: str, digest: str, note: str) -> str:
    return (f"# {printable(note)}\n" if note else "") + f'"{reference}" = "{digest}"\n'


def _line(text: str, reference: str) -> int:
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.strip(" \"'").startswith(reference)), 1)
