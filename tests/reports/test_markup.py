"""The report's own words, and that nothing of anybody else's becomes markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from portal.domain.questionnaire import Catalogue
from portal.messages import UnknownLanguage
from portal.reports.markup import report_html
from portal.reports.parts import AssessmentReport, Label

Build = Callable[..., AssessmentReport]
Example = dict[str, Any]


def flat(html: str) -> str:
    return " ".join(html.split())


def test_the_sentence_comes_before_the_name_of_the_rule(report: Build, thalay: Example) -> None:
    html = flat(report_html(report(thalay)))

    sentence = html.index("nobody has looked properly")
    assert html.index("CAP-C", sentence) > sentence
    assert "Fees paid by workers: found, and being put right until 30 April 2027." in html


def test_the_label_says_who_stands_behind_it(report: Build, thalay: Example) -> None:
    alone = report_html(report(thalay))
    reviewed = report_html(report(thalay, label=Label("Thailand", date(2026, 11, 3))))

    assert 'data-label="Self-assessed, not verified"' in alone
    assert 'data-label="Reviewed by Thailand on 3 November 2026"' in reviewed
    assert "Self-assessed, not verified" not in reviewed


def test_a_language_sets_direction_and_dates(report: Build, thalay: Example) -> None:
    html = report_html(report(thalay), language="ar")

    assert '<html lang="ar" dir="rtl">' in html
    assert "أكتوبر" in html


@pytest.mark.parametrize("tag", ["", "xx-unknown-zz", "../../etc", "en\n"])
def test_what_is_no_language_is_refused(report: Build, thalay: Example, tag: str) -> None:
    with pytest.raises(UnknownLanguage):
        report_html(report(thalay), language=tag)


def test_what_people_wrote_is_escaped(report: Build, thalay: Example) -> None:
    evil = '<img src=x onerror="1"> {{ 7 * 7 }} & \'"'
    thalay["company"]["name"] = evil
    thalay["answers"]["HRS-COM-01"]["comment"] = evil

    html = report_html(report(thalay))

    assert "<img" not in html
    assert "{{ 7 * 7 }}" in html


def test_a_name_written_right_to_left_is_set_so(report: Build, thalay: Example) -> None:
    thalay["company"]["local_name"] = "شركة الشباك"

    assert '<p class="local" dir="rtl">' in report_html(report(thalay))


def test_a_character_without_a_glyph_is_owned_up_to(report: Build, thalay: Example) -> None:
    assert "could not be printed" in report_html(report(thalay), incomplete=True)
    assert "could not be printed" not in report_html(report(thalay))


def test_a_report_speaks_the_language_asked_for(report: Build, thalay: Example) -> None:
    html = report_html(report(thalay), language="ar")

    assert 'dir="rtl"' in html
    assert "Self-assessed, not verified" not in html


def test_every_unverified_article_carries_a_mark_that_is_explained(
    report: Build, thalay: Example, catalogue: Catalogue
) -> None:
    html = flat(report_html(report(thalay)))

    cited = {
        code for question in catalogue.questionnaires["hrdd-short@2026.1"].questions for code in question.references
    }
    unverified = {code for code in cited if not catalogue.references[code].verified}
    assert unverified
    assert set(re.findall(r'<b class="nb">([^<*]+)\*</b>', html)) == unverified
    assert "* The number of this article was taken over without being checked at its source." in html


def test_worker_representatives_speak_in_a_chapter_of_their_own(report: Build, thalay: Example) -> None:
    silent = report_html(report(thalay))
    said = [{"body": "مجلس العمال", "words": "<b>قرأنا</b> الإجابات.\nThe shifts are longer than stated."}]
    page = flat(report_html(report(thalay | {"worker_statements": said})))

    assert 'id="statements"' not in silent
    assert 'href="#statements"' in page
    assert '<h2 dir="rtl">مجلس العمال</h2>' in page
    assert "&lt;b&gt;قرأنا&lt;/b&gt;" in page
    assert '<p dir="ltr">The shifts are longer than stated.</p>' in page
