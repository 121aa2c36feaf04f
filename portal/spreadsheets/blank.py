"""The empty workbook of a questionnaire, to collect answers before signing up."""

from __future__ import annotations

from portal.domain.answers import Answer
from portal.domain.prefill import starting_rows
from portal.domain.questionnaire import Catalogue, Questionnaire
from portal.spreadsheets.answer_sheet import write_answers
from portal.spreadsheets.book import Book
from portal.spreadsheets.layout import tables
from portal.spreadsheets.metadata import Metadata, written
from portal.spreadsheets.readme_sheet import write_readme
from portal.spreadsheets.sameness import fingerprint
from portal.spreadsheets.table_sheet import write_table
from portal.spreadsheets.words import words_in


def blank_workbook(questionnaire: Questionnaire, catalogue: Catalogue, *, language: str = "en") -> bytes:
    """Return an .xlsx file with every question and no answer: the same bytes for the same questionnaire and language.

    Raises UnknownLanguage.
    """
    words = words_in(language)
    _ = words
    book = Book(words, title=questionnaire.title)
    profile = catalogue.profiles[questionnaire.profile]
    facts = [(_("Questionnaire"), questionnaire.reference), (_("Who answers"), questionnaire.who)]
    write_readme(book, questionnaire, facts, blank=True)
    asked_of = {rule: label for rule, label in profile.rule_labels.items() if rule != "always"}
    write_answers(book, questionnaire, frozenset(questionnaire.by_id), {}, asked_of)
    for question in tables(questionnaire):
        write_table(book, questionnaire, question, starting_rows(question, {}))
    stood = {question.id: (0, fingerprint(question, Answer())) for question in questionnaire.questions}
    metadata = Metadata(questionnaire.reference, questionnaire.digest, book.vocabulary, answers=stood)
    return book.close(*written(metadata, None))
