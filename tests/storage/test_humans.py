"""What people do is done once, in order, or not at all; on both databases."""

import asyncio

import pytest

from router import human_facts
from router.human_facts import Role, Vote, human
from router.records import OutcomeKind, Receipt
from storage.cases import Cases
from storage.human_state import NotPossible
from storage.human_tables import CardState
from storage.humans import MAX_REROUTES, Humans
from storage.store import SqlStore
from storage.tables import TicketStatus
from tests.storage.desk import answer, delivery, ended, escalated, gated, outcome


async def waiting(store: SqlStore) -> Receipt:
    """A ticket that went to a human."""
    receipt = await store.receive(delivery("d1"))
    await store.record(gated(receipt), escalated(receipt))
    return receipt


async def drafted(store: SqlStore) -> Receipt:
    """A ticket whose draft waits for staff."""
    receipt = await store.receive(delivery("d1"))
    kept = outcome(receipt, OutcomeKind.REPLIED)
    from tests.storage.desk import intended  # noqa: PLC0415

    texts = {"draft": kept.text, "outcome": intended(kept).texts["outcome"]}
    held = human_facts.DraftHeld(
        ticket=receipt.ticket, message=receipt.message, actor="system:desk", texts=texts
    )
    await store.record(gated(receipt), held, ended(outcome(receipt, OutcomeKind.HELD)))
    return receipt


def by(receipt: Receipt, person: str, kind: type, **more: object) -> object:
    return kind(ticket=receipt.ticket, message=receipt.message, actor=human(person), **more)


async def test_escalation_has_a_card_with_its_note(store: SqlStore) -> None:
    receipt = await waiting(store)
    (case,) = await Cases(store).to_show("test")
    assert (case.ticket, case.message) == (receipt.ticket, receipt.message)
    assert (case.reasons, case.notes) == (("unsure",), ("Who knows.",))
    assert (case.question, case.requester) == ("I was charged twice", "U1")
    assert case.state is CardState.OPEN


async def test_card_is_shown_until_it_changes(store: SqlStore) -> None:
    receipt, cases, humans = await waiting(store), Cases(store), Humans(store)
    (case,) = await cases.to_show("test")
    assert await cases.claim(case.card)
    assert not await cases.claim(case.card)
    await cases.shown(case, "C1:1.0")
    assert await cases.to_show("test") == []
    await humans.act("k1", by(receipt, "S1", human_facts.HumanTookOver))
    (case,) = await cases.to_show("test")
    assert (case.place, case.owner_ref) == ("C1:1.0", "S1")


async def test_of_two_who_take_over_one_is_too_late(store: SqlStore) -> None:
    receipt, humans = await waiting(store), Humans(store)
    ends = await asyncio.gather(
        humans.act("k1", by(receipt, "S1", human_facts.HumanTookOver)),
        humans.act("k2", by(receipt, "S2", human_facts.HumanTookOver)),
        return_exceptions=True,
    )
    (late,) = [one for one in ends if isinstance(one, NotPossible)]
    assert late.why == "taken_over"
    assert late.by in {"S1", "S2"}
    assert (await store.conversation(receipt.message)).owned_by_human


async def test_same_act_twice_is_done_once(store: SqlStore) -> None:
    receipt, humans = await waiting(store), Humans(store)
    fact = by(receipt, "S1", human_facts.HumanTookOver)
    ends = await asyncio.gather(*(humans.act("k1", fact) for _ in range(4)))
    assert sorted(ends) == [False, False, False, True]


async def test_refused_act_leaves_nothing_and_can_be_tried_again(store: SqlStore) -> None:
    receipt, humans = await waiting(store), Humans(store)
    with pytest.raises(NotPossible, match="with_the_desk"):
        await humans.act("k1", by(receipt, "S1", human_facts.HandedBack))
    await humans.act("k2", by(receipt, "S1", human_facts.HumanTookOver))
    assert await humans.act("k1", by(receipt, "S1", human_facts.HandedBack))


async def test_resolved_ticket_takes_no_more_acts_and_the_next_message_belongs_to_it(
    store: SqlStore,
) -> None:
    receipt, humans = await waiting(store), Humans(store)
    await humans.act("k1", by(receipt, "S1", human_facts.TicketResolved))
    with pytest.raises(NotPossible, match="resolved"):
        await humans.act("k2", by(receipt, "S1", human_facts.HumanTookOver))
    again = await store.receive(delivery("d2", conversation="thread of d1"))
    assert again.ticket == receipt.ticket


async def test_draft_is_let_out_once_in_the_words_of_staff(store: SqlStore) -> None:
    receipt, humans = await drafted(store), Humans(store)
    case = await Cases(store).of_message(receipt.message)
    assert case is not None
    assert (case.draft, case.status) == ("It is refunded.", TicketStatus.WAITING_FOR_STAFF)
    with pytest.raises(NotPossible):
        await humans.approved(receipt.message)
    approved = human_facts.DraftApproved
    edit = by(receipt, "S1", approved, edited=True, texts={"draft": "Done."})
    await humans.act("k1", edit)
    with pytest.raises(NotPossible, match="approved"):
        await humans.act("k2", by(receipt, "S2", approved))
    assert await humans.drafts_to_send() == [receipt.message]
    assert (await humans.approved(receipt.message)).text == "Done."


async def test_question_sent_on_is_a_new_turn_with_the_same_words(store: SqlStore) -> None:
    receipt, humans = await store.receive(delivery("d1")), Humans(store)
    await answer(store, receipt)
    sent = await humans.reroute("k1", receipt.message, "technical", by="U1", role=Role.REQUESTER)
    assert sent is not None
    talk = await store.conversation(sent)
    assert (talk.ticket, talk.sent_to) == (receipt.ticket, "technical")
    assert talk.message.text == "I was charged twice"
    assert await store.unfinished() == [sent]
    again = await humans.reroute("k1", receipt.message, "technical", by="U1", role=Role.REQUESTER)
    assert again is None


async def test_question_is_sent_around_a_few_times_at_most(store: SqlStore) -> None:
    receipt, humans = await store.receive(delivery("d1")), Humans(store)
    for number in range(MAX_REROUTES):
        key, role = f"k{number}", Role.REQUESTER
        assert await humans.reroute(key, receipt.message, "technical", by="U1", role=role)
    with pytest.raises(NotPossible, match="too_often"):
        await humans.reroute("last", receipt.message, "billing", by="U1", role=Role.REQUESTER)


async def test_latest_opinion_counts_once_a_person(store: SqlStore) -> None:
    receipt, humans = await store.receive(delivery("d1")), Humans(store)
    for number, vote in enumerate((Vote.HELPFUL, Vote.UNHELPFUL)):
        given = human_facts.FeedbackGiven
        fact = by(receipt, "U1", given, vote=vote, role=Role.REQUESTER)
        await humans.act(f"k{number}", fact)
    assert await humans.vote(receipt.message, "U1") == "unhelpful"
    assert await humans.vote(receipt.message, "U2") == ""


async def test_reply_of_staff_waits_until_it_is_visible_and_takes_the_ticket(
    store: SqlStore,
) -> None:
    receipt, humans = await waiting(store), Humans(store)
    person = await humans.ref("test", "local", "U9")
    said = by(receipt, person, human_facts.HumanReplied, texts={"reply": "I am on it."})
    await humans.act("k1", said)
    (reply,) = await humans.replies_to_post()
    assert (reply.person, reply.text) == ("U9", "I am on it.")
    await humans.reply_posted(reply.entry, "C1:1.0")
    assert await humans.replies_to_post() == []
    with pytest.raises(NotPossible, match="taken_over"):
        await humans.act("k2", by(receipt, "S2", human_facts.HumanReplied, texts={"reply": "Me!"}))


async def test_chosen_language_reaches_the_turn(store: SqlStore) -> None:
    receipt, humans = await store.receive(delivery("d1")), Humans(store)
    person = await humans.ref("test", "local", "U1")
    for language in ("de", "fr"):
        await humans.set(person, "language", language)
    assert (await store.conversation(receipt.message)).language == "fr"
