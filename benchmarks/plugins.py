"""What a hundred plugins add to start-up: `python -m benchmarks.plugins`.

The plugins are those of `frontdesk plugins new`, each a package with two articles. The target is
for what loading adds beyond a plugin's own imports; the figure here has the imports of these small
packages in it, so it is above what is to be shown.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bot.plugins.discovery import GROUP, Candidate
from bot.plugins.loader import load_plugins
from bot.plugins.scaffold import scaffold

PLUGINS = 100
TARGET_MS = 10.0
ROUNDS = 3


def main() -> int:
    """Print the figures; the exit code is 1 if the target is missed."""
    with tempfile.TemporaryDirectory() as folder:
        rounds = [_seconds(Path(folder) / str(number), number) for number in range(ROUNDS)]
    each = median(rounds) * 1000 / PLUGINS
    table = Table("plugins", "rounds", "all ms", "each ms", "target ms")
    table.add_row(
        str(PLUGINS), str(ROUNDS), f"{median(rounds) * 1000:.0f}", f"{each:.2f}", f"< {TARGET_MS:g}"
    )
    Console().print(table)
    return 0 if each < TARGET_MS else 1


def _seconds(folder: Path, number: int) -> float:
    """How long it takes to load a set of plugins that was never imported before."""
    written = _written(folder, f"n{number}")
    importlib.invalidate_caches()
    started = time.perf_counter()
    registry = load_plugins(candidates=written)
    took = time.perf_counter() - started
    if len(registry.specialists) != PLUGINS:
        raise SystemExit(f"only {len(registry.specialists)} plugins were loaded")
    return took


def _written(folder: Path, prefix: str) -> Sequence[Candidate]:
    site = folder / "site"
    site.mkdir(parents=True)
    sys.path.insert(0, str(site))
    candidates = []
    for number in range(PLUGINS):
        name = f"{prefix}-{number}"
        scaffold(name, folder / name)
        package = f"{name.replace('-', '_')}_specialist"
        (folder / name / "src" / package).rename(site / package)
        candidates.append(Candidate(EntryPoint(name, package, GROUP), name, "1.0"))
    return candidates


if __name__ == "__main__":
    sys.exit(main())
