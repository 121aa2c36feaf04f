"""Fill in the forms of a page as a person might, from the page alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from tests.access.world import QUESTION

WORDS = "Words that a person typed here, long enough"
#: What is typed into a field by the beginning of its name or by its type, where any words will not do.
TYPED = {
    "email": "newcomer@elsewhere.example",
    "country": "TH",
    "registration_number": "0105536112014",
    "into_number": "0105536112014",
    "number": "0105536112014",
}
BY_TYPE = {"email": "newcomer@elsewhere.example", "date": "2030-01-01", "number": "3", "url": "https://id.example"}

#: What a person types where a page alone does not say it.
FORMS: dict[str, dict[str, Any]] = {
    "company.begin_upload": {"question": QUESTION, "name": "walk.txt", "size": "4"},
    "company.autosave_answer": {"question": QUESTION, QUESTION: "3", f"{QUESTION}-version": "1"},
}


@dataclass
class Form:
    action: str
    fields: dict[str, Any] = field(default_factory=dict)
    #: Buttons with a name; one of them is pressed.
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms = path, list[Form]()
        self._form: Form | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method", "").casefold() == "post":
            self._form = Form(urljoin(self.path, said.get("action") or self.path))
            self.forms.append(self._form)
        if self._form is None:
            return
        name = said.get("name", "")
        match tag:
            case "input" if name:
                self._input(name, said)
            case "select":
                self._select = name
            case "option" if self._select:
                current = self._form.fields.get(self._select)
                if "selected" in said or (not current and said.get("value")):
                    self._form.fields[self._select] = said.get("value", "")
            case "textarea":
                self._area = name
                self._form.fields[name] = ""
            case "button" if name:
                self._form.buttons.append((name, said.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            if self._form and not self._form.fields[self._area].strip():
                self._form.fields[self._area] = WORDS
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._form and self._area:
            self._form.fields[self._area] += data

    def _input(self, name: str, said: dict[str, str]) -> None:
        assert self._form is not None
        kind, value = said.get("type", "text"), said.get("value", "")
        if kind == "file":
            return
        if kind == "radio":
            if "checked" in said or name not in self._form.fields:
                self._form.fields[name] = value
        elif kind == "checkbox":
            self._form.fields.setdefault(name, value or "y")
        elif kind == "hidden" or value:
            self._form.fields[name] = value
        else:
            typed = next((words for start, words in TYPED.items() if name.startswith(start)), None)
            self._form.fields[name] = typed or BY_TYPE.get(kind, WORDS)


def forms_in(page: str, path: str) -> list[Form]:
    reader = _Reader(path)
    reader.feed(page)
    return [form for form in reader.forms if "sign-out" not in form.action]
