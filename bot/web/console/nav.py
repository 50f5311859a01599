"""What stands in the console's navigation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.web.access.visitor import Visitor
from storage.people.roles import Role

GROUPS = ("", "Review", "People's data", "Proof", "Desk")
"""Headings in the order in which they stand; the first has none."""


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the navigation; `icon` is one of `templates/icons.html`."""

    title: str
    path: str
    icon: str
    roles: tuple[Role, ...] = ()
    group: str = ""

    def leads_to(self, path: str) -> bool:
        """Whether `path` lies here."""
        if self.path == "/":
            return path == "/"
        return path == self.path or path.startswith(f"{self.path}/")


def links_for(visitor: Visitor, links: Iterable[Link]) -> list[tuple[str, list[Link]]]:
    """What a visitor may see, by heading."""
    mine = [link for link in links if not link.roles or visitor.may(*link.roles)]
    grouped = [(group, [link for link in mine if link.group == group]) for group in GROUPS]
    return [(group, found) for group, found in grouped if found]
