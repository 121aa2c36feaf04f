"""Rules D5 to D9: what cells give away together, and when an old value stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.disclosure.audit import SpanAudit, size, small_differences, small_remainders
from portal.domain.disclosure.history import changed_groups, is_held
from portal.domain.disclosure.ledger import Ledger, Refusal
from portal.domain.disclosure.merging import settle
from portal.domain.disclosure.regions import COUNTRIES, OTHER, ROLES, SECTORS, SIZES, sector_class
from portal.domain.disclosure.rounding import CellKeys
from portal.domain.disclosure.settings import DisclosureSettings
from portal.domain.disclosure.statistics import Statistic, row_statistics, too_alike
from portal.domain.disclosure.tables import Cell
from portal.domain.disclosure.units import FLAG_STATES, group_units
from portal.domain.scorecard import BANDS
from tests.domain.attacker import exposed, small_combinations
from tests.domain.disclosed import elements, groups, named, unit, units

COMPANIES, MEAN, BAND, *_ = row_statistics(())
FLAG = row_statistics(("HRS-DO-02",))[-1]


def people(prefix, count, version="1"):
    return elements([f"{prefix}{number}" for number in range(count)], version)


def audited(*cells):
    audit = SpanAudit()
    for cell in cells:
        audit = audit.with_cell(cell)
    return audit


def ledger(statistic: Statistic, among=()):
    return Ledger(statistic, DisclosureSettings(), SpanAudit(), among)


def test_t1_a_small_cell_is_merged_with_its_siblings():
    members = {"TH": people("th", 9), "VN": people("vn", 5), "MY": people("my", 3)}

    (block,) = settle(COUNTRIES, members, lambda cell: len(cell) >= 10)

    assert (block.key, len(block.members)) == ("south_eastern_asia", 17)


def test_siblings_that_are_large_enough_stay_on_their_own():
    members = {"TH": people("th", 12), "VN": people("vn", 5), "MY": people("my", 6)}

    shown = settle(COUNTRIES, members, lambda cell: len(cell) >= 10)

    assert [(block.key, len(block.members)) for block in shown] == [("TH", 12), ("rest_of_south_eastern_asia", 11)]
    assert "TH" not in shown[1].leaves


def test_a_rest_that_stays_too_small_takes_the_smallest_block_with_it():
    members = {"TH": people("th", 12), "NP": people("np", 20), "FJ": people("fj", 4)}

    shown = settle(COUNTRIES, members, lambda cell: len(cell) >= 10)

    assert [(block.key, len(block.members)) for block in shown] == [("NP", 20), ("rest_of_all", 16)]


@given(st.dictionaries(st.sampled_from(sorted(COUNTRIES.leaves())), st.integers(0, 25), max_size=12))
def test_blocks_never_overlap_and_leave_nobody_or_enough_out(sizes):
    members = {country: people(country, count) for country, count in sizes.items()}

    blocks = settle(COUNTRIES, members, lambda cell: len(cell) >= 10)

    leaves = [leaf for block in blocks for leaf in block.leaves]
    assert len(leaves) == len(set(leaves))
    assert all(len(block.members) >= 10 for block in blocks)
    left = sum(sizes.values()) - sum(len(block.members) for block in blocks)
    assert left == 0 or not blocks


def test_t4_the_complement_of_one_is_refused():
    everybody, large = groups(31), groups(31)[1:]
    book = ledger(MEAN)

    assert book.admit(Cell("all", "all", everybody), partition=True) is None
    assert book.admit(Cell("size", "50_and_more", large), partition=True) is Refusal.DIFFERENCE


def test_t5_tables_that_add_up():
    fishing_small, fishing_large = people("a", 6), people("b", 9)
    factory_small, factory_large = people("c", 14), people("d", 21)
    fishing, factory = fishing_small | fishing_large, factory_small | factory_large
    small, large = fishing_small | factory_small, fishing_large | factory_large
    published = (fishing | factory, fishing, factory, small, large)

    assert not list(audited(*published).unions(10))
    assert fishing_small in audited(*published, factory_large).unions(10)
    assert fishing_large in small_differences(factory_large, published, 10)


def test_t6_overlapping_cells_that_no_difference_betrays():
    a, b, c = people("a", 12), people("b", 4), people("c", 11)

    assert not list(small_differences(a | b | c, (a | b, b | c), 10))
    assert list(audited(a | b, b | c).unions(10)) == []
    assert list(audited(a | b, b | c, a | b | c).unions(10)) == [b]


def test_a_rest_of_many_atoms_is_refused_although_each_row_alone_passes():
    """All 40 less two rows of 16 leaves 8 groups in 8 different atoms: neither D7 nor D8 sees them."""
    rest = people("r", 8)
    first, second = people("a", 16), people("b", 16)
    everybody = first | second | rest

    assert not list(small_differences(second, (everybody, first), 10))
    assert list(small_remainders(second, (first,), (everybody,), 10)) == [rest]


def test_what_two_cells_less_a_third_leave_is_refused_whatever_its_atoms():
    """The 8 groups left over stand in different places of other cells: no union of three atoms holds them all."""
    rest, first, second = people("r", 8), people("a", 14), people("b", 14)
    others = [elements([f"r{place}"]) | people(f"x{place}-", 12) for place in range(8)]
    cells = (*others, rest | first, second, first | second)

    assert rest not in audited(*cells).unions(10)
    assert rest in audited(*cells).sums(10)


def test_t7_one_newcomer_keeps_the_old_value():
    june, december = people("g", 12), people("g", 13)

    assert changed_groups(june, december) == 1
    assert is_held(june, december, 10)


@pytest.mark.parametrize(("again", "held"), [(0, False), (1, True), (9, True), (10, False), (11, False)])
def test_t8_answering_again_counts_as_a_change(again, held):
    june = people("g", 20)
    december = people("g", again, version="2") | (june - people("g", again))

    assert changed_groups(june, december) == again
    assert is_held(june, december, 10) is held


def test_t10_all_the_same_is_refused_in_a_small_cell_and_open_ended_in_a_large_one():
    fourteen = group_units(unit(number, red_flags={"HRS-DO-02": "open"}) for number in range(14))
    forty_one = group_units(
        unit(number, red_flags={"HRS-DO-02": "open" if number < 41 else "none"}) for number in range(46)
    )
    all_the_same = group_units(unit(number, red_flags={"HRS-DO-02": "open"}) for number in range(46))

    assert too_alike(FLAG, fourteen, 30)
    assert not too_alike(FLAG, forty_one, 30)
    assert not too_alike(FLAG, all_the_same, 30)
    assert FLAG.shown(all_the_same, CellKeys(b"demo-secret"))["open"] == ">=90"
    assert FLAG.shown(all_the_same, CellKeys(b"demo-secret"))["none"] == "<=10"


def test_t10_what_is_too_alike_is_merged_upward():
    corridor = group_units(units(14, country="TH", red_flags={"HRS-DO-02": "open"}))
    others = group_units(
        unit(number, country="MY", red_flags={"HRS-DO-02": FLAG_STATES[number % 4]}) for number in range(14, 46)
    )
    by_element = {group.element: group for group in corridor + others}
    members = {"TH": frozenset(g.element for g in corridor), "MY": frozenset(g.element for g in others)}

    def passes(cell):
        return len(cell) >= 10 and not too_alike(FLAG, [by_element[element] for element in cell], 30)

    (block,) = settle(COUNTRIES, members, passes)

    assert (block.key, len(block.members)) == ("south_eastern_asia", 46)


@pytest.mark.parametrize(("alike", "refused"), [(16, False), (17, True)])
def test_more_than_four_fifths_with_one_answer_is_too_alike(alike, refused):
    assert too_alike(BAND, named("Beginning", alike) + named("Advanced", 20 - alike, first=alike), 30) is refused


def test_companies_that_published_do_not_hide_that_the_others_are_all_alike():
    same = named("Beginning", 12)
    known = group_units(unit(number, published_own=True) for number in range(12, 20))

    assert too_alike(BAND, same + known, 30)


def test_a_part_that_can_be_worked_out_may_not_be_too_alike_either():
    """Of 45 and of the 30 among them a distribution may be shown; of the 15 others, all alike, it follows."""
    mixed, same = groups(30), named("Beginning", 15, first=30)
    book = ledger(BAND, among=mixed + same)

    assert book.admit(Cell("all", "all", mixed + same), partition=True) is None
    assert book.admit(Cell("size", "under_50", mixed), partition=True) is Refusal.ALIKE_PART


def test_a_bare_count_needs_five_and_everything_else_ten():
    seven = Cell("role", "recruiter", groups(7))

    assert ledger(COMPANIES).admit(seven, partition=False) is None
    assert ledger(MEAN).admit(seven, partition=False) is Refusal.SMALL


def test_audits_with_the_same_history_are_the_same():
    root, cell = SpanAudit(), people("a", 12)

    assert root.with_cell(cell) is root.with_cell(frozenset(cell))


ELEMENTS = [(f"g{number}", "1") for number in range(26)]
MEMBERSHIPS = st.lists(st.frozensets(st.sampled_from(ELEMENTS)), min_size=1, max_size=7)
#: Cells made of few blocks overlap and add up much more often than random sets do.
BLOCKS = st.lists(st.integers(1, 9), min_size=3, max_size=6)
UNIONS = st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=2, max_size=9)


def cells_of(sizes, unions):
    blocks = [people(f"block{place}-", count) for place, count in enumerate(sizes)]
    chosen = [frozenset().union(*(b for b, into in zip(blocks, union, strict=False) if into)) for union in unions]
    return [cell for cell in chosen if cell]


@settings(max_examples=60, deadline=None)
@given(MEMBERSHIPS)
def test_the_audit_finds_what_plain_elimination_finds(cells):
    cells = [cell for cell in cells if cell]

    assert set(audited(*cells).unions(10)) == set(exposed(cells, below=10))


@settings(max_examples=100, deadline=None)
@given(BLOCKS, UNIONS)
def test_the_audit_finds_what_follows_from_cells_that_add_up(sizes, unions):
    cells = cells_of(sizes, unions)

    assert set(audited(*cells).unions(10)) == set(exposed(cells, below=10))


@settings(max_examples=100, deadline=None)
@given(BLOCKS, UNIONS)
def test_whatever_is_tried_nothing_small_follows_from_what_is_admitted(sizes, unions):
    cells = cells_of([size + 3 for size in sizes], unions)
    everybody = _groups_of(cells)
    book = ledger(MEAN, among=tuple(everybody.values()))

    for place, cell in enumerate(cells):
        book.admit(Cell("any", str(place), tuple(everybody[element] for element in sorted(cell))), partition=False)

    assert not list(exposed(book.cells, below=10))
    assert all(size(cell) - 1 >= 9 for cell in book.cells), "an insider who takes itself out leaves nine"
    assert not [left for left in small_combinations(book.cells, below=10) if len(left) == 1]


def _groups_of(cells):
    names = sorted({name for cell in cells for name, _version in cell})
    made = group_units(unit(place, group=name) for place, name in enumerate(names))
    return {(group.id, "1"): group for group in made}


def test_every_category_of_a_group_has_its_place():
    assert sector_class("A03") == "fishing"
    assert sector_class("A") == sector_class("A01") == "agriculture"
    assert sector_class("") == OTHER
    assert {sector_class(letter) for letter in "ABCDEFGHIJKLMNOPQRSTU"} <= set(SECTORS.leaves())
    assert len(set(COUNTRIES.leaves())) == len(list(COUNTRIES.leaves())) == 46
    assert set(SIZES.leaves()) == {"under_50", "50_and_more"}
    assert len(BANDS) == 5
    assert len(ROLES) == 6
