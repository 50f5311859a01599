"""The other ways in which a turn ends: with a human after all else failed, stopped, or unheard."""

from __future__ import annotations

import logging

from frontdesk import EscalationReason, PostError
from router import facts, wording
from router.endings import ended, quiet
from router.flow import Desk
from router.outbox import DESK
from router.ports import Steps, Store
from router.records import Outcome, OutcomeKind

log = logging.getLogger("frontdesk.rescue")


RESCUE = "rescue"
"""The step that hands a matter over. Once it is done no other end is possible any more."""


async def hand_to_human(desk: Desk, message: str, fault: str, steps: Steps) -> Outcome:
    """Put the matter into the humans' queue, tell the requester if that is possible, and end.

    Raises:
        StoreError: it could not be recorded; run it again.
    """
    if known := await desk.store.outcome(message):
        return known
    conversation = await desk.store.conversation(message)
    escalated = facts.TicketEscalated(
        **conversation.where,
        actor=DESK,
        part=0,
        reason=EscalationReason.SPECIALIST_FAILED,
        texts={"note": f"The turn failed again and again; the last time: {fault}"},
    )

    async def hand_over() -> str:
        await desk.store.record(escalated)
        return fault

    await steps.run(RESCUE, str, hand_over)
    outcome = Outcome(OutcomeKind.ESCALATED, conversation.ticket, message, wording.SAFE_NOTICE)
    over = ended(conversation, outcome)
    try:
        await desk.outbox.post(conversation, outcome, over)
    except PostError as error:
        log.warning("nobody could be told that %s needs a human: %s", conversation.ticket, error)
        await desk.store.record(over)
    return outcome


async def end_stopped(desk: Desk, message: str, by: str) -> bool:
    """End a turn that somebody stopped, unless its result may be visible already.

    Raises:
        StoreError: it could not be recorded; run it again.
    """
    if await desk.store.outcome(message) or await desk.store.posting(message):
        return False
    conversation = await desk.store.conversation(message)
    stopped = facts.TurnStopped(**conversation.where, actor=by)
    await desk.store.record(stopped, ended(conversation, quiet(conversation)))
    return True


async def end_unheard(store: Store, ticket: str, message: str) -> None:
    """End a turn whose requester was erased: there is nothing to answer and nobody to tell.

    Raises:
        StoreError: it could not be recorded; run it again.
    """
    over = facts.TurnEnded(ticket=ticket, message=message, actor=DESK, outcome=OutcomeKind.QUIET)
    await store.record(over)
