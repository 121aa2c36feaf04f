"""`flask questionnaires publish`: one proposes, another confirms, and then nothing changes any more."""

from __future__ import annotations

import tomllib

import pytest

from tests.commands.running import HRS, NEXT, change, publish, run

PROFILE = "profile@2026.1"


@pytest.fixture
def ready(folder):
    """The profile is published, so the short form can be."""
    publish(PROFILE)
    return folder


def test_publishing_takes_two_people(ready):
    proposed = run("publish", HRS, "--as", "Ada Lovelace")
    assert proposed.exit_code == 0
    assert f"{HRS} is the first version: 20 questions." in proposed.output
    assert f"{HRS}  draft" in run("list").output

    confirmed = run("publish", HRS, "--confirm", "--as", "Grace Hopper", typed=f"{HRS}\n")

    assert confirmed.exit_code == 0
    assert f"{HRS} is published now: sha256:" in confirmed.output
    assert f"{HRS}  published" in run("list").output
    assert not (ready / "PROPOSED.toml").exists()


def test_both_names_stand_beside_the_digest(ready):
    publish(HRS)

    text = (ready / "PUBLISHED.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(text)) == {PROFILE, HRS}
    assert text.count("# proposed by Ada Lovelace on ") == text.count(", confirmed by Grace Hopper on ") == 2


@pytest.mark.parametrize(
    "name", ["Ada Lovelace", " ada  LOVELACE ", "\uff21\uff44\uff41 Lovelace", "Ada\u200b Lovelace", "A-d-a Lovelace"]
)
def test_nobody_confirms_their_own_proposal(ready, name):
    run("publish", HRS, "--as", "Ada Lovelace")

    refused = run("publish", HRS, "--confirm", "--yes", "--as", name)

    assert refused.exit_code == 1
    assert "a second person must confirm it" in refused.output
    assert f"{HRS}  draft" in run("list").output


@pytest.mark.parametrize("name", ["", "  ", "...", "\u200b"])
def test_nobody_publishes_without_a_name(ready, name):
    result = run("publish", HRS, "--as", name)

    assert (result.exit_code, result.output) == (2, 'say who you are: --as "Your name"\n')


def test_what_nobody_proposed_is_not_confirmed(ready):
    refused = run("publish", HRS, "--confirm", "--yes", "--as", "Grace Hopper")

    assert refused.exit_code == 1
    assert f"nobody has proposed {HRS}" in refused.output


def test_what_changed_since_it_was_proposed_is_not_confirmed(ready):
    run("publish", HRS, "--as", "Ada Lovelace")
    change(ready / "hrdd-short/2026.1/act.yaml", "Do you act on your worst risks?", "Do you act?")

    refused = run("publish", HRS, "--confirm", "--yes", "--as", "Grace Hopper")

    assert refused.exit_code == 1
    assert f"{HRS} has changed since Ada Lovelace proposed it" in refused.output
    assert run("publish", HRS, "--as", "Grace Hopper").exit_code == 0


def test_another_reference_typed_publishes_nothing(ready):
    run("publish", HRS, "--as", "Ada Lovelace")

    refused = run("publish", HRS, "--confirm", "--as", "Grace Hopper", typed="yes\n")

    assert refused.exit_code == 1
    assert "that is not the reference; nothing was changed" in refused.output
    assert f"{HRS}  draft" in run("list").output


@pytest.mark.parametrize("step", [(), ("--confirm", "--yes")])
def test_what_has_faults_is_neither_proposed_nor_confirmed(ready, step):
    change(ready / "hrdd-short/2026.1/cases.yaml", "score: 52.3", "score: 52.4")

    refused = run("publish", HRS, "--as", "Ada Lovelace", *step)

    assert refused.exit_code == 1
    assert f"{HRS} has faults; nothing was changed" in refused.output
    assert not (ready / "PROPOSED.toml").exists()


def test_a_questionnaire_waits_for_its_profile(folder):
    refused = run("publish", HRS, "--as", "Ada Lovelace")

    assert refused.exit_code == 1
    assert f"{HRS} uses {PROFILE}, which is a draft; publish that first" in refused.output


def test_a_published_version_never_changes(ready):
    publish(HRS)
    change(ready / "hrdd-short/2026.1/act.yaml", "Do you act on your worst risks?", "Do you act?")

    refused = run("publish", HRS, "--as", "Ada Lovelace")

    assert refused.exit_code == 1
    assert f"{HRS}: has changed since it was published" in refused.output


def test_publishing_twice_changes_nothing(ready):
    publish(HRS)
    before = (ready / "PUBLISHED.toml").read_bytes()

    again = run("publish", HRS, "--as", "Somebody")

    assert (again.exit_code, again.output.partition(":")[0]) == (0, f"{HRS} was published already")
    assert (ready / "PUBLISHED.toml").read_bytes() == before


def test_both_see_what_the_version_changes(ready):
    publish(HRS)
    run("copy", HRS, "2026.2")
    change(ready / "hrdd-short/2026.2/act.yaml", "Do you act on your worst risks?", "Do you act on the worst first?")

    for step in (("--as", "Ada Lovelace"), ("--confirm", "--as", "Grace Hopper")):
        said = run("publish", NEXT, *step, typed=f"{NEXT}\n").output

        assert f"What {NEXT} changes since {HRS}:" in said
        assert "HRS-DO-01.ask: Do you act on your worst risks? -> Do you act on the worst first? (words only)" in said
        assert "19 questions are the same; the score is the same for the same answers." in said


def test_a_list_of_proposals_that_cannot_be_read_is_refused(ready):
    (ready / "PROPOSED.toml").write_text('["hrdd-short@2026.1"]\ndigest = 3\n', encoding="utf-8")

    refused = run("publish", HRS, "--as", "Ada Lovelace")

    assert refused.exit_code == 1
    assert "questionnaires/PROPOSED.toml:1: is not a list of proposals" in refused.output
