"""What all commands share: where they write, how they end, how they fail in plain words."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import IO, Annotated, Any, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from bot.seeing.logs import configure_logs
from bot.settings import load_settings
from bot.terminal import SafeConsole, safe_json
from frontdesk import FrontdeskError

OK, FOUND, USAGE, COULD_NOT_RUN, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes: done, found something wrong, wrong usage, could not run, stopped by Ctrl-C."""

WIDE = 400
"""Columns where nobody looks: in a file or a pipe, lines stay whole and tables are not cut."""

P = ParamSpec("P")
T = TypeVar("T")


def console(stream: IO[str], *, stderr: bool = False) -> Console:
    """A console for a stream: it wraps at words on a terminal and nowhere else."""
    looked_at = stream.isatty()
    width = None if looked_at or "COLUMNS" in os.environ else WIDE
    return SafeConsole(stderr=stderr, highlight=False, soft_wrap=not looked_at, width=width)


out = console(sys.stdout)
err = console(sys.stderr, stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def say_json(value: Any) -> None:
    """Print one value as one line of JSON."""
    sys.stdout.write(safe_json(json.dumps(value, ensure_ascii=False, default=str)) + "\n")
    sys.stdout.flush()


def command(function: Callable[P, Coroutine[Any, Any, int | None]]) -> Callable[P, None]:
    """Run an async command; its number is the exit code, its errors are told in plain words."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            settings = load_settings()
            configure_logs(settings.log_level, settings.log_format)
            code = asyncio.run(function(*args, **kwargs))
        except FrontdeskError as error:
            err.print(f"[bold red]frontdesk:[/] {plain(str(error))}")
            raise typer.Exit(COULD_NOT_RUN) from error
        except KeyboardInterrupt:
            err.print("\nStopped.")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            sys.stderr.close()
            raise typer.Exit(OK) from None
        raise typer.Exit(code or OK)

    return run


def plain(text: str) -> str:
    """Text that somebody wrote, to print among markup of ours: its brackets are only brackets."""
    return escape(text)
