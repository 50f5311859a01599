"""A clean environment with the desk in it, as somebody has it who installed everything with pip."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
OFFLINE = ("--no-index", "--no-deps", "--no-build-isolation")
FOLDERS = ("bot", "plugins", "router", "storage")
FILES = ("pyproject.toml", "README.md", "LICENSE")
LEAVE_BEHIND = shutil.ignore_patterns("__pycache__", "build", "*.egg-info")


def build_desk(folder: Path) -> Path:
    """Build the desk's wheel from a copy of its sources: building leaves traces beside them."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=LEAVE_BEHIND)
    for name in FILES:
        shutil.copy2(ROOT / name, folder / name)
    run(*PIP, "wheel", *OFFLINE, "--wheel-dir", "dist", ".", cwd=folder)
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment in `folder`; `sources` holds copies of what is installed into it."""

    folder: Path
    sources: Path

    @classmethod
    def new(cls, folder: Path) -> Environment:
        """Make one; its dependencies are those of the running Python, so nothing is downloaded."""
        made = cls(folder / "env", folder / "sources")
        venv.create(made.folder, with_pip=False)
        scheme = {"base": str(made.folder), "platbase": str(made.folder)}
        packages = Path(sysconfig.get_path("purelib", "venv", scheme))
        (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
        return made

    def program(self, name: str) -> str:
        """The path of a program in this environment."""
        return str(self.folder / "bin" / name)

    def copy_of(self, package: Path) -> Path:
        """A copy of a plugin's sources, to build it from."""
        return Path(shutil.copytree(package, self.sources / package.name, ignore=LEAVE_BEHIND))

    def pip_install(self, *arguments: str | Path) -> None:
        """`pip install` into this environment, without a network."""
        into = ("--python", self.program("python"), "install", "--ignore-installed")
        self.run(*PIP, *into, *OFFLINE, *map(str, arguments))

    def registry(self, *disabled: str, seconds: float = 5.0) -> dict[str, Any]:
        """What the desk in this environment says of its plugins."""
        command = (self.program("python"), "-m", "bot.plugins", *disabled)
        done = self.run(*command, f"--seconds={seconds}", check=False)
        registry: dict[str, Any] = json.loads(done.stdout)
        return registry

    def run(
        self, *command: str, cwd: Path | None = None, check: bool = True, given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a program outside the repository, with `given` on its standard input."""
        return run(*command, cwd=cwd or self.folder, check=check, given=given)


def run(
    *command: str, cwd: Path, check: bool = True, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a program in `cwd`; if it fails, its output is what the test shows."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    kept["COLUMNS"] = "200"  # whatever runs the tests may have set another
    done = subprocess.run(
        command, cwd=cwd, env=kept, input=given, capture_output=True, text=True, check=False
    )
    assert not check or done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done
