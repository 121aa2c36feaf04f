"""New drafts: a questionnaire with one example question, or the copy of a version; written whole or not at all."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from portal.catalogue.yaml_nodes import Unreadable, parse, read_bytes

MAIN_FILES = ("questionnaire.yaml", "profile.yaml")
MODELINE = "# yaml-language-server: $schema={up}schema/{kind}.schema.json\n"


class NotWritten(Exception):
    """The draft cannot be made; the text says why."""


def write_version(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files of a new version into `folder`. Raises NotWritten where it exists."""
    _refuse_existing(folder)
    try:
        with _unfinished(folder) as unfinished:
            made = Path(unfinished) / folder.name
            made.mkdir()
            for name, content in files.items():
                (made / name).write_text(content, encoding="utf-8")
            made.replace(folder)
    except OSError as error:
        raise NotWritten(f"{folder}: {error.strerror}") from None


def copy_version(source: Path, target: Path) -> None:
    """Copy the folder of a version; only the version in its main file changes. Raises NotWritten, Unreadable."""
    _refuse_existing(target)
    main = next((source / name for name in MAIN_FILES if (source / name).exists()), source / MAIN_FILES[0])
    changed = _with_version(read_bytes(main), target.name)
    try:
        with _unfinished(target) as unfinished:
            made = Path(unfinished) / target.name
            shutil.copytree(source, made)
            (made / main.name).write_bytes(changed)
            made.replace(target)
    except OSError as error:
        raise NotWritten(f"{target}: {error.strerror}") from None


def _refuse_existing(folder: Path) -> None:
    if folder.exists() or folder.is_symlink():
        raise NotWritten(f"{folder} exists already; nothing was written")


def _unfinished(folder: Path) -> tempfile.TemporaryDirectory[str]:
    """Beside the target, so that moving it there is one step; hidden, so that nobody takes it for a version."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix=".", dir=folder.parent)


def _with_version(content: bytes, version: str) -> bytes:
    """Change the value of the key `version` and not one byte else."""
    entries = parse(content).value
    if not isinstance(entries, dict) or "version" not in entries:
        raise Unreadable(1, "has no version")
    line, node = entries["version"]
    lines = content.splitlines(keepends=True)
    old = re.escape(str(node.value).encode())
    changed, hits = re.subn(
        rb"(version[\"']?\s*:\s*[\"']?)" + old, rb"\g<1>" + version.encode(), lines[line - 1], count=1
    )
    if not hits:
        raise Unreadable(line, 'has a version that cannot be changed here; write it as version: "2026.1"')
    lines[line - 1] = changed
    return b"".join(lines)


def example(slug: str, questionnaire_id: str, title: str, *, version: str, profile: str, kind: str) -> dict[str, str]:
    """Return the files of a new questionnaire: one section, one question that says what each key is for."""
    names = {
        "slug": slug,
        "id": questionnaire_id,
        "title": title.replace("\\", "\\\\").replace('"', '\\"'),
        "version": version,
        "profile": profile,
        "kind": kind,
    }
    return {
        "questionnaire.yaml": MODELINE.format(up="../../", kind="questionnaire") + _MAIN.format(**names),
        "first.yaml": MODELINE.format(up="../../", kind="section") + _SECTION.format(**names),
        "cases.yaml": MODELINE.format(up="../../", kind="cases") + _CASES.format(**names),
    }


_MAIN = """\
id: {id}                        # three capital letters; the ids of questions begin with it
slug: {slug}
version: "{version}"
title: "{title}"
kind: {kind}                   # core, recruitment or sector
purpose: Say in one or two sentences what this questionnaire is for.
who: Say who should answer it, and how long it takes.
applies: always                # a rule of the profile
weakest_stage_cap: no
profile: {profile}
sections: [first]              # the section files without .yaml; their weights add up to 100
"""
_SECTION = """\
id: ONE                        # one to four capital letters
title: The first section
weight: 100                    # its share of the score; all sections together 100
questions:
  - id: {id}-ONE-01             # questionnaire, section, number; never used again for anything else
    type: maturity             # or incident, yesno, choice, multi, number, table
    ask: Do you look for harm to people in your work?
    why: You can only prevent the harm you have looked for.   # a sentence of your own
    weight: 2                  # 1, 2 or 3
    stage: identify            # commit, identify, act, track, communicate or remedy
    applies: always            # who is asked: a rule of the profile
    levels:                    # a company picks the highest of which every part is true
      0: No.
      1: When something happens.
      2: Once, mainly for safety.
      3: Every year, with a written list.
      4: As 3, together with workers.
    evidence: The list with its date.                         # or evidence_exempt: yes
    references: [UNGP-17, UNGP-18]                            # codes from references.csv
    remedial: Fill in a list of risks with two workers.       # what to do where the level is low
"""
_CASES = """\
# Made-up companies and the score you mean them to get. Work the numbers out by hand, and show how.
cases:
  - name: modest
    tells: A small firm that has begun
    as_of: 2026-11-23
    answers:
      {id}-ONE-01: {{value: 2}}
    expected: {{score: 50.0, band: Developing}}
    # One question at level 2 of 4: 50.
"""
