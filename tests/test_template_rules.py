"""Templates: each parses, imports only what it uses, and stays within the content security policy."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest
from jinja2 import Environment, nodes

from tests.sources import at, modules, templates

#: Makes PDF files, not pages: its style sheet is given to the renderer, and no browser applies a policy to it.
PRINTED = "reports/"


@cache
def tree(name: str) -> nodes.Template:
    return Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True).parse(templates()[name])


@cache
def named(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each template that this one imports from, with the names it takes."""
    return tuple(
        (found.template.value, tuple(entry if isinstance(entry, str) else entry[0] for entry in found.names))
        for found in tree(name).find_all(nodes.FromImport)
        if isinstance(found.template, nodes.Const)
    )


@cache
def everything() -> str:
    return "\n".join([*templates().values(), *(module.text for module in modules("portal"))])


def macros(name: str) -> set[str]:
    return {macro.name for macro in tree(name).find_all(nodes.Macro)}


@pytest.mark.parametrize("name", sorted(templates()))
def test_a_template_parses(name: str) -> None:
    assert tree(name).body is not None


def test_templates_name_only_templates_that_exist() -> None:
    absent = [
        f"{name}:{node.lineno} names {node.template.value}"
        for name in templates()
        for node in tree(name).find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport))
        if isinstance(node.template, nodes.Const) and node.template.value not in templates()
    ]

    assert absent == []


def test_imported_macros_exist_and_are_used() -> None:
    imports = [(name, source, macro) for name in templates() for source, taken in named(name) for macro in taken]
    absent = [entry for entry in imports if entry[2] not in macros(entry[1])]
    idle = [entry for entry in imports if len(re.findall(rf"\b{entry[2]}\b", templates()[entry[0]])) < 2]

    assert imports
    assert absent == []
    assert idle == []


def test_every_macro_is_called_somewhere() -> None:
    defined = [(name, macro) for name in templates() for macro in macros(name)]
    words = Counter(re.findall(r"\w+", everything()))
    idle = [(name, macro) for name, macro in defined if words[macro] < 2]

    assert defined
    assert idle == []


def test_every_template_is_named_somewhere() -> None:
    """By its name, or by its folder where the name is put together: "answers/" ~ question.type."""
    folders = set(re.findall(r"[\"']((?:[a-z_-]+/)+)[\"'{]", everything()))
    idle = [name for name in templates() if name not in everything() and f"{name.rpartition('/')[0]}/" not in folders]

    assert idle == []


def test_pages_hold_nothing_that_the_content_security_policy_forbids() -> None:
    forbidden = r"<style\b|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=[\"']|javascript:"
    pages = {name: text for name, text in templates().items() if not name.startswith(PRINTED)}
    found = [where for name, text in pages.items() for where in at(name, text, forbidden)]

    assert pages
    assert found == []


def test_every_posted_form_carries_a_token() -> None:
    forms = [
        (name, form)
        for name, text in templates().items()
        for form in re.findall(r"<form\b[^>]*method=[\"']?post.*?</form>", text, flags=re.DOTALL | re.IGNORECASE)
    ]
    bare = [name for name, form in forms if not re.search(r"hidden_tag\(|csrf_token|hidden_fields\(", form)]

    assert forms
    assert bare == []


def test_templates_are_written_for_both_directions() -> None:
    physical = (
        r"\b(?:margin|padding|border)-(?:left|right)\b|\btext-align:\s*(?:left|right)\b|\bfloat:\s*(?:left|right)\b"
    )
    found = [where for name, text in templates().items() for where in at(name, text, physical)]

    assert found == []


def test_templates_ask_the_policy_table_and_no_role() -> None:
    asking = [name for name, text in templates().items() if re.search(r"\bmay\(", text)]
    deciding = [name for name, text in templates().items() if re.search(r"principal\.(role|kind)\b", text)]

    assert asking
    assert deciding == []


def test_pages_decide_nothing_by_role() -> None:
    pages = modules("portal/web")
    deciding = [module.place for module in pages if re.search(r"principal(\(\))?\.role\b", module.text)]

    assert pages
    assert deciding == []
