"""What the validator's checks catch, miss and wrongly object to, on public data.

    python -m benchmarks.validation DATA_FOLDER

The same as the first table of `frontdesk eval`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.evaluation.checks import run
from bot.evaluation.measures import table


def main(
    data: Annotated[
        Path, typer.Argument(help="Folder with the public data sets.", exists=True, file_okay=False)
    ],
) -> None:
    """Print the table."""
    Console().print(table(run(data)))


if __name__ == "__main__":
    typer.run(main)
