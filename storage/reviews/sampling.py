"""The sample of a case: nobody can choose it, and anybody can draw it again.

The case is on record first, with its query. The first checkpoint signed after that fixes the seed:

    seed = SHA-256(root || case id)          root: 32 bytes, case id: ASCII

The root hashes over the opening itself, so whoever opened the case could not know it. Every entry
that the query finds gets the ticket SHA-256(seed || entry id), and the entries with the smallest
tickets are the sample, in the order of their tickets.

The second reviewers' share is drawn in the same way among the sample, from SHA-256(seed || lot).
The lot comes from the log's keys and the case's id, so nobody chose it, and it stays secret until
the case is signed: a breach gets a second reviewer too, and whoever knew the share could tell what
the first one said of an item that is not in it. The drawing holds the lot's SHA-256, the sign-off
the lot itself.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable

from storage.ledger.keys import Keys

ONE_IN = 10
"""One in so many items is judged by a second reviewer whatever the first one says."""


def seed(root: bytes, case: str) -> bytes:
    """What a case's sample follows from."""
    return hashlib.sha256(root + case.encode()).digest()


def draw(made_of: bytes, population: Iterable[str], wanted: int) -> list[str]:
    """The entries drawn; all of them where there are no more than wanted."""
    return heapq.nsmallest(wanted, population, key=lambda entry: (_ticket(made_of, entry), entry))


def lot(keys: Keys, case: str) -> bytes:
    """What the second reviewers' share of a case is drawn from besides its seed."""
    return bytes.fromhex(keys.blinded(f"review/second/{case}"))


def seconds(made_of: bytes, drawn_from: bytes, sample: Iterable[str]) -> frozenset[str]:
    """Which of a sample a second reviewer judges whatever the first one says: one in ten."""
    items = list(sample)
    share = hashlib.sha256(made_of + drawn_from).digest()
    return frozenset(draw(share, items, -(-len(items) // ONE_IN)))


def digest(entries: Iterable[str]) -> str:
    """SHA-256 over ids, one a line, in hex."""
    state = hashlib.sha256()
    for entry in entries:
        state.update(entry.encode() + b"\n")
    return state.hexdigest()


def _ticket(made_of: bytes, entry: str) -> bytes:
    return hashlib.sha256(made_of + entry.encode()).digest()
