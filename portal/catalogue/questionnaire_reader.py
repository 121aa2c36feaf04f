"""The folder of one questionnaire version, read into a frozen Questionnaire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from portal.catalogue.digests import digest_of_meaning
from portal.catalogue.faults import Faults
from portal.catalogue.question_reader import Known, read_question
from portal.catalogue.reader import Fields
from portal.catalogue.yaml_nodes import Unreadable, parse, read_bytes
from portal.domain.questionnaire import Profile, Question, Questionnaire, Reference, Section

QUESTIONNAIRE_ID = re.compile(r"[A-Z]{3}")
SECTION_ID = re.compile(r"[A-Z]{1,4}")
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
VERSION = re.compile(r"20[0-9]{2}\.[1-9][0-9]?")
REFERENCE = re.compile(rf"{SLUG.pattern}@{VERSION.pattern}")
KINDS = ("core", "recruitment", "sector")
#: Beside the files named under `sections`: worked examples for the tests, translations for the pages.
OTHER_FILES = {"questionnaire.yaml", "cases.yaml", "translations"}


@dataclass(frozen=True, slots=True)
class Around:
    """What a version may refer to outside its own folder, and where parsed files are kept."""

    references: Mapping[str, Reference]
    profiles: Mapping[str, Profile]
    #: Already found questions: id -> where it stands. Grows while a version is read.
    seen: dict[str, str] = field(default_factory=dict)


def open_file(path: Path, faults: Faults) -> Fields | None:
    """Return the mapping in the file, or None with the fault recorded."""
    try:
        return Fields(parse(read_bytes(path)), "", faults.within(path))
    except Unreadable as error:
        faults.within(path).add(error.line, "", error.what)
        return None


def named_like_folder(fields: Fields, folder: Path) -> tuple[str, str]:
    """Return slug and version, which must be the names of the two folders the file is in."""
    slug = fields.matching("slug", SLUG, "lower-case words joined by -")
    version = fields.matching("version", VERSION, "a year and a number, such as 2026.1")
    if slug and slug != folder.parent.name:
        fields.fault(f"must be the name of the folder, {folder.parent.name!r}, is {slug!r}", "slug")
    if version and version != folder.name:
        fields.fault(f"must be the name of the folder, {folder.name!r}, is {version!r}", "version")
    return slug, version


def read_questionnaire(folder: Path, around: Around, faults: Faults) -> Questionnaire | None:
    """Return the version in `folder`, or None where its main file cannot be read. All faults go to `faults`."""
    fields = open_file(folder / "questionnaire.yaml", faults)
    if fields is None:
        return None
    slug, version = named_like_folder(fields, folder)
    profile_reference = fields.matching("profile", REFERENCE, "such as profile@2026.1")
    profile = around.profiles.get(profile_reference)
    if profile_reference and profile is None:
        fields.fault(f"there is no {profile_reference}", "profile")
    rules = profile.rules if profile else None
    found = Questionnaire(
        id=fields.matching("id", QUESTIONNAIRE_ID, "three capital letters"),
        slug=slug,
        version=version,
        title=fields.prose("title"),
        sections=(),
        digest="",
        kind=fields.one_of("kind", KINDS),
        short_title=fields.prose("short_title", required=False),
        purpose=fields.prose("purpose"),
        who=fields.prose("who"),
        weakest_stage_cap=fields.yes("weakest_stage_cap"),
        applies=fields.one_of("applies", rules, required=False) or "always" if rules else fields.text("applies"),
        profile=profile_reference,
    )
    names = fields.texts("sections", required=True)
    fields.close()
    found = replace(found, sections=_sections(folder, fields, names, found.id, around, profile))
    return replace(found, digest=digest_of_meaning(found))


def _sections(
    folder: Path,
    main: Fields,
    names: Mapping[str, int],
    questionnaire: str,
    around: Around,
    profile: Profile | None,
) -> tuple[Section, ...]:
    for entry in sorted(folder.iterdir()):
        if entry.name not in OTHER_FILES and entry.name.removesuffix(".yaml") not in names:
            main.fault(f"does not name the file {entry.name}, which is in the folder", "sections")
    sections, ids, total = [], dict[str, str](), 0
    rules = profile.rules if profile else None
    columns = {f"{field.id}-{column.id}" for field in profile.fields for column in field.columns} if profile else None
    known = Known(questionnaire, "", around.references, rules, columns, around.seen)
    for name, line in names.items():
        if not SLUG.fullmatch(name):
            main.fault(f"{name!r} must be the name of a file without .yaml, in lower case", "sections", line)
            continue
        fields = open_file(folder / f"{name}.yaml", main.faults)
        if fields is None:
            continue
        section = _section(fields, name, known)
        if section.id in ids:
            fields.fault(f"section {section.id!r} is there already, in {ids[section.id]}.yaml", "id")
        ids.setdefault(section.id, name)
        total += section.weight
        sections.append(section)
    if len(sections) == len(names) and all(section.weight for section in sections) and total != 100:
        main.fault(f"the weights of the sections must add up to 100, not {total}", "sections")
    return tuple(sections)


def _section(fields: Fields, slug: str, known: Known) -> Section:
    section_id = fields.matching("id", SECTION_ID, "one to four capital letters")
    known = replace(known, section=section_id)
    basis = fields.texts("basis")
    for code, line in basis.items():
        if code not in known.references:
            fields.fault(f"{code!r} is not in references.csv", "basis", line)
    section = Section(
        id=section_id,
        title=fields.prose("title"),
        weight=fields.whole("weight", 1, 100) or 0,
        questions=_questions(fields, known),
        basis=tuple(basis),
        slug=slug,
    )
    fields.close()
    return section


def _questions(fields: Fields, known: Known) -> tuple[Question, ...]:
    found = tuple(read_question(item, known) for item in fields.items("questions"))
    if fields.has("questions") and not found:
        fields.fault("needs at least one question", "questions")
    return found
