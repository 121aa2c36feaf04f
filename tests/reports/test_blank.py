"""The questionnaire without answers: everything there is to read, boxes to tick, and its digest on every page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from portal.domain.questionnaire import Catalogue, QuestionType
from portal.reports.blank import blank_html, blank_pdf
from portal.reports.formats import grouped
from portal.reports.markup import TEMPLATES
from portal.reports.pdf import Printed, Printer
from tests.reports.pages import opened, page_texts, words

SHORT = "hrdd-short@2026.1"


@pytest.fixture(scope="module")
def printed(printer: Printer, catalogue: Catalogue) -> Printed:
    return blank_pdf(
        printer, catalogue.questionnaires[SHORT], catalogue, portal="A Ministry", address="https://p.example/q"
    )


def test_every_question_is_there_with_its_levels_and_reasons(printed: Printed, catalogue: Catalogue) -> None:
    text = words(printed.pdf)

    questions = list(catalogue.questionnaires[SHORT].questions)
    assert len(questions) == 20
    for question in questions:
        for sentence in (question.id, question.ask, question.why, question.remedial, *question.levels):
            assert " ".join(sentence.split()) in text, (question.id, sentence)


def test_digest_and_page_stand_on_every_page_but_the_cover(printed: Printed, catalogue: Catalogue) -> None:
    digest = catalogue.questionnaires[SHORT].digest.removeprefix("sha256:")
    cover, *pages = page_texts(printed.pdf)

    assert grouped(digest) in " ".join(cover.split())
    assert len(pages) > 5
    for number, page in enumerate(pages, 2):
        assert grouped(digest[:16]) in page
        assert f"Page {number} of {len(pages) + 1}" in page


def test_nothing_is_missing_and_no_notice_is_given(printed: Printed) -> None:
    assert printed.notices == ()
    with opened(printed.pdf) as document:
        assert "/StructTreeRoot" in document.Root


def test_the_same_version_gives_the_same_bytes(printer: Printer, printed: Printed, catalogue: Catalogue) -> None:
    again = blank_pdf(
        printer, catalogue.questionnaires[SHORT], catalogue, portal="A Ministry", address="https://p.example/q"
    )

    assert again.pdf == printed.pdf


def test_unverified_articles_carry_a_mark_that_is_explained(catalogue: Catalogue) -> None:
    html = blank_html(catalogue.questionnaires[SHORT], catalogue)

    cited = {code for question in catalogue.questionnaires[SHORT].questions for code in question.references}
    marked = set(re.findall(r'<b class="nb">([^<*]+)\*</b>', html))
    assert marked == {code for code in cited if not catalogue.references[code].verified}
    assert marked
    assert "the number of this article has not been checked at its source" in html


def test_there_is_a_box_for_every_level_and_option(catalogue: Catalogue) -> None:
    for questionnaire in catalogue.questionnaires.values():
        html = blank_html(questionnaire, catalogue)
        boxes = {
            QuestionType.MATURITY: lambda question: 7,
            QuestionType.INCIDENT: lambda question: 7,
            QuestionType.TABLE: lambda question: 2,
        }
        expected = sum(
            boxes.get(question.type, lambda one: len(one.options) + 2)(question) for question in questionnaire.questions
        )
        assert html.count('class="box"') == expected, questionnaire.reference


def test_a_draft_says_so(catalogue: Catalogue) -> None:
    questionnaire = catalogue.questionnaires[SHORT]

    assert "This version is a draft" not in blank_html(questionnaire, catalogue)
    assert "This version is a draft" in blank_html(questionnaire, replace(catalogue, published=frozenset()))


def test_what_is_written_in_a_questionnaire_stays_text(catalogue: Catalogue) -> None:
    questionnaire = replace(catalogue.questionnaires[SHORT], title="<script>x</script>")

    assert "<script>" not in blank_html(questionnaire, catalogue)


def test_the_words_around_it_follow_the_language(catalogue: Catalogue) -> None:
    html = blank_html(catalogue.questionnaires[SHORT], catalogue, language="ar")

    assert '<html lang="ar" dir="rtl">' in html
    assert "Have you promised in writing" in html


@pytest.mark.parametrize("kind", list(QuestionType))
def test_every_kind_of_question_can_be_printed(kind: QuestionType) -> None:
    assert (TEMPLATES / "reports" / "blank" / f"{kind}.html").exists()
