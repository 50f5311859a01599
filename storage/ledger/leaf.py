"""Leaf v1: a fact as the exact bytes that are hashed, chained and logged.

The leaf says all that happened except what people and models wrote: of those it holds a commitment
(salted, so that a short text cannot be guessed) and the digest of the ciphertext (so that tampering
with the payload is seen where the keys are not at hand).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import TypeAdapter

from router.facts import Fact
from storage.facts import MessageReceived
from storage.ledger import canonical
from storage.ledger.merkle import leaf_hash

VERSION = 1
NO_HASH = bytes(32)
"""What the first entry of a ticket names as the one before it."""

_OUTSIDE_OF_BODY = {"ticket", "actor", "message", "texts"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: in which log, and after which entry of its ticket.

    `team` and `channel` are where the ticket's thread is, as its source names them.
    """

    log: str
    id: str
    seq: int
    prev: bytes
    rec_us: int
    mac_kid: int
    team: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """What a leaf says of its fact's texts: whose they are, commitments, digests; all hex.

    `author` is who wrote them, where that is not the person they concern.
    """

    subject: str | None = None
    author: str | None = None
    commit: Mapping[str, str] = field(default_factory=dict)
    payload: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf: its content, its canonical text and its hash."""

    content: dict[str, Any]
    text: str
    hash: bytes


def build(fact: Fact, place: Place, texts: Texts) -> Leaf:
    """The leaf of a fact.

    Raises:
        ValueError: the fact holds something that has no canonical form, such as a float.
    """
    actor_type, _, actor_id = fact.actor.partition(":")
    content = {
        "v": VERSION,
        "id": place.id,
        "log": place.log,
        "type": fact.kind,
        "ticket": fact.ticket,
        "tseq": place.seq,
        "prev": place.prev.hex(),
        "at": fact.written_us if isinstance(fact, MessageReceived) else place.rec_us,
        "rec": place.rec_us,
        "actor": {"type": actor_type, "id": actor_id},
        "message": fact.message,
        "subject": texts.subject,
        "body": _adapter(type(fact)).dump_python(
            fact, mode="json", exclude=_OUTSIDE_OF_BODY, warnings=False
        ),
        "commit": dict(texts.commit),
        "payload": dict(texts.payload),
        "src": {"team": place.team, "channel": place.channel},
        "mac_kid": place.mac_kid,
        "build": {"version": _version()},
    }
    if texts.author is not None:
        content["author"] = texts.author
    data = canonical.encode(content)
    return Leaf(content, data.decode(), leaf_hash(data))


_ADAPTERS: dict[type[Fact], TypeAdapter[Any]] = {}


def _adapter(kind: type[Fact]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


@cache
def _version() -> str:
    return version("frontdesk")
