"""Two versions of a questionnaire compared, with the rules of the profile that each belongs to."""

from __future__ import annotations

from portal.domain.changes import VersionChanges, compare_versions
from portal.domain.questionnaire import Catalogue, Questionnaire


def changes_between(catalogue: Catalogue, old: Questionnaire, new: Questionnaire) -> VersionChanges:
    before, after = (catalogue.profiles[version.profile].rules for version in (old, new))
    return compare_versions(old, new, before, after)
