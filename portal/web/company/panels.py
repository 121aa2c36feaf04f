"""What stands below a question on its own page: history, and whatever other parts of the workspace hang in here."""

from __future__ import annotations

from collections.abc import Callable

from portal.domain.questionnaire import Question
from portal.web.company.actions import actions_panel
from portal.web.company.attached_files import files_panel
from portal.web.company.comments import comments_panel
from portal.web.company.histories import history_panel
from portal.web.company.honesty import harm_panel
from portal.web.company.progress import Progress
from portal.web.company.statements import statement_panel

Panel = Callable[[Progress, Question], str]
#: What stands before the answer: who helps, and who does what with it.
AHEAD: tuple[Panel, ...] = (harm_panel,)
#: Each returns markup for one question, or nothing.
PANELS: tuple[Panel, ...] = (
    statement_panel,
    files_panel,
    comments_panel,
    actions_panel,
    history_panel,
)
