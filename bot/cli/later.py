"""Commands that are imported when they are called.

The desk's libraries take a second to import. `--help` and the small commands need few of them, so
the command line knows of each command only its name and purpose until somebody calls it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from typer import Context, Typer
from typer.core import TyperCommand
from typer.main import get_group


@contextmanager
def without_collecting() -> Iterator[None]:
    """Keep the garbage collector from going again and again through what imports make.

    All of it stays, and looking for garbage in it takes a third of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Later(TyperCommand):
    """Stands for a command, or a group of them, in the list of commands.

    `place` says where it is, as `module:name`: a function or a `Typer`.
    """

    def __init__(self, name: str, purpose: str, place: str) -> None:
        super().__init__(name, help=purpose)
        self.called = name
        self.place = place

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Context:
        """Import the command and let it take over; its help and usage are its own."""
        context: Context = self.imported().make_context(info_name, args, parent, **extra)
        return context

    def imported(self) -> Any:
        """The command itself."""
        module, _, name = self.place.partition(":")
        with without_collecting():
            found = getattr(import_module(module), name)
        around = Typer(add_completion=False, rich_markup_mode="rich")
        if isinstance(found, Typer):
            around.add_typer(found, name=self.called)
        else:
            around.command(self.called)(found)
        return get_group(around).commands[self.called]
