"""What of a questionnaire somebody was given to work on: whole sections, and single questions."""

from __future__ import annotations

from dataclasses import dataclass

from portal.domain.questionnaire import Question, Section


@dataclass(frozen=True, slots=True)
class Work:
    """For people who see only what was given to them. A section is more than all of its questions given singly:
    it holds questions that are asked later too."""

    sections: frozenset[str] = frozenset()
    questions: frozenset[str] = frozenset()

    def covers(self, section_id: str, question_id: str) -> bool:
        return section_id in self.sections or question_id in self.questions

    def questions_of(self, section: Section) -> tuple[Question, ...]:
        """What of this section was given, in its order."""
        return tuple(question for question in section.questions if self.covers(section.id, question.id))

    def adding(self, section_id: str, question_id: str) -> Work:
        """The same with one assignment more: an empty `question_id` stands for the whole section."""
        if question_id:
            return Work(self.sections, self.questions | {question_id})
        return Work(self.sections | {section_id}, self.questions)
