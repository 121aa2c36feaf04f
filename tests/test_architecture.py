"""The floors: who may import whom, and what the lower floors may not know."""

from __future__ import annotations

import ast
import sys

import pytest

from tests.sources import Import, Module, modules

#: From the ground up; a module imports from its own floor or below. The longest matching name decides.
FLOORS = {
    "portal.domain": 0,
    "portal.db": 1,
    "portal.turns": 1,
    "portal.catalogue": 1,
    "portal.storage": 1,
    "portal.spreadsheets": 1,
    "portal.xlsform": 1,
    "portal.messages": 1,
    "portal.settings": 1,
    "portal.sealing": 1,
    "portal.clock": 1,
    "portal.logs": 1,
    "portal.models": 2,
    "portal.authz": 3,
    "portal.services": 4,
    "portal.reports": 5,
    "portal.web": 6,
    "portal.web.account": 7,
    "portal.web.public": 7,
    "portal.web.company": 7,
    "portal.web.government": 7,
    "portal.web.admin": 7,
    "portal.web.api": 7,
    "portal.jobs": 7,
    "portal.commands": 7,
    "portal.cli": 7,
    "portal.serve": 7,
    "portal.application": 8,
}
#: The package itself is empty, so that a part of it can be used without the rest.
EMPTY = {"portal"}
AUDIENCES = ("account", "public", "company", "government", "admin", "api")
#: All that the public may be shown comes from here, so an unprotected figure cannot reach it by mistake.
OPEN_SERVICES = {
    "portal.services.checkpoints",
    # Reads what governments wrote to be read by everybody; writing it is another module.
    "portal.services.declared",
    "portal.services.questionnaires",
    "portal.services.releases",
    "portal.services.verification",
}
#: The question library reads the catalogue and nothing that is stored.
LIBRARY = "portal.services.library"
#: Asks whether the database answers, and shows nothing of what is in it.
HEALTH = "portal.web.public.health"
#: Each library stays on the floors that need it.
CONFINED = {
    "flask": ("portal.web", "portal.commands", "portal.cli", "portal.serve", "portal.application"),
    "flask_babel": ("portal.web",),
    "flask_wtf": ("portal.web", "portal.application"),
    "wtforms": ("portal.web",),
    "weasyprint": ("portal.reports",),
    "huey": ("portal.jobs",),
    "gunicorn": ("portal.serve",),
}
#: The clock, chance and the outside world have no place in the rules.
IMPURE_MODULES = {
    "asyncio", "http", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "socket",
    "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
IMPURE_CALLS = {"now", "utcnow", "today", "open", "print", "input", "eval", "exec", "getenv"}

PORTAL = modules("portal")


def floor(name: str) -> int:
    while name not in FLOORS:
        name, dot, _ = name.rpartition(".")
        assert dot, f"{name} stands on no floor: add it to FLOORS"
    return FLOORS[name]


def own_imports(module: Module) -> list[Import]:
    return [found for found in module.imports if found.package == "portal"]


def under(name: str, *places: str) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def test_the_package_itself_is_empty() -> None:
    entrances = [module for module in PORTAL if module.name in EMPTY]

    assert entrances
    assert all(module.imports == () for module in entrances)


def test_imports_go_down() -> None:
    up = [
        f"{module.place}:{found.line} imports {found.target}"
        for module in PORTAL
        if module.name not in EMPTY
        for found in own_imports(module)
        if found.target in EMPTY or floor(found.target) > floor(module.name)
    ]

    assert up == []


def test_nothing_inside_the_portal_imports_its_entrance() -> None:
    entrances = ("portal.application", "wsgi")
    circular = [m.place for m in PORTAL for found in m.imports if under(found.target, *entrances)]

    assert circular == []


@pytest.mark.parametrize(
    "audience", [name for name in AUDIENCES if any(m.name == f"portal.web.{name}" for m in PORTAL)]
)
def test_an_audience_imports_no_other(audience: str) -> None:
    others = [f"portal.web.{name}" for name in AUDIENCES if name != audience]
    own = [module for module in PORTAL if under(module.name, f"portal.web.{audience}")]

    strayed = [f"{m.place}:{found.line}" for m in own for found in own_imports(m) if under(found.target, *others)]

    assert own
    assert strayed == []


def test_public_pages_reach_protected_services_only() -> None:
    public = [module for module in PORTAL if under(module.name, "portal.web.public", "portal.web.api")]
    closed = [
        f"{module.place}:{found.line} imports {found.target}"
        for module in public
        for found in module.imports
        if (
            under(found.target, "portal.services")
            and found.target not in OPEN_SERVICES
            and not under(found.target, LIBRARY)
        )
        or under(found.target, "portal.models", "portal.reports")
        or (found.package == "sqlalchemy" and module.name != HEALTH)
    ]

    assert len(public) > 1
    assert closed == []


def test_the_question_library_reads_nothing_that_is_stored() -> None:
    library = [module for module in PORTAL if under(module.name, LIBRARY)]
    stored = [
        f"{module.place}:{found.line} imports {found.target}"
        for module in library
        for found in module.imports
        if under(found.target, "portal.models", "portal.db") or found.package == "sqlalchemy"
    ]

    assert library
    assert stored == []


@pytest.mark.parametrize("library", sorted(CONFINED))
def test_a_library_stays_where_it_is_needed(library: str) -> None:
    users = [(module, found) for module in PORTAL for found in module.imports if found.package == library]
    allowed = CONFINED[library]
    strayed = [f"{module.place}:{found.line}" for module, found in users if not under(module.name, *allowed)]

    assert users, f"nothing uses {library}"
    assert strayed == []


def test_the_domain_is_the_standard_library_alone() -> None:
    domain = modules("portal/domain")
    foreign = [
        f"{module.place}:{found.line} imports {found.target}"
        for module in domain
        for found in module.imports
        if not under(found.target, "portal.domain")
        and (found.package not in sys.stdlib_module_names or found.package in IMPURE_MODULES)
    ]

    assert len(domain) > 5
    assert foreign == []


def test_the_domain_reads_no_clock_and_no_file() -> None:
    domain = modules("portal/domain")
    calls = [(module, node) for module in domain for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    impure = [f"{module.place}:{call.lineno}" for module, call in calls if _called(call) in IMPURE_CALLS]

    assert len(calls) > 100
    assert impure == []


def test_services_never_commit_but_their_caller_does() -> None:
    services = modules("portal/services", "portal/domain", "portal/authz", "portal/models")
    commits = [
        f"{module.place}:{node.lineno}"
        for module in services
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and _called(node) in {"commit", "rollback"}
    ]

    assert commits == []


def test_migrations_know_nothing_of_the_portal() -> None:
    migrations = modules("migrations")
    strayed = [f"{module.place}:{found.line}" for module in migrations for found in own_imports(module)]

    assert any(module.path.parent.name == "versions" for module in migrations)
    assert strayed == []


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
