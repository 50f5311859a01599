"""The dictionary of the log: every kind of entry and every field, from the code that writes it.

Facts say in their docstrings what they mean; whatever a plugin or a later version adds is in here
by itself. Fields that a docstring does not speak of are told by their name and type.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, fields
from enum import Enum
from functools import cache
from importlib import import_module
from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints

import router
import storage
from router.facts import Fact
from storage.privacy.retention import CLASSES, text_class

_WORDS = {"str": "text", "int": "whole number", "bool": "yes or no"}
_OF_EVERY = {one.name for one in fields(Fact)}

ENVELOPE = {
    "v": "version of the form of entries: 1",
    "id": "the entry's name: a UUID of version 7, which begins with its time",
    "log": "the log's name, as checkpoints state it",
    "type": "the kind of entry; this dictionary tells what each means",
    "ticket": "the chain that it belongs to: a ticket, or `desk`, or `audit` for the log itself",
    "tseq": "its number in that chain, from 1 on",
    "prev": "SHA-256 leaf hash of the entry before it in the chain, in hex; zeros for the first",
    "at": "when it happened, microseconds since 1970 in UTC; for messages when they were written",
    "rec": "when it was recorded, likewise",
    "actor": "who did it: type `human`, `operator`, `plugin` or `system`, and a name or reference",
    "message": "the message whose turn it belongs to",
    "subject": "a random reference of the person whom its texts concern",
    "author": "a random reference of who wrote them, where that is another",
    "src": "workspace and channel of the ticket, as the source names them",
    "body": "what this kind of entry says: the fields below",
    "commit": "commitments to its texts by field: HMAC-SHA256 with a salt that is erased with them",
    "payload": "SHA-256 of each text's ciphertext, in hex",
    "mac_kid": "which key its origin MAC was made with",
    "build": "the version of Frontdesk that wrote it",
}
"""What every entry has."""


@dataclass(frozen=True, slots=True)
class FieldMeaning:
    """A field of one kind: its type, and whether it may be left at its default."""

    name: str
    type: str
    optional: bool


@dataclass(frozen=True, slots=True)
class KindMeaning:
    """A kind of entry. `text_class` is the class of its texts, by which their time runs."""

    kind: str
    meaning: str
    fields: tuple[FieldMeaning, ...]
    text_class: str


@cache
def dictionary() -> tuple[KindMeaning, ...]:
    """All kinds that this version writes, in alphabetical order."""
    return tuple(sorted((_kind(one) for one in _facts()), key=lambda kind: kind.kind))


def content() -> dict[str, object]:
    """The dictionary for programs."""
    return {
        "every_entry": ENVELOPE,
        "classes_of_texts": dict(CLASSES),
        "kinds": {
            one.kind: {
                "meaning": one.meaning,
                "texts": one.text_class,
                "fields": {
                    field.name: {"type": field.type, "optional": field.optional}
                    for field in one.fields
                },
            }
            for one in dictionary()
        },
    }


def markdown() -> str:
    """The dictionary for people."""
    parts = ["# Dictionary of the audit log", "", "Every entry has:", ""]
    parts += [f"- `{name}`: {meaning}" for name, meaning in ENVELOPE.items()]
    parts += ["", "Texts are kept apart, by class:", ""]
    parts += [f"- `{name}`: {what}" for name, what in CLASSES.items()]
    for one in dictionary():
        parts += ["", f"## {one.kind}", "", one.meaning, ""]
        parts += [
            f"- `{field.name}`: {field.type}{', may be left out' if field.optional else ''}"
            for field in one.fields
        ]
    return "\n".join(parts).replace("\n\n\n", "\n\n").rstrip() + "\n"


def _facts() -> Iterator[type[Fact]]:
    """All facts that are recorded; those without a kind of their own only share fields."""
    _import_all()
    waiting: list[type[Fact]] = [Fact]
    seen: set[type[Fact]] = set()
    while waiting:
        for one in waiting.pop().__subclasses__():
            if one not in seen:
                seen.add(one)
                waiting.append(one)
                if "kind" in vars(one) and one.__module__.split(".")[0] in ("router", "storage"):
                    yield one


def _import_all() -> None:
    """Import every module of facts: they are known once they are imported."""
    for package in (router, storage):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.rpartition(".")[2].endswith("facts"):
                import_module(module.name)


def _kind(fact: type[Fact]) -> KindMeaning:
    hints = get_type_hints(fact)
    own = tuple(
        FieldMeaning(one.name, _type(hints[one.name]), _optional(one))
        for one in fields(fact)
        if one.name not in _OF_EVERY
    )
    human = fact.__module__.endswith("human_facts") or fact.kind == "message:received"
    meaning = inspect.cleandoc(fact.__doc__ or "")
    return KindMeaning(
        fact.kind, meaning, own, text_class(fact.kind, "human" if human else "system")
    )


def _optional(field: Field[object]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _type(hint: object) -> str:
    """A type in the words of JSON's readers."""
    if isinstance(hint, type) and issubclass(hint, Enum):
        return "one of " + ", ".join(f"`{one.value}`" for one in hint)
    parts = [one for one in get_args(hint) if one is not ...]
    if isinstance(hint, UnionType):
        return " or ".join("nothing" if one is NoneType else _type(one) for one in parts)
    if get_origin(hint) is tuple:
        return f"list of {_type(parts[0])}"
    if parts:
        return f"{_type(parts[1])} by name"
    name = getattr(hint, "__name__", str(hint))
    return _WORDS.get(name, name)
