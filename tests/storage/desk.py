"""What a desk does to its store: deliveries, and whole turns as the core records them."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from frontdesk import EscalationReason
from router import facts
from router.considered import Alternative
from router.records import (
    Band,
    CheckResult,
    DecidedBy,
    Decision,
    Delivery,
    Outcome,
    OutcomeKind,
    PluginRef,
    Receipt,
    Verdict,
    VerdictKind,
)
from storage.store import SqlStore

OUTCOME = TypeAdapter(Outcome)
BILLING = PluginRef("billing", "frontdesk", "1", "00" * 32)
APPROVED = Verdict(VerdictKind.APPROVE, (CheckResult("links", 1, True),))
REJECTED = Verdict(VerdictKind.REVISE, (CheckResult("links", 1, False),))


def delivery(name: str, text: str = "I was charged twice", **changes: Any) -> Delivery:
    """A delivery; its conversation is its own unless told."""
    given: dict[str, Any] = {
        "id": name,
        "source": "test",
        "text": text,
        "at": datetime.now(UTC),
        "author_id": "U1",
        "conversation": f"thread of {name}",
    }
    return Delivery(**given | changes)


def outcome(receipt: Receipt, kind: OutcomeKind, text: str = "It is refunded.") -> Outcome:
    return Outcome(kind, receipt.ticket, receipt.message, text)


def gated(receipt: Receipt) -> facts.MessageGated:
    return facts.MessageGated(**_about(receipt), admitted=True, rule="requester")


def routed(receipt: Receipt, confidence_bp: int = 9000) -> facts.RouteDecided:
    decision = Decision(
        Band.GO,
        "billing",
        confidence_bp,
        DecidedBy.EMBEDDED,
        "It is about money.",
        alternatives=(Alternative("technical", 100, 200, 300, "less likely"),),
    )
    texts = {"matter": "charged twice"}
    return facts.RouteDecided(**_about(receipt), part=0, parts=1, decision=decision, texts=texts)


def drafted(
    receipt: Receipt, attempt: int = 1, text: str = "It is refunded."
) -> facts.AnswerDrafted:
    return facts.AnswerDrafted(
        **_about(receipt) | {"actor": "plugin:billing"},
        part=0,
        attempt=attempt,
        answer="reply",
        plugin=BILLING,
        texts={"draft": text, "quote:0": "Refunds take a day."},
    )


def approved(receipt: Receipt) -> facts.ReplyApproved:
    return facts.ReplyApproved(**_about(receipt), part=0, attempt=1, verdict=APPROVED)


def rejected(receipt: Receipt) -> facts.ReplyRejected:
    return facts.ReplyRejected(**_about(receipt), part=0, attempt=1, verdict=REJECTED)


def escalated(receipt: Receipt) -> facts.TicketEscalated:
    return facts.TicketEscalated(
        **_about(receipt), part=0, reason=EscalationReason.UNSURE, texts={"note": "Who knows."}
    )


def intended(result: Outcome, *asked: str) -> facts.PostIntended:
    texts = {"post": result.text, "outcome": OUTCOME.dump_json(result).decode()}
    return facts.PostIntended(
        **_of(result),
        key=result.message,
        outcome=result.kind,
        asked=asked,
        texts={**texts, "asked": "charged twice"} if asked else texts,
    )


def posted(result: Outcome) -> facts.PostDone:
    return facts.PostDone(**_of(result), key=result.message, external=f"at {result.message}")


def failed(result: Outcome) -> facts.PostFailed:
    return facts.PostFailed(**_of(result), key=result.message, fault="channel_not_found")


def ended(result: Outcome, specialist: str | None = None) -> facts.TurnEnded:
    return facts.TurnEnded(
        **_of(result),
        outcome=result.kind,
        specialist=specialist,
        texts={"outcome": OUTCOME.dump_json(result).decode()},
    )


async def answer(store: SqlStore, receipt: Receipt, text: str = "It is refunded.") -> Outcome:
    """A whole turn that ends in a reply."""
    result = outcome(receipt, OutcomeKind.REPLIED, text)
    await store.record(gated(receipt))
    await store.record(routed(receipt))
    await store.record(drafted(receipt, text=text))
    await store.record(approved(receipt))
    await store.record(intended(result))
    await store.record(posted(result))
    await store.record(ended(result, "billing"))
    return result


async def some_turn(store: SqlStore, receipt: Receipt, chance: random.Random) -> None:
    """A turn as it may honestly go; it may be cut off anywhere, as by a crash."""
    steps: list[facts.Fact] = [gated(receipt)]
    kind = chance.choice(list(OutcomeKind))
    result = outcome(receipt, kind)
    if kind is not OutcomeKind.QUIET:
        steps.append(routed(receipt, chance.randrange(10_000)))
        steps += [drafted(receipt), rejected(receipt)] * chance.randrange(3)
        if kind is OutcomeKind.REPLIED:
            steps += [drafted(receipt), approved(receipt)]
        if kind is OutcomeKind.ESCALATED:
            steps.append(escalated(receipt))
        asked = ("billing", "technical") if kind is OutcomeKind.ASKED else ()
        steps.append(intended(result, *asked))
        steps += [failed(result)] * chance.randrange(2)
        steps.append(posted(result))
    steps.append(ended(result, chance.choice([None, "billing"])))
    for step in steps[: chance.choice([len(steps), chance.randrange(len(steps) + 1)])]:
        await store.record(step)


async def history(store: SqlStore, chance: random.Random, length: int) -> list[Receipt]:
    """An honest history: tickets, turns, sequencing and artifacts, in any order."""
    receipts: list[Receipt] = []
    for _ in range(length):
        act = chance.random()
        if act < 0.35 or not receipts:
            thread = f"thread {chance.randrange(4)}"
            name = f"d{chance.randrange(length)}"
            author = f"U{chance.randrange(3)}"
            receipts.append(
                await store.receive(delivery(name, conversation=thread, author_id=author))
            )
        elif act < 0.8:
            receipt = chance.choice(receipts)
            if not await store.posting(receipt.message) and not await store.outcome(
                receipt.message
            ):
                await some_turn(store, receipt, chance)
        elif act < 0.9:
            await store.keep("prompt", f"Prompt {chance.randrange(3)}".encode())
        else:
            await store.sequence()
    return receipts


def _about(receipt: Receipt) -> dict[str, Any]:
    return {"ticket": receipt.ticket, "message": receipt.message, "actor": "system:desk"}


def _of(result: Outcome) -> dict[str, Any]:
    return {"ticket": result.ticket, "message": result.message, "actor": "system:desk"}
