"""Questionnaires in other languages: one PO file for each version and language, beside the YAML it translates.

The context of a message is the path of the text (`HRS-COM-01.levels.3`), its id the text as it was when translated.
A translation of a text that has changed since is not used. Translations never change the digest of a version.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from portal.catalogue.places import places_in
from portal.catalogue.yaml_nodes import NO_TEXT, UNFIT, Unreadable, decode, read_bytes
from portal.domain.questionnaire import Profile, Questionnaire
from portal.domain.wording import V, translated, wordings

FOLDER = "translations"
LIMIT = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a PO file. `source` is the text that was translated; fuzzy: a person must look at it again."""

    path: str
    source: str
    text: str
    fuzzy: bool
    line: int


@dataclass(frozen=True, slots=True)
class _Same:
    """A version as a key: two of the same reference and digest say the same."""

    key: tuple[str, str]
    version: Questionnaire | Profile = field(compare=False)


def version_folder(folder: Path, version: Questionnaire | Profile) -> Path:
    return folder / version.slug / version.version


def in_language(version: V, folder: Path, language: str) -> V:
    """Return the version as far as it is translated; as written where there is no translation that can be read.

    `folder` is that of all questionnaires. The file is read again when it has changed.
    """
    path = version_folder(folder, version) / FOLDER / f"{language}.po"
    try:
        state = path.stat()
    except OSError:
        return version
    same = _Same((version.reference, version.digest), version)
    found = _translated(path, (state.st_mtime_ns, state.st_size), same, language)
    return found if type(found) is type(version) else version


@lru_cache(maxsize=256)
def _translated(path: Path, _state: tuple[int, int], same: _Same, language: str) -> Questionnaire | Profile:
    try:
        messages = usable(read_entries(path), wordings(same.version))
    except Unreadable:
        return same.version
    if isinstance(same.version, Profile):
        return translated(same.version, messages, language)
    return translated(same.version, messages, language)


def usable(entries: Mapping[str, Entry], texts: Mapping[str, str]) -> dict[str, str]:
    """Path -> translation, of texts that are still those that were translated."""
    return {
        path: entry.text
        for path, entry in entries.items()
        if entry.text and not entry.fuzzy and texts.get(path) == entry.source
    }


def read_entries(path: Path) -> dict[str, Entry]:
    """Return path of the text -> entry. Raises Unreadable with the line."""
    return {entry.path: entry for entry in _entries(_read(path))}


def _read(path: Path) -> Catalog:
    text = decode(read_bytes(path, LIMIT))
    try:
        return read_po(io.StringIO(text), abort_invalid=True)
    except PoFileError as error:
        raise Unreadable(max(error.lineno, 1), f"is not a valid PO file: {error}") from None
    # Whatever a hostile file provokes inside the parser, the translator gets a line and not a traceback.
    except (ValueError, ArithmeticError, LookupError, AttributeError, AssertionError, TypeError) as error:
        raise Unreadable(1, f"is not a valid PO file: {type(error).__name__}") from None


def _entries(catalog: Catalog) -> Iterator[Entry]:
    for message in catalog:
        line = message.lineno or 1
        if not message.id:
            continue
        if not message.context or not isinstance(message.id, str) or not isinstance(message.string, str):
            raise Unreadable(line, "needs msgctxt, the path of the text, and one msgid and one msgstr")
        if UNFIT.search(message.string):
            raise Unreadable(line, NO_TEXT)
        yield Entry(message.context, message.id, message.string.strip(), message.fuzzy, line)


def po_file(version: Questionnaire | Profile, folder: Path, language: str, *, at: datetime) -> tuple[bytes, str]:
    """Return the PO file for a translator and what changed in it, in words. Raises Unreadable.

    `folder` is that of the version. What is translated already is kept: under a changed text marked as fuzzy, and
    for a text that is gone as obsolete.
    """
    path = folder / FOLDER / f"{language}.po"
    before = _read(path) if path.exists() else Catalog()
    entries = {entry.path: entry for entry in _entries(before)}
    made = Catalog(
        language, project=version.title, version=version.reference, fuzzy=False, creation_date=at, revision_date=at
    )
    places = places_in(folder)
    texts = wordings(version)
    for text_path, text in texts.items():
        place = places.get(text_path)
        locations = [(place.file.name, place.line)] if place else []
        _add(made, text_path, text, entries.get(text_path), locations)
    gone = [entry for entry in entries.values() if entry.path not in texts and entry.text]
    for entry in gone:
        made.obsolete[(entry.source, entry.path)] = Message(entry.source, entry.text, context=entry.path)
    made.obsolete.update({key: message for key, message in before.obsolete.items() if message.context not in texts})
    written = io.BytesIO()
    write_po(written, made, width=120, include_previous=True)
    return written.getvalue(), _counted(texts, entries, len(gone))


def _add(made: Catalog, path: str, text: str, entry: Entry | None, locations: list[tuple[str, int]]) -> None:
    changed = entry is not None and entry.text and entry.source != text
    made.add(
        text,
        entry.text if entry else "",
        context=path,
        locations=locations,
        flags=["fuzzy"] if entry and entry.text and (changed or entry.fuzzy) else [],
        previous_id=entry.source if entry and changed else (),
    )


def _counted(texts: Mapping[str, str], entries: Mapping[str, Entry], gone: int) -> str:
    ready = len(usable(entries, texts))
    changed = sum(1 for path, entry in entries.items() if entry.text and texts.get(path, entry.source) != entry.source)
    return f"{len(texts)} texts: {ready} translated, {changed} changed since, {gone} no longer there"
