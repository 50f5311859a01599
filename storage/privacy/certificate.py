"""The certificate of an erasure: what was done, from when on it holds, and what lies outside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, select

from storage.conversations import moment
from storage.ledger.tables import CHECKPOINT, ENTRY, INDEX, newest_log
from storage.privacy.facts import PayloadErased

_DAY_US = 86_400_000_000
_NAMED = 10

DONE = (
    "Entries that name every text that goes, with the commitments to it, were added to the audit "
    "trail; in the same transaction the encrypted texts were deleted, open tickets of the person "
    "closed, and unfinished work on them dropped.",
    "The person's key and the record of who the person is were destroyed in the key store, and its "
    "file was written anew.",
    "Settings, opinions, sign-ins and saved searches of the person were deleted, and the exports "
    "with texts that the desk itself still had.",
)
REMAINS = (
    "The entries themselves: kinds, times, routes, scores, amounts, and a random reference that "
    "leads to nobody any more.",
    "Names of channels and threads, as the source calls them, in entries and tickets.",
    "What other people wrote, also where they name the person.",
)
OUTSIDE = (
    "Messages in Slack itself, the bot's answers among them: delete them there, or let Slack's own "
    "retention do it.",
    "Requests to language models, as long as their providers keep them under your contract.",
    "Backups of the database: they hold ciphertexts without a key once no backup of the key store "
    "has it any more. What staff or the desk wrote in tickets of others needs the keys of those "
    "people and stays readable in such backups until they expire.",
    "Exports and copies that were taken out before; the access log names each of them.",
)


@dataclass(frozen=True)
class Certificate:
    """A certificate. `content` is what is put on record, as canonical JSON in `json`."""

    content: dict[str, Any]

    @cached_property
    def json(self) -> str:
        """Its exact text, which the entry `erasure:done` has the digest of."""
        return json.dumps(self.content, sort_keys=True, ensure_ascii=False, indent=2)

    @property
    def effective_us(self) -> int:
        """From when on nothing can bring the texts back; microseconds since 1970."""
        return int(self.content["effective_us"])

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What it says in single values, for people: label and value."""
        of = self.content
        return [
            ("Erasure", of["erasure"]),
            ("Log", of["log"]),
            ("Reference of the person", of["person"]),
            ("Basis", of["basis"]),
            ("Requested", f"{_time(of['requested_us'])} by {of['requested_by']}"),
            ("Approved", f"{_time(of['approved_us'])} by {of['approved_by']}"),
            ("Carried out", _time(of["done_us"])),
            ("Effective by", _time(of["effective_us"])),
            ("Texts erased", f"{of['texts']} of {of['entries']} entries, {of['tickets']} tickets"),
            ("Entries that say so", _some(of["said_by"])),
            ("Log size before", str(of["log_size"])),
        ]

    @property
    def markdown(self) -> str:
        """The certificate for people."""
        parts = ["# Certificate of erasure", ""]
        parts += [f"- **{label}:** {value}" for label, value in self.lines]
        for title, key in (("Done", "done"), ("Remains", "remains"), ("Outside", "outside")):
            parts += ["", f"## {title}", "", *(f"- {one}" for one in self.content[key])]
        return "\n".join(parts) + "\n"


def made(connection: Connection, row: Row[Any], now_us: int, backup_days: int) -> Certificate:
    """The certificate of an erasure that is done now."""
    said = connection.execute(
        select(INDEX.c.entry_id)
        .join(ENTRY, ENTRY.c.id == INDEX.c.entry_id)
        .where(INDEX.c.kind == PayloadErased.kind, INDEX.c.rec_us >= row.decided_us)
        .where(ENTRY.c.leaf.contains(f'"run":"{row.id}"', autoescape=True))
        .order_by(INDEX.c.entry_id)
    ).scalars()
    size = connection.execute(
        select(CHECKPOINT.c.size).order_by(CHECKPOINT.c.size.desc()).limit(1)
    ).scalar()
    return Certificate(
        {
            "erasure": row.id,
            "log": connection.execute(newest_log()).one().origin,
            "log_size": int(size or 0),
            "person": row.subject_ref,
            "basis": row.basis,
            "requested_by": row.requested_by,
            "requested_us": row.requested_us,
            "approved_by": row.decided_by,
            "approved_us": row.decided_us,
            "done_us": now_us,
            "effective_us": now_us + backup_days * _DAY_US,
            "texts": row.texts,
            "entries": row.entries,
            "tickets": row.tickets,
            "said_by": list(said.all()),
            "done": list(DONE),
            "remains": list(REMAINS),
            "outside": list(OUTSIDE),
        }
    )


def read(text: str) -> Certificate:
    """A certificate that was put away."""
    return Certificate(json.loads(text))


def _some(entries: list[str]) -> str:
    """The first of many; the certificate as JSON has them all."""
    more = len(entries) - _NAMED
    named = ", ".join(entries[:_NAMED]) or "none: nothing was kept"
    return f"{named} and {more} more" if more > 0 else named


def _time(microseconds: int) -> str:
    return f"{moment(microseconds):%Y-%m-%d %H:%M:%S} UTC"
