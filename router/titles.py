"""What people see of a specialist: its title, or its name made readable."""

from __future__ import annotations


def title_of(name: str, title: str = "") -> str:
    """The title; where there is none, the name with a capital and without marks."""
    return title or name.replace("_", " ").replace("-", " ").capitalize()
