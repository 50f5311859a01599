"""Finding somebody by what they are called outside of the record."""

from __future__ import annotations

import re

from frontdesk.errors import StoreError
from storage.ledger.keys import Keys

_REF = re.compile(r"[0-9a-f]{32}")


class UnknownPerson(StoreError):  # noqa: N818 - it names what happened
    """Nobody, or more than one person, goes by this name."""


def found(keys: Keys, name: str) -> str:
    """The reference of a person: by the reference itself, or as `slack:U123`.

    Where somebody is in several workspaces: `slack:U123:T1`, or `slack:T1/U123`.

    Raises:
        UnknownPerson: there is none, or the person is in several workspaces and none is named.
    """
    if _REF.fullmatch(name):
        return name
    source, _, rest = name.partition(":")
    person, _, workspace = rest.partition(":")
    if "/" in person:
        workspace, _, person = person.partition("/")
    if not person:
        raise UnknownPerson(
            f"{name!r} names nobody: give a reference of 32 digits, or source:person, such as "
            "slack:U123 or slack:U123:T1"
        )
    refs = {
        who[1]: ref
        for ref, who in keys.subjects.everybody()
        if (who[0], who[2]) == (source, person) and workspace in ("", who[1])
    }
    if not refs:
        raise UnknownPerson(
            f"nothing is kept of {name!r}: nobody of that name wrote to this desk, or they were "
            "erased already"
        )
    if len(refs) > 1:
        names = ", ".join(f"{source}:{person}:{one}" for one in sorted(refs))
        raise UnknownPerson(f"{name!r} is known in several workspaces: name one of {names}")
    return next(iter(refs.values()))
