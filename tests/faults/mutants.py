"""Whether the tests here would notice: `python -m tests.faults.mutants [NAME ...]`.

Takes one protection at a time out of a copy of the tree, and runs on it the tests of the fault
machine, or those nearest to it; first on a copy that lacks nothing. Prints which tests failed; exit
code 1 if the loss of one goes unnoticed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".*", "*.pyc", "__pycache__", "*.db*", "*.keys", "node_modules", "build"
)
SECONDS = 600
TESTS = ("tests/faults/test_machine.py", "tests/faults/test_interleavings.py")
"""The quick ones first: hypothesis takes its time to make a failure small."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A protection, where it stands, what stands there without it, and what would notice."""

    name: str
    file: str
    text: str
    without: str
    tests: tuple[str, ...] = TESTS


MUTANTS = (
    Mutant(
        "fence",
        "storage/holds.py",
        "    often.must(connection, _HELD, names, lambda: Overtaken(overtaken))\n",
        "",
    ),
    Mutant(
        "look-up",
        "router/outbox.py",
        "external = await self.messenger.find(conversation, outcome.message)",
        "external = None",
    ),
    Mutant(
        "held-up",
        "storage/guard.py",
        "return allowed is None or allowed()",
        "return True",
        ("tests/bot/slack/test_frozen.py", "tests/bot/slack/test_parts.py"),
    ),
    Mutant(
        "second look",
        "router/outbox.py",
        "        await self.store.doubt(outcome.message)\n",
        "",
        ("tests/bot/engine/test_second_look.py",),
    ),
    Mutant("memory", "storage/steps.py", "if step.name in self._memos:", "if not step.name:"),
    Mutant("lease", "storage/claims.py", "if self._gone(holder):", "if self._gone(holder) or now:"),
)

NOTHING = Mutant("nothing", "storage/holds.py", "_HELD, names", "_HELD, names")


def main() -> int:
    """Try the mutants that were named, or all."""
    if failed := _failed(NOTHING):
        print("they fail as it is:", *failed, sep="\n  ")
        return 1
    wanted = [one for one in MUTANTS if one.name in sys.argv[1:] or not sys.argv[1:]]
    unnoticed = []
    for mutant in wanted:
        failed = _failed(mutant)
        print(f"without {mutant.name}:", *(failed or ["NOTHING FAILED"]), sep="\n  ", flush=True)
        unnoticed += [] if failed else [mutant.name]
    return 1 if unnoticed else 0


def _failed(mutant: Mutant) -> list[str]:
    """The tests that fail without the protection, the first ones of each file."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "tree"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        file = copy / mutant.file
        before = file.read_text()
        assert before.count(mutant.text) == 1, f"{mutant.file} has changed: see {mutant}"
        file.write_text(before.replace(mutant.text, mutant.without))
        command = [sys.executable, "-m", "pytest", *mutant.tests, "--maxfail=3", "-q", "-n", "0"]
        ran = subprocess.run(
            [*command, "-p", "no:cacheprovider", "--tb=line"],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": str(copy)},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    found = re.findall(r"^(?:FAILED|ERROR) \S*?(test_\w+\.py::\S+)", ran.stdout, re.MULTILINE)
    return list(dict.fromkeys(found))


if __name__ == "__main__":
    raise SystemExit(main())
