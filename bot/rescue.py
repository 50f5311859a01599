"""The last resort: a turn that fails again and again ends with a human."""

from __future__ import annotations

import logging

from frontdesk import EscalationReason, PostError
from router import facts, wording
from router.flow import Desk
from router.outbox import DESK
from router.records import Outcome, OutcomeKind

log = logging.getLogger("frontdesk.rescue")


async def hand_to_human(desk: Desk, message: str, fault: str) -> Outcome:
    """Put the matter into the humans' queue, tell the requester if that is possible, and end.

    Raises:
        StoreError: it could not be recorded; run it again.
    """
    if ended := await desk.store.outcome(message):
        return ended
    conversation = await desk.store.conversation(message)
    await desk.store.record(
        facts.TicketEscalated(
            **conversation.where,
            actor=DESK,
            part=0,
            reason=EscalationReason.SPECIALIST_FAILED,
            texts={"note": f"The turn failed again and again; the last time: {fault}"},
        )
    )
    outcome = Outcome(OutcomeKind.ESCALATED, conversation.ticket, message, wording.SAFE_NOTICE)
    try:
        await desk.outbox.post(conversation, outcome)
    except PostError as error:
        log.warning("nobody could be told that %s needs a human: %s", conversation.ticket, error)
    await desk.end(conversation, outcome)
    return outcome
