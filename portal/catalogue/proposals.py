"""PROPOSED.toml: versions that one person wants published, and that wait for a second person to confirm them.

The file is kept with the questionnaires, so that whoever reads their history sees who proposed what. Two names on a
command line prove nothing by themselves; they make a hasty or lonely publication a deliberate lie.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unicodedata import category, normalize

from portal.catalogue.yaml_nodes import Unreadable, decode, read_bytes

FILE = "PROPOSED.toml"
LONGEST_NAME = 100
HEAD = (
    "# Versions proposed for publication, each waiting for a second person: `flask questionnaires publish --confirm`.\n"
)


class Unconfirmed(Exception):
    """The version cannot be confirmed; the text says why."""


@dataclass(frozen=True, slots=True)
class Proposal:
    digest: str
    proposed_by: str
    proposed_on: date


def clean_name(written: str) -> str:
    """Return the name on one line, or nothing where there is no letter in it."""
    name = " ".join("".join(char for char in normalize("NFC", written) if _fit(char)).split())[:LONGEST_NAME]
    return name if any(char.isalpha() for char in name) else ""


def same_person(one: str, other: str) -> bool:
    """Whether two names are the same but for case, spaces, marks and ways to write the same letter."""
    return _plain(one) == _plain(other)


def read_proposals(folder: Path) -> dict[str, Proposal]:
    """Return reference -> proposal. Raises Unreadable."""
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        listed = tomllib.loads(decode(read_bytes(path)))
        return {reference: _proposal(entry) for reference, entry in listed.items()}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, RecursionError):
        raise Unreadable(1, "is not a list of proposals; delete it and propose again") from None


def propose(folder: Path, reference: str, proposal: Proposal) -> None:
    """Record the proposal; an earlier one of the same version is replaced. Raises Unreadable."""
    _write(folder, read_proposals(folder) | {reference: proposal})


def withdraw(folder: Path, reference: str) -> None:
    """Forget the proposal, because it was confirmed. Raises Unreadable."""
    _write(folder, {name: one for name, one in read_proposals(folder).items() if name != reference})


def confirmed(folder: Path, reference: str, digest: str, by: str) -> Proposal:
    """Return the proposal that `by` confirms. Raises Unconfirmed, Unreadable."""
    found = read_proposals(folder).get(reference)
    if found is None:
        raise Unconfirmed(f"nobody has proposed {reference}; propose it first: publish {reference} --as NAME")
    if same_person(found.proposed_by, by):
        raise Unconfirmed(f"{found.proposed_by} proposed {reference}; a second person must confirm it")
    if found.digest != digest:
        raise Unconfirmed(
            f"{reference} has changed since {found.proposed_by} proposed it (it was {found.digest}, it is {digest}); "
            "propose it again"
        )
    return found


def _proposal(entry: Mapping[str, object]) -> Proposal:
    digest, by, on = entry["digest"], entry["proposed_by"], entry["proposed_on"]
    if not isinstance(digest, str) or not isinstance(by, str) or type(on) is not date:
        raise TypeError("not a proposal")
    return Proposal(digest, clean_name(by), on)


def _write(folder: Path, proposals: Mapping[str, Proposal]) -> None:
    path = folder / FILE
    if not proposals:
        path.unlink(missing_ok=True)
        return
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(HEAD + "".join(_entry(name, one) for name, one in proposals.items()), encoding="utf-8")
    unfinished.replace(path)


def _entry(reference: str, proposal: Proposal) -> str:
    by = json.dumps(proposal.proposed_by, ensure_ascii=False)
    return (
        f'\n["{reference}"]\ndigest = "{proposal.digest}"\nproposed_by = {by}\n'
        f"proposed_on = {proposal.proposed_on.isoformat()}\n"
    )


def _plain(name: str) -> str:
    """Without case, spaces, punctuation and marks, in Unicode's compatible form: "ADA  Lovelace" is "ada lovelace"."""
    return "".join(char for char in normalize("NFKD", normalize("NFKC", name).casefold()) if char.isalnum())


def _fit(char: str) -> bool:
    return category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} or char in "\t\n "
