"""Sections and the questionnaire itself, put together from what the survey holds, with ids of ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from portal.catalogue.question_reader import QUESTION_ID
from portal.catalogue.questionnaire_reader import OTHER_FILES, SECTION_ID, SLUG
from portal.domain.questionnaire import Profile
from portal.xlsform.conditions import Conditions
from portal.xlsform.export import PLACED
from portal.xlsform.extras import more_in
from portal.xlsform.lists import Lists
from portal.xlsform.notation import Undecided, Value, undecided
from portal.xlsform.questions import Reader
from portal.xlsform.remarks import Remark
from portal.xlsform.sheets import Line, Table
from portal.xlsform.survey import Asked, Part, Survey

SHARE = Undecided("decide: its share of the score; those of all sections add up to 100")
TITLE = Undecided("decide: the name of the questionnaire; the form has none")
KIND = Undecided("decide: core, recruitment or sector")
PURPOSE = Undecided("decide: what it is for")
WHO = Undecided("decide: who fills it in, and how long it takes")
OUTSIDE = "General"
MOST_QUESTIONS = 99
LONGEST_NAME = 40
TAKEN = {name.removesuffix(".yaml") for name in OTHER_FILES}


@dataclass(frozen=True, slots=True)
class Names:
    """What the questionnaire will be called, and whose rules it uses."""

    id: str
    slug: str
    version: str
    profile: Profile


@dataclass(slots=True)
class Drafting:
    """Makes one questionnaire with these names."""

    names: Names
    lists: Lists
    remarks: list[Remark]
    ids: list[str] = field(default_factory=list)

    def questionnaire(
        self, survey: Survey, settings: Table | None
    ) -> tuple[dict[str, Value], dict[str, dict[str, Value]]]:
        """Return the main file, and the sections by the names of their files."""
        reader, conditions = Reader(self.lists, self.remarks), Conditions(self.names.profile, self.remarks)
        sections: dict[str, dict[str, Value]] = {}
        for part in survey.parts:
            if section := self.section(part, survey, reader, conditions):
                sections[self.file_name(part, section, sections)] = section
        if not sections:
            self.remarks.append(Remark("survey", 0, "", "no question of it could be carried"))
        return self.main(settings, list(sections)), sections

    def main(self, settings: Table | None, names: list[str]) -> dict[str, Value]:
        line = settings.lines[0] if settings and settings.lines else Line("settings", 0, {})
        found: dict[str, Value] = {"id": self.names.id, "slug": self.names.slug, "version": self.names.version}
        found["title"] = line.get("form_title") or TITLE
        if short := line.own("short_title"):
            found["short_title"] = short
        found["kind"] = line.own("kind") or KIND
        found["purpose"] = line.own("purpose") or PURPOSE
        found["who"] = line.own("who") or WHO
        found["applies"] = line.own("applies") or "always"
        if cap := line.own("weakest_stage_cap"):
            found["weakest_stage_cap"] = cap
        found["profile"] = self.names.profile.reference
        if line.own("profile") and line.own("profile") != self.names.profile.reference:
            what = f"was made for {line.own('profile')[:60]!r}; its rules may mean something else"
            self.remarks.append(Remark(line.sheet, line.number, "portal_profile", what))
        self.remark_open(line, "questionnaire", found)
        return found | more_in(line, PLACED, self.remarks) | {"sections": names}

    def section(self, part: Part, survey: Survey, reader: Reader, conditions: Conditions) -> dict[str, Value] | None:
        section_id, title = self.section_id(part.line), self.title(part.line)
        questions: list[Value] = []
        for asked, question_id in self.numbered(part, section_id):
            applies = conditions.rule_of(asked)
            if question := reader.question(survey.given(asked), question_id, applies):
                questions.append(question)
                self.remark_open(asked.line, question_id, question)
        if not questions:
            if part.line is not None:
                what = f"{part.line.get('name')[:60]!r} holds no question that could be carried; left out"
                self.remarks.append(Remark(part.line.sheet, part.line.number, "", f"group {what}"))
            return None
        self.ids.append(section_id)
        found: dict[str, Value] = {"id": section_id, "title": title}
        found["weight"] = (part.line.own("weight") if part.line else "") or SHARE
        if basis := (part.line.own("references").split() if part.line else []):
            found["basis"] = basis
        self.remark_open(part.line or Line("survey", 0, {}), f"section {section_id}", found)
        return found | {"questions": questions}

    def remark_open(self, line: Line, what: str, found: Mapping[str, Value]) -> None:
        """Say what an author has to decide: the form does not know it, and we do not guess."""
        if keys := [key for key, value in found.items() if undecided(value)]:
            self.remarks.append(Remark(line.sheet, line.number, "", f"{what}: to decide: {', '.join(keys)}"))

    def title(self, line: Line | None) -> str:
        if line is None:
            return OUTSIDE
        if label := line.get("label"):
            return " ".join(label.split())
        made = " ".join(re.sub(r"[^\w]+|_", " ", line.get("name")).split()).capitalize() or "Section"
        self.remarks.append(
            Remark(line.sheet, line.number, "label", f"the group has none; its section is called {made!r}")
        )
        return made

    def section_id(self, line: Line | None) -> str:
        own = line.own("id") if line else ""
        if SECTION_ID.fullmatch(own) and own not in self.ids:
            return own
        letters = re.sub("[^A-Z]", "", _ascii(line.get("name") or line.get("label") if line else OUTSIDE).upper())
        return next(found for found in _short_names(letters or "SEC") if found not in self.ids)

    def numbered(self, part: Part, section_id: str) -> Iterator[tuple[Asked, str]]:
        """Each question with its id: the number it had in a form of ours, or the next free one."""
        kept = {number: asked for asked in part.asked if (number := _number(asked, section_id))}
        free = (number for number in range(1, MOST_QUESTIONS + 1) if number not in kept)
        by_line = {id(asked): number for number, asked in kept.items()}
        for asked in part.asked:
            number = by_line.get(id(asked)) or next(free, 0)
            if number:
                yield asked, f"{self.names.id}-{section_id}-{number:02}"
            else:
                what = f"a section has at most {MOST_QUESTIONS} questions; left out"
                self.remarks.append(Remark(asked.line.sheet, asked.line.number, "", what))

    def file_name(self, part: Part, section: Mapping[str, Value], taken: Mapping[str, object]) -> str:
        own = part.line.own("slug") if part.line else ""
        words = re.sub("[^a-z0-9]+", "-", _ascii(str(section["title"])).lower()).strip("-")
        words = words if len(words) <= LONGEST_NAME else words[:LONGEST_NAME].rpartition("-")[0]
        wanted = own if SLUG.fullmatch(own) else words if SLUG.fullmatch(words) else "section"
        found, number = wanted, 1
        while found in taken or found in TAKEN:
            number += 1
            found = f"{wanted}-{number}"
        return found


def _number(asked: Asked, section_id: str) -> int:
    own = asked.line.own("id")
    return int(own[-2:]) if QUESTION_ID.fullmatch(own) and own.split("-")[1] == section_id else 0


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _short_names(letters: str) -> Iterator[str]:
    """Three letters of the name, then other combinations, until one is free."""
    yield letters[:3]
    yield letters[:4]
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        yield letters[:3] + last
    for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        for second in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            for third in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
                yield f"X{first}{second}{third}"
