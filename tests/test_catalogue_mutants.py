"""Broken questionnaire files are refused with their place, fast, and store nothing."""

from __future__ import annotations

import pytest

from tests.catalogue_mutants import run


@pytest.mark.parametrize("count", [20, pytest.param(2000, marks=pytest.mark.slow)])
def test_no_mutant_does_harm(tmp_path, count):
    seen = run(count, 7, tmp_path)

    assert seen["sound"] + seen["refused"] == count
    assert seen["refused"]
    assert {name: seen[name] for name in ("no place", "exception", "slow", "stored")} == {
        "no place": 0, "exception": 0, "slow": 0, "stored": 0,
    }  # fmt: skip
