"""What all commands share: where they write, how they end, how they fail in plain words."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from rich.console import Console

from bot.logs import configure_logs
from bot.settings import load_settings
from frontdesk import FrontdeskError

OK, FOUND, USAGE, COULD_NOT_RUN = 0, 1, 2, 3
"""Exit codes: done, found something wrong, wrong usage, could not run."""

P = ParamSpec("P")
T = TypeVar("T")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def say_json(value: Any) -> None:
    """Print one value as one line of JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def command(function: Callable[P, Coroutine[Any, Any, int | None]]) -> Callable[P, None]:
    """Run an async command; its number is the exit code, its errors are told in plain words."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            configure_logs(load_settings().log_level)
            code = asyncio.run(function(*args, **kwargs))
        except FrontdeskError as error:
            err.print(f"[bold red]frontdesk:[/] {plain(str(error))}")
            raise typer.Exit(COULD_NOT_RUN) from error
        except KeyboardInterrupt:
            err.print("Stopped.")
            raise typer.Exit(128 + 2) from None
        except BrokenPipeError:
            sys.stderr.close()
            raise typer.Exit(OK) from None
        raise typer.Exit(code or OK)

    return run


def plain(text: str) -> str:
    """Text that somebody wrote, safe to print: no markup of ours, no control characters."""
    shown = "".join(
        c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text
    )
    return shown.replace("[", r"\[")
