"""The read view of one question."""

from __future__ import annotations

from datetime import date

from portal.domain.answers import Answer
from portal.domain.questionnaire import Catalogue
from portal.domain.scorecard import QuestionScore
from portal.reports.answered import answered_question


def test_a_table_shows_what_the_company_wrote_and_nothing_worked_out(catalogue: Catalogue) -> None:
    question = catalogue.questionnaires["recruitment-employers@2026.1"].by_id["ERE-FEE-02"]
    row = {"origin": "MM", "destination": "TH", "item": "c1", "payer": "employer", "amount": 60, "currency": "USD"}
    score = QuestionScore("answered", 1, 1, 25)
    hidden = {column.label for column in question.columns if column.kind == "calculate"}

    table = answered_question(
        question, Answer(value=[row]), score, references=catalogue.references, as_of=date(2026, 11, 23)
    ).table

    assert hidden
    assert table is not None
    assert hidden.isdisjoint(table.heads)
    assert table.rows == (("MM", "TH", "Medical tests and vaccinations", "We do", "60", "USD", ""),)
