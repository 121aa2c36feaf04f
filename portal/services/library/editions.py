"""Names of files made from a version: another name as soon as anything that goes into the file is another."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from portal.catalogue import definition
from portal.domain.questionnaire import Catalogue, Profile, Questionnaire

PORTAL = Path(__file__).parents[2]
#: Kind of file -> what makes it, below the portal's folder. What the words of a language are is part of a PDF.
MAKERS = {
    "pdf": (
        "templates/reports/blank",
        "templates/macros",
        "static/css/report.css",
        "static/css/blank.css",
        "reports/blank.py",
        "reports/renderer",
    ),
    "xlsx": ("spreadsheets",),
    "xlsform.xlsx": ("xlsform",),
}
#: Below this folder of the installation's own folder the files are kept.
FOLDER = Path("cache") / "library"

Version = Questionnaire | Profile


@dataclass(frozen=True, slots=True)
class Edition:
    """One file of one version. `name` is what it is kept under, `key` changes with its content."""

    version: Version
    kind: str
    language: str
    key: str

    @property
    def name(self) -> str:
        return f"{self.version.slug}@{self.version.version}.{self.language}.{self.key}.{self.kind}"

    @property
    def file_name(self) -> str:
        """What it is called on the reader's disk."""
        tongue = "" if self.language == "en" else f".{self.language}"
        return f"{self.version.slug}-{self.version.version}{tongue}.{self.kind}"


def find_any_version(catalogue: Catalogue, slug: str, version: str) -> Version | None:
    """A version of a questionnaire or of the profile."""
    reference = f"{slug}@{version}"
    return catalogue.questionnaires.get(reference) or catalogue.profiles.get(reference)


def installation(name: str, address: str) -> str:
    """What of the installation stands in a PDF."""
    return f"{name} {address}"


def edition_of(catalogue: Catalogue, version: Version, kind: str, language: str = "en", portal: str = "") -> Edition:
    """Return the file's edition; `portal` is what of the installation stands in it, such as its name."""
    content = json.dumps([_content(catalogue, version), portal, language, kind], ensure_ascii=False, sort_keys=True)
    makers = MAKERS[kind] + ((f"translations/{language}",) if kind == "pdf" else ())
    key = sha256(content.encode() + _digest_of_files(makers)).hexdigest()[:24]
    return Edition(version, kind, language, key)


def find_edition(catalogue: Catalogue, name: str, portal: str = "") -> Edition | None:
    """The edition kept under this name; nothing if the version is unknown or has become another since."""
    versions: dict[str, Version] = {**catalogue.questionnaires, **catalogue.profiles}
    for reference, version in versions.items():
        if name.startswith(f"{reference}."):
            language, _dot, rest = name.removeprefix(f"{reference}.").partition(".")
            key, _dot, kind = rest.partition(".")
            found = edition_of(catalogue, version, kind, language, portal) if kind in MAKERS else None
            if found and found.key == key:
                return found
    return None


def _content(catalogue: Catalogue, version: Version) -> object:
    if isinstance(version, Profile):
        return definition(version, catalogue)
    known = catalogue.references
    cited = [known[code] for question in version.questions for code in question.references if code in known]
    profile = catalogue.profiles[version.profile]
    return [
        definition(version, catalogue),
        [(one.code, one.title, one.url, one.verified) for one in cited],
        dict(profile.rule_labels),
        profile.digest,
    ]


@lru_cache(maxsize=64)
def _digest_of_files(places: tuple[str, ...]) -> bytes:
    """Hash of the sources below these places; read once, as a running process does not change its mind."""
    found = sha256()
    for place in places:
        root = PORTAL / place
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.is_file() and path.suffix in {".py", ".html", ".css", ".po"}:
                found.update(path.relative_to(PORTAL).as_posix().encode() + b"\0" + path.read_bytes())
    return found.digest()
