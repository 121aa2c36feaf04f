"""Files made once for everybody: asked for by anybody, and never more than there are names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from portal.storage.shelf import REFUSED_FOR, Shelf

NAME = "hrdd-short@2026.1.en.abc.pdf"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "library")


def test_an_empty_shelf_holds_nothing(shelf: Shelf) -> None:
    assert shelf.find(NAME) is None
    assert shelf.wanted() == []
    assert shelf.refusal(NAME) == ""


def test_asking_twice_is_asking_once(shelf: Shelf) -> None:
    assert shelf.ask(NAME)
    assert not shelf.ask(NAME)
    assert shelf.wanted() == [NAME]


def test_what_is_kept_is_found_and_no_longer_wanted(shelf: Shelf) -> None:
    shelf.ask(NAME)

    shelf.keep(NAME, b"%PDF")

    assert shelf.find(NAME) == b"%PDF"
    assert shelf.wanted() == []
    assert [path.name for path in shelf.folder.iterdir()] == [NAME]


def test_a_refusal_is_told_and_forgotten_after_a_while(shelf: Shelf) -> None:
    shelf.ask(NAME)

    shelf.refuse(NAME, "unavailable")

    assert (shelf.wanted(), shelf.refusal(NAME)) == ([], "unavailable")
    long_ago = (shelf.folder / f"{NAME}.refused").stat().st_mtime - REFUSED_FOR - 1
    os.utime(shelf.folder / f"{NAME}.refused", (long_ago, long_ago))
    assert shelf.refusal(NAME) == ""


def test_the_oldest_wish_comes_first(shelf: Shelf) -> None:
    for age, name in enumerate(("b.pdf", "c.pdf", "a.pdf")):
        shelf.ask(name)
        os.utime(shelf.folder / f"{name}.wanted", (1000 + age, 1000 + age))

    assert shelf.wanted() == ["b.pdf", "c.pdf", "a.pdf"]


@pytest.mark.parametrize("name", ["../x.pdf", ".hidden", "a/b", "", "a\0b", "x" * 200])
def test_a_name_that_is_none_of_ours_is_refused(shelf: Shelf, name: str) -> None:
    with pytest.raises(ValueError, match="not a name of ours"):
        shelf.find(name)


def test_a_full_disk_keeps_nothing_and_says_nothing(shelf: Shelf) -> None:
    shelf.folder.parent.mkdir(exist_ok=True)
    shelf.folder.write_text("a file where the folder should be")

    shelf.keep(NAME, b"%PDF")

    assert shelf.find(NAME) is None
