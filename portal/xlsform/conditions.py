"""Which rule of the profile a condition of a form says; what says none is left for an author to decide."""

from __future__ import annotations

from portal.domain.questionnaire import Profile
from portal.xlsform.export import relevant
from portal.xlsform.names import names_of_profile
from portal.xlsform.notation import Undecided, Value
from portal.xlsform.remarks import Remark
from portal.xlsform.survey import Asked
from portal.xlsform.translate import Untranslatable

ALWAYS = "always"


class Conditions:
    def __init__(self, profile: Profile, remarks: list[Remark]) -> None:
        self.remarks = remarks
        self.written: dict[str, str] = {}
        names = names_of_profile(profile)
        for rule in profile.rules:
            try:
                self.written[rule] = _spaced(relevant(profile, rule, names))
            except Untranslatable:
                continue
        self.rules = {text: rule for rule, text in self.written.items()}

    def rule_of(self, asked: Asked) -> Value:
        """The rule under which the question is asked: as our own column says, or as its conditions do."""
        line, own = asked.line, asked.line.own("applies")
        said = {self.rules.get(_spaced(text), "") for _, text in asked.conditions} - {ALWAYS} or {ALWAYS}
        if own:
            if own in self.written and said != {own}:
                what = f"is not what the rule {own[:60]!r} in portal_applies says; the rule counts"
                self.remarks.append(Remark(line.sheet, line.number, "relevant", what))
            return own
        if len(said) == 1 and "" not in said:
            return said.pop()
        for item, text in asked.conditions:
            what = f"{text[:200]!r} is no rule of the profile; choose or add one"
            self.remarks.append(Remark(item.sheet, item.number, "relevant", what))
        return Undecided(
            f"decide: a rule of the profile; the form says: {' and '.join(t for _, t in asked.conditions)}"
        )


def _spaced(text: str) -> str:
    return " ".join(text.split())
