"""What anyone may read about the versions: for whom they are, and which is older."""

from __future__ import annotations

from pathlib import Path

from portal.domain.questionnaire import Catalogue
from portal.services.questionnaires import for_whom, in_order, newest_versions, other_versions
from tests.versions import NEW, OLD, two_versions


def test_every_questionnaire_says_for_whom_it_is(catalogue: Catalogue) -> None:
    words = {one.id: for_whom(catalogue, one) for one in newest_versions(catalogue)}

    assert words["SEA"] == "You run fishing vessels or buy seafood"
    assert len(set(words.values())) == len(words)


def test_versions_are_ordered_by_their_numbers(tmp_path: Path) -> None:
    catalogue = two_versions(tmp_path)
    old, new = catalogue.questionnaires[OLD], catalogue.questionnaires[NEW]

    assert in_order(new, old) == in_order(old, new) == (old, new)
    assert other_versions(catalogue, new) == [old]
    assert newest_versions(catalogue) == [new]
