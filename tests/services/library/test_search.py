"""Search: all words, somewhere in a question; filters that combine; counts that keep their word."""

from __future__ import annotations

import pytest

from portal.domain.questionnaire import Catalogue
from portal.services.library.index import entries_of
from portal.services.library.instruments import find_instrument, instruments_of
from portal.services.library.search import FACETS, PAGE, Found, Wish, find_questions
from portal.services.library.topics import TOPICS, topics_of
from portal.services.questionnaires import newest_versions


def ids(found: Found) -> list[str]:
    return [result.question.id for result in found.results]


def test_the_library_holds_every_question_of_the_newest_versions(catalogue: Catalogue) -> None:
    expected = [question.id for version in newest_versions(catalogue) for question in version.questions]

    assert [entry.question.id for entry in entries_of(catalogue)] == expected
    assert find_questions(catalogue, Wish()).total == len(expected) >= 20


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("HRS-FIX-03", "HRS-FIX-03"),
        ("hrs-fix-03", "HRS-FIX-03"),
        ("in writing promised", "HRS-COM-01"),
        ("Half a day a month", "HRS-COM-02"),
        ("what is everybody's task", "HRS-COM-02"),
        ("WÖRKERS PAID", "HRS-DO-06"),
        ("injuries, complaints", "HRS-CHK-01"),
        ("UNGP-19a", "HRS-COM-02"),
        ("notice", "HRS-COM-01"),
    ],
)
def test_words_of_any_part_find_the_question(catalogue: Catalogue, query: str, found: str) -> None:
    wish = Wish(query, {"questionnaire": "hrdd-short"})

    assert found in ids(find_questions(catalogue, wish))


def test_every_word_must_occur(catalogue: Catalogue) -> None:
    assert find_questions(catalogue, Wish("workers")).total > find_questions(catalogue, Wish("workers passports")).total
    assert find_questions(catalogue, Wish("workers zebra")).total == 0


def test_questions_whose_own_sentence_has_the_words_come_first(catalogue: Catalogue) -> None:
    results = find_questions(catalogue, Wish("paid")).results

    held = [any(piece.lower() == "paid" for piece in result.ask[1::2]) for result in results]
    assert held == sorted(held, reverse=True)
    assert all(result.excerpts for result, own in zip(results, held, strict=True) if not own)


@pytest.mark.parametrize("facet", FACETS)
def test_counts_say_what_choosing_would_leave(catalogue: Catalogue, facet: str) -> None:
    counts = find_questions(catalogue, Wish("workers")).counts[facet]

    assert counts
    for value, count in counts.items():
        assert find_questions(catalogue, Wish("workers", {facet: value})).total == count


def test_filters_combine(catalogue: Catalogue) -> None:
    both = find_questions(catalogue, Wish(filters={"stage": "act", "flag": "red_flag"}))

    assert both.total
    assert all(r.question.stage == "act" and r.question.flag == "red_flag" for r in both.results)


@pytest.mark.parametrize("facet", FACETS)
def test_an_unknown_value_finds_nothing(catalogue: Catalogue, facet: str) -> None:
    assert find_questions(catalogue, Wish(filters={facet: "no such thing"})).total == 0


def test_pages_follow_each_other_and_end(catalogue: Catalogue) -> None:
    first, second = (find_questions(catalogue, Wish("the", page=page)) for page in (1, 2))

    assert len(first.results) == PAGE
    assert not set(ids(first)) & set(ids(second))
    assert find_questions(catalogue, Wish("the", page=999)).page == first.pages


@pytest.mark.parametrize(
    ("codes", "topic", "belongs"),
    [
        (["UNGP-16a"], "commitment", True),
        (["UNGP-17"], "commitment", False),
        (["C188-9"], "children", True),
        (["C188-91"], "children", False),
        (["ILO-FEE-C1"], "fees", True),
        (["UNGP-1"], "risks", False),
        (["GRI-2-12"], "commitment", True),
    ],
)
def test_a_topic_is_told_by_the_articles(codes: list[str], topic: str, belongs: bool) -> None:
    assert (topic in topics_of(codes)) is belongs


def test_every_question_and_every_topic_is_used(catalogue: Catalogue) -> None:
    entries = entries_of(catalogue)

    assert [entry.question.id for entry in entries if not entry.topics] == []
    assert set(TOPICS) - {topic for entry in entries for topic in entry.topics} == set()


def test_every_mark_of_a_topic_is_the_beginning_of_a_code(catalogue: Catalogue) -> None:
    idle = [
        mark for marks in TOPICS.values() for mark in marks if not any(c.startswith(mark) for c in catalogue.references)
    ]

    assert idle == []


def test_instruments_hold_every_article_and_every_citation(catalogue: Catalogue) -> None:
    instruments = instruments_of(catalogue)

    articles = [article.reference.code for instrument in instruments for article in instrument.articles]
    assert sorted(articles) == sorted(catalogue.references)
    cited = {(article.reference.code, question.id) for i in instruments for article in i.articles
             for _version, question in article.questions}  # fmt: skip
    assert cited == {(code, entry.question.id) for entry in entries_of(catalogue) for code in entry.question.references}


def test_an_instrument_is_found_by_its_address_alone(catalogue: Catalogue) -> None:
    assert find_instrument(catalogue, "ungp") is not None
    assert find_instrument(catalogue, "UNGP") is None
    assert find_instrument(catalogue, "ung") is None
