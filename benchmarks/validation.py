"""What the validator's checks catch, miss and wrongly object to, on public data.

    python -m benchmarks.validation DATA_FOLDER

The same as the first table of `frontdesk eval`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from bot.evaluation.checks import run
from bot.evaluation.measures import table


def main() -> int:
    """Print the table for the folder named on the command line."""
    console = Console()
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        console.print("Usage: python -m benchmarks.validation DATA_FOLDER")
        return 2
    console.print(table(run(Path(sys.argv[1]))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
