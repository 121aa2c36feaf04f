"""./run as a stranger meets it: what it says and does when something is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sources import ROOT

#: Programs every system has; all others are there only when a test puts them there.
BASIC = ("sh", "cat", "cksum", "dirname", "env", "mkdir", "rm", "chmod")

#: Makes a virtual environment whose programs write down how they were called.
PYTHON = """
case "$*" in
  *version_info*) [ ! -e "$MACHINE/old-python" ] ;;
  *ensurepip*) [ ! -e "$MACHINE/no-venv" ] ;;
  "-m venv .venv")
    mkdir -p .venv/bin
    cp_program() { cat "$MACHINE/venv-python" >".venv/bin/$1"; chmod +x ".venv/bin/$1"; }
    cp_program python; cp_program flask
    mkdir -p .venv/lib/python3.11/site-packages/playwright/driver
    echo "#!/bin/sh" >.venv/lib/python3.11/site-packages/playwright/driver/node
    chmod +x .venv/lib/python3.11/site-packages/playwright/driver/node ;;
esac
"""
VENV_PYTHON = """#!/bin/sh
if [ "$1" = - ]; then cat >/dev/null; [ ! -e "$MACHINE/no-pango" ]; exit; fi
echo "${0##*/} $* mode=${PORTAL_MODE:-}" >>"$MACHINE/calls"
case "$*" in *"pip install"*) [ ! -e "$MACHINE/no-network" ] ;; esac
"""


@dataclass(frozen=True)
class Machine:
    """A machine of a few made-up programs, with a copy of ./run in a folder of its own."""

    place: Path

    @property
    def project(self) -> Path:
        return self.place / "project"

    @property
    def calls(self) -> list[str]:
        record = self.place / "calls"
        return record.read_text(encoding="utf-8").splitlines() if record.exists() else []

    def has(self, program: str, script: str = "") -> None:
        path = self.place / "bin" / program
        path.write_text(f'#!/bin/sh\necho "{program} $*" >>"$MACHINE/calls"\n{script}', encoding="utf-8")
        path.chmod(0o755)

    def is_(self, fact: str) -> None:
        (self.place / fact).touch()

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        settings = {"PATH": str(self.place / "bin"), "MACHINE": str(self.place), **environment}
        command = [str(self.project / "run"), *arguments]
        return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=30, cwd=self.place)


@pytest.fixture
def bare(tmp_path: Path) -> Machine:
    """No Python, no rights, a package manager."""
    machine = Machine(tmp_path)
    machine.project.mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / "venv-python").write_text(VENV_PYTHON, encoding="utf-8")
    for name in ("run", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, machine.project / name)
    for program in BASIC:
        (tmp_path / "bin" / program).symlink_to(shutil.which(program) or program)
    machine.has("id", "echo 1000")
    machine.has("apt-get")
    return machine


@pytest.fixture
def ready(bare: Machine) -> Machine:
    """Everything there that can be installed."""
    bare.has("python3", PYTHON)
    bare.has("chromium")
    return bare


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_the_script_is_sound(shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not on this machine")

    assert subprocess.run([program, "-n", str(ROOT / "run")], capture_output=True).returncode == 0


def test_without_python_and_rights_the_packages_are_named(bare: Machine) -> None:
    done = bare.run("setup")

    assert done.returncode == 1
    assert "sudo apt-get install --no-install-recommends python3 python3-venv ca-certificates libpango" in done.stderr
    assert not any("install" in call for call in bare.calls)


def test_without_a_package_manager_the_packages_are_named(bare: Machine) -> None:
    (bare.place / "bin" / "apt-get").unlink()

    done = bare.run("setup")

    assert done.returncode == 1
    assert "Please install what these Debian packages hold: python3 python3-venv" in done.stderr


@pytest.mark.parametrize("flaw", ["old-python", "no-venv"])
def test_a_python_that_will_not_do_counts_as_missing(ready: Machine, flaw: str) -> None:
    ready.is_(flaw)

    done = ready.run("setup")

    assert done.returncode == 1
    assert "Python 3.11 or later with venv is missing." in done.stderr


def test_root_installs_what_is_missing_at_once(bare: Machine) -> None:
    bare.has("id", "echo 0")
    (bare.place / "python").write_text(f"#!/bin/sh\n{PYTHON}", encoding="utf-8")
    bare.has("apt-get", 'cat "$MACHINE/python" >"$MACHINE/bin/python3"; chmod +x "$MACHINE/bin/python3"')

    done = bare.run("setup")

    assert done.returncode == 0, done.stderr
    installs = [call for call in bare.calls if call.startswith("apt-get install")]
    assert len(installs) == 1
    assert {"python3-venv", "libpango-1.0-0", "--no-install-recommends"} <= set(installs[0].split())


def test_sudo_without_a_password_serves_as_well(ready: Machine) -> None:
    ready.is_("no-pango")
    ready.has("sudo", '[ "$2" = true ] || { shift; rm -f "$MACHINE/no-pango"; "$@"; }')

    done = ready.run("setup")

    assert done.returncode == 0, done.stderr
    assert any(call.startswith("apt-get install") and "libpango-1.0-0" in call for call in ready.calls)
    assert "Going on without" not in done.stderr


def test_a_failing_installation_shows_what_the_package_manager_said(ready: Machine) -> None:
    ready.is_("no-pango")
    ready.has("id", "echo 0")
    ready.has("apt-get", "echo 'E: the mirror is asleep' >&2; exit 100")

    done = ready.run("setup")

    assert done.returncode == 0
    assert "the mirror is asleep" in done.stderr
    assert "Please run: apt-get install --no-install-recommends libpango-1.0-0" in done.stderr


def test_packages_are_installed_by_hash_and_from_wherever_the_machine_says(ready: Machine) -> None:
    ready.run("setup")

    (install,) = [call for call in ready.calls if "pip install" in call]
    assert "--require-hashes -r requirements.txt" in install
    assert "trusted-host" not in install and "index" not in install


def test_the_second_time_nothing_is_installed(ready: Machine) -> None:
    ready.run("setup")
    before = [call for call in ready.calls if "install" in call]

    again = ready.run("setup")

    assert [call for call in ready.calls if "install" in call] == before
    assert again.stderr == ""


def test_changed_requirements_are_installed(ready: Machine) -> None:
    ready.run("setup")
    with (ready.project / "requirements.txt").open("a", encoding="utf-8") as file:
        file.write("# another release\n")

    ready.run("setup")

    assert len([call for call in ready.calls if "pip install" in call]) == 2


def test_a_failed_installation_is_tried_again(ready: Machine) -> None:
    ready.is_("no-network")
    failed = ready.run("setup")
    (ready.place / "no-network").unlink()

    mended = ready.run("setup")

    assert failed.returncode == 1
    assert "requirements.txt could not be installed" in failed.stderr
    assert mended.returncode == 0


def test_uv_is_used_where_it_is_installed(ready: Machine) -> None:
    ready.has("uv")

    ready.run("setup")

    (install,) = [call for call in ready.calls if "pip install" in call]
    assert install.startswith("uv pip install")


def test_where_uv_fails_pip_is_tried(ready: Machine) -> None:
    ready.has("uv", "exit 2")

    done = ready.run("setup")

    assert done.returncode == 0
    assert [call.split()[0] for call in ready.calls if "pip install" in call] == ["uv", "python"]


def test_an_environment_whose_python_is_gone_is_made_anew(ready: Machine) -> None:
    ready.run("setup")
    (ready.project / ".venv" / "bin" / "python").unlink()
    (ready.project / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")

    done = ready.run("setup")

    assert done.returncode == 0
    assert len([call for call in ready.calls if "pip install" in call]) == 2


def test_without_pango_the_portal_still_starts(ready: Machine) -> None:
    ready.is_("no-pango")

    done = ready.run()

    assert done.returncode == 0
    assert "all works but the PDF reports" in done.stderr
    assert any("-m portal.serve" in call for call in ready.calls)


def test_commands_complain_about_pango_once(ready: Machine) -> None:
    ready.is_("no-pango")
    ready.run("setup")

    done = ready.run("flask", "questionnaires", "list")

    assert done.stderr == ""


def test_without_chromium_the_tests_run_and_say_what_they_miss(ready: Machine) -> None:
    (ready.place / "bin" / "chromium").unlink()

    done = ready.run("test")

    assert "sudo apt-get install --no-install-recommends chromium libatomic1" in done.stderr
    assert "browser tests will be skipped" in done.stderr
    assert any("-m pytest" in call for call in ready.calls)


def test_a_driver_that_does_not_start_is_missing_too(ready: Machine) -> None:
    ready.run("setup")
    driver = ready.project / ".venv" / "lib" / "python3.11" / "site-packages" / "playwright" / "driver" / "node"
    driver.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")

    done = ready.run("test")

    assert "chromium libatomic1" in done.stderr


def test_arguments_of_test_reach_pytest(ready: Machine) -> None:
    ready.run("test", "tests/domain", "-k", "red flag")

    assert any("-m pytest" in call and "tests/domain -k red flag" in call for call in ready.calls)
    assert any("-r requirements-dev.txt" in call for call in ready.calls)


def test_serving_needs_no_development_packages(ready: Machine) -> None:
    ready.run()

    assert not any("requirements-dev.txt" in call for call in ready.calls)


@pytest.mark.parametrize(("given", "mode"), [({}, "demonstration"), ({"PORTAL_MODE": "production"}, "production")])
def test_demonstration_is_the_default_and_no_more(ready: Machine, given: dict[str, str], mode: str) -> None:
    ready.run(**given)

    assert ready.calls[-1].endswith(f"-m portal.serve mode={mode}")


def test_help_explains_and_a_mistake_costs_nothing(ready: Machine) -> None:
    helped = ready.run("help")
    mistaken = ready.run("tets")

    assert helped.returncode == 0 and "./run" in helped.stdout
    assert mistaken.returncode == 2 and "usage" in mistaken.stderr
    assert ready.calls == []


def test_the_script_may_be_run() -> None:
    assert os.access(ROOT / "run", os.X_OK)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
