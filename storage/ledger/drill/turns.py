"""Honest turns, as the desk puts them on record: for logs to drill and to measure with.

A turn has nine entries with seven texts, as one that is answered at the first try.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, insert

from frontdesk import Author
from router import facts
from router.considered import Alternative
from router.facts import Fact
from router.records import (
    Band,
    CheckResult,
    DecidedBy,
    Decision,
    OutcomeKind,
    PluginRef,
    Verdict,
    VerdictKind,
)
from storage.facts import MessageReceived, TicketOpened
from storage.ledger.append import Appender, Entry
from storage.tables import MESSAGE, POST, TICKET, PostState, TicketStatus, TurnState

PER_TURN = 9
PEOPLE = 500
NAMES = ("billing", "technical", "product")
TEXT = "I was charged twice for the same order and would like to have one of them back, please. "


def write_turns(
    connection: Connection, appender: Appender, turns: range, chance: random.Random
) -> None:
    """Write these turns, each of a new ticket, with the rows that they explain."""
    tickets, messages, posts, happened = [], [], [], []
    for number in turns:
        now = appender.now_us()
        person = appender.keys.subjects.ref("bench", "local", f"U{chance.randrange(PEOPLE)}")
        ticket, message = appender.names.short("T", now), appender.names.short("M", now)
        tickets.append(_ticket(ticket, number, person, now))
        messages.append(_message(ticket, message, number, person, now))
        posts.append({"key": message, "message_id": message, "ticket_id": ticket, "at_us": now})
        happened.append((person, list(turn(ticket, message, number, chance))))
    connection.execute(insert(TICKET), tickets)
    for row in tickets:
        appender.open(connection, row["id"])
    by_message: dict[tuple[str | None, str], Entry] = {
        (entry.fact.message, entry.fact.kind): entry
        for person, facts_ in happened
        for entry in appender.append(connection, facts_, subject=person)
    }
    for row in messages:
        entry = by_message[str(row["id"]), MessageReceived.kind]
        row |= {"entry_id": entry.id, "ticket_seq": entry.seq}
        row["ended_entry"] = by_message[str(row["id"]), facts.TurnEnded.kind].id
    for row in posts:
        entry = by_message[str(row["key"]), facts.PostIntended.kind]
        row |= {"entry_id": entry.id, "ticket_seq": entry.seq, "outcome": OutcomeKind.REPLIED}
        row |= {"state": PostState.DONE, "asked": "[]", "external": f"at {row['key']}"}
    connection.execute(insert(MESSAGE), messages)
    connection.execute(insert(POST), posts)


def turn(ticket: str, message: str, number: int, chance: random.Random) -> Iterator[Fact]:
    """One turn that ends in a reply."""
    about: dict[str, Any] = {"ticket": ticket, "message": message, "actor": "system:desk"}
    name = chance.choice(NAMES)
    by = about | {"actor": f"plugin:{name}"}
    text = TEXT * chance.randrange(1, 4)
    requester = about | {"actor": "human:requester"}
    yield TicketOpened(
        **requester,
        source="bench",
        workspace="local",
        channel=f"C{number % 20}",
        conversation=f"thread {number}",
    )
    yield MessageReceived(
        **requester,
        source="bench",
        delivery=f"d{number}",
        author=Author.REQUESTER,
        written_us=number,
        texts={"text": text},
    )
    yield facts.MessageGated(**about, admitted=True, rule="requester")
    yield facts.RouteDecided(
        **about, part=0, parts=1, decision=decision(name, chance), texts={"matter": text}
    )
    plugin = PluginRef(name, "frontdesk", "1", "00" * 32)
    texts = {"draft": text, "quote:0": TEXT}
    yield facts.AnswerDrafted(
        **by, part=0, attempt=1, answer="reply", plugin=plugin, texts=texts, duration_us=7000
    )
    checks = tuple(CheckResult(f"check-{at}", 1, True, (), 9000, 120) for at in range(6))
    verdict = Verdict(VerdictKind.APPROVE, checks)
    yield facts.ReplyApproved(**about, part=0, attempt=1, verdict=verdict)
    yield facts.PostIntended(
        **about, key=message, outcome=OutcomeKind.REPLIED, texts={"post": text, "outcome": text}
    )
    yield facts.PostDone(**about, key=message, external=f"at {message}")
    yield facts.TurnEnded(
        **about, outcome=OutcomeKind.REPLIED, specialist=name, texts={"outcome": text}
    )


def decision(name: str, chance: random.Random) -> Decision:
    """A decision as the router agent makes it, with what was not chosen."""
    sure = chance.randrange(5000, 10_000)
    others = tuple(
        Alternative(other, sure // 3, 5000, 7000, "less likely") for other in NAMES if other != name
    )
    return Decision(
        *(Band.GO, name, sure, DecidedBy.EMBEDDED, "It is most like the examples of this."),
        threshold_bp=7000,
        margin_bp=sure // 2,
        alternatives=others,
        rules=("words",),
        model="minilm",
        model_digest="11" * 32,
        examples_digest="22" * 32,
    )


def _ticket(ticket: str, number: int, person: str, now: int) -> dict[str, Any]:
    return {
        **{"id": ticket, "source": "bench", "workspace": "local", "channel": f"C{number % 20}"},
        **{"conversation": f"thread {number}", "status": TicketStatus.ANSWERED},
        **{"subject_ref": person, "specialist": None, "opened_us": now, "updated_us": now},
        **{"questions": 0, "asked": "[]", "owned_by_human": 0, "quiet": 0},
    }


def _message(ticket: str, message: str, number: int, person: str, now: int) -> dict[str, Any]:
    return {
        **{"id": message, "ticket_id": ticket, "source": "bench", "delivery_id": f"d{number}"},
        **{"author": Author.REQUESTER, "subject_ref": person, "at_us": number, "retracted": 0},
        **{"received_us": now, "turn_state": TurnState.ENDED, "addressee": "desk"},
    }
