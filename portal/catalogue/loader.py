"""Every version in the folder of questionnaires, checked as a whole and frozen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from portal.catalogue.faults import Faults, InvalidCatalogue
from portal.catalogue.laws import LAWS, read_laws
from portal.catalogue.profile_reader import read_profile
from portal.catalogue.proposals import FILE as PROPOSED
from portal.catalogue.published import FILE, check_published, read_published
from portal.catalogue.questionnaire_reader import Around, read_questionnaire
from portal.catalogue.references import read_references
from portal.domain.questionnaire import Catalogue, Profile, Questionnaire

REFERENCES = "references.csv"
#: What else stands beside the questionnaires.
OTHERS = {REFERENCES, LAWS, FILE, PROPOSED, "README.md", "schema"}
MAIN = "questionnaire.yaml"
PROFILE = "profile.yaml"


def load_catalogue(folder: Path) -> Catalogue:
    """Return all versions in `folder`. Raises InvalidCatalogue with every fault of every version."""
    faults = Faults(folder)
    references = read_references(folder / REFERENCES, faults)
    listed = read_published(folder, faults)
    versions = list(_versions(folder, faults))
    profiles: dict[str, Profile] = {}
    sound: dict[str, Questionnaire | Profile] = {}
    for version in versions:
        before = len(faults.found)
        if (version / PROFILE).exists() and (profile := read_profile(version, faults)):
            profiles[profile.reference] = profile
            sound |= {profile.reference: profile} if len(faults.found) == before else {}
    for version in versions:
        before = len(faults.found)
        if not (version / PROFILE).exists():
            found = read_questionnaire(version, Around(references, profiles), faults)
            sound |= {found.reference: found} if found and len(faults.found) == before else {}
    questionnaires = {key: item for key, item in sound.items() if isinstance(item, Questionnaire)}
    _check_across(folder, questionnaires, profiles, listed, faults)
    digests = {reference: item.digest for reference, item in sound.items()}
    check_published(folder, listed, digests, {f"{path.parent.name}@{path.name}" for path in versions}, faults)
    laws = read_laws(folder / LAWS, profiles, references, faults)
    if faults.found:
        raise InvalidCatalogue(faults.found)
    return Catalogue(questionnaires, profiles, references, frozenset(listed), laws)


def load_version(folder: Path, catalogue: Catalogue) -> Questionnaire | Profile:
    """Return one version kept anywhere, against the profiles and references of `catalogue`. Raises InvalidCatalogue."""
    faults = Faults(folder)
    found: Questionnaire | Profile | None = None
    folder = folder.resolve()
    if (folder / PROFILE).exists():
        found = read_profile(folder, faults)
    elif (folder / MAIN).exists():
        around = Around(catalogue.references, catalogue.profiles)
        found = read_questionnaire(folder, around, faults)
    else:
        faults.add(1, "", "holds neither questionnaire.yaml nor profile.yaml")
    if faults.found or found is None:
        raise InvalidCatalogue(faults.found)
    return found


def _versions(folder: Path, faults: Faults) -> Iterator[Path]:
    """The folders <slug>/<version>, without hidden ones; anything else is a fault, so that nothing is overlooked."""
    for slug in _folders(folder, faults):
        for version in _folders(slug, faults):
            kinds = [name for name in (MAIN, PROFILE) if (version / name).exists()]
            if len(kinds) == 1:
                yield version
            else:
                faults.within(version).add(1, "", "must hold either questionnaire.yaml or profile.yaml")


def _folders(folder: Path, faults: Faults) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        faults.within(folder).add(1, "", f"cannot be read: {error.strerror}")
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name in OTHERS:
            continue
        if entry.is_symlink():
            faults.within(entry).add(1, "", "is a link; put the folder itself here")
        elif entry.is_dir():
            yield entry
        else:
            faults.within(entry).add(1, "", "is not a folder of a questionnaire")


def _check_across(
    folder: Path,
    questionnaires: Mapping[str, Questionnaire],
    profiles: Mapping[str, Profile],
    listed: Collection[str],
    faults: Faults,
) -> None:
    """Record what only shows when all versions are known: shared ids, and counterparts that do not exist.

    A draft may wait for its line in applicability.yaml: nobody gets it before, and the portal starts all the same.
    """
    slugs: dict[str, str] = {}
    for item in questionnaires.values():
        main = faults.within(folder / item.slug / item.version / MAIN)
        if slugs.setdefault(item.id, item.slug) != item.slug:
            main.add(1, "id", f"{item.id!r} is the id of {slugs[item.id]!r} already")
        profile = profiles[item.profile]
        if item.reference in listed and item.id not in {entry.id for entry in profile.applicable}:
            main.add(1, "id", f"{item.id!r} is missing under questionnaires in applicability.yaml of {item.profile}")
    known = {question.id for item in questionnaires.values() for question in item.questions}
    for item in questionnaires.values():
        for question in item.questions:
            for other in question.same_as:
                if other.split("-")[0] in slugs and other not in known:
                    main = faults.within(folder / item.slug / item.version / MAIN)
                    main.add(1, f"{question.id}.same_as", f"there is no question {other}")
