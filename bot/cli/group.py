"""A group of commands, each of which is imported only when somebody calls it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typer.core import TyperGroup

from bot.cli.later import Later


def lazy_group(commands: Sequence[tuple[str, str, str]]) -> type[TyperGroup]:
    """A group with `commands` after its own: of each the name, what it is for, where it is."""

    class Lazy(TyperGroup):
        """The commands are added when the group is made."""

        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            for one in commands:
                self.add_command(Later(*one))

    return Lazy
