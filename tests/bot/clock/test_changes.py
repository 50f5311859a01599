"""A change that a tool proposed, from the model's wish to the reply that tells of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from bot.clock.changes import ERASED, LOST, ChangeRunner
from frontdesk import Tool, tool
from router.change_facts import ChangeConfirmed, ChangeDeclined, Ran
from router.human_facts import HumanTookOver, human
from router.records import OutcomeKind
from storage.change_tables import ChangeState
from storage.changes import Changes
from storage.changes_done import Change
from storage.human_state import NotPossible
from storage.ledger.tables import PAYLOAD
from storage.privacy.facts import TicketForgotten
from tests.bot.modelled import SURE, Stage, Story, staged
from tests.messages_api import use_tool

ran: list[Any] = []
PROPOSES = use_tool("pay_back", {"invoice": "QL-1", "cents": 900})
SAM = human("sam")


@tool(changes=True)
def pay_back(invoice: str, cents: int) -> str:
    """Pay an invoice back."""
    ran.append((invoice, cents))
    if cents == 13:
        raise ValueError("no")
    return f"paid back {cents} cents for {invoice}"


@pytest.fixture
async def desk(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    ran.clear()
    async with staged(tmp_path, cache) as stage:
        monkeypatch.setattr(stage.specialist("billing"), "tools", (pay_back,))
        yield stage


async def proposed(desk: Stage, cents: int = 900) -> tuple[Story, Change]:
    desk.plays(specialist=[use_tool("pay_back", {"invoice": "QL-1", "cents": cents})])
    story = await desk.hears(SURE)
    (change,) = await Changes(desk.app.store).of_message(story.outcome.message)
    return story, change


def decided(kind: type[Any], change: Change) -> Any:
    return kind(
        ticket=change.ticket,
        message=change.message,
        actor=SAM,
        proposal=change.proposal,
        tool=change.tool,
    )


async def confirm_and_run(desk: Stage, change: Change) -> None:
    await desk.app.store.record(decided(ChangeConfirmed, change))
    await ChangeRunner(desk.app).tick()


async def test_what_a_person_confirmed_runs_once_with_exactly_what_was_shown(desk: Stage) -> None:
    _, change = await proposed(desk)
    assert (change.state, change.arguments) == (
        ChangeState.PROPOSED,
        '{"invoice":"QL-1","cents":900}',
    )

    await confirm_and_run(desk, change)
    await ChangeRunner(desk.app).tick()

    assert ran == [("QL-1", 900)]
    (change,) = await Changes(desk.app.store).of_message(change.message)
    assert (change.state, change.result) == (ChangeState.DONE, "paid back 900 cents for QL-1")


async def test_the_specialist_goes_on_with_the_result_and_cites_it(desk: Stage) -> None:
    story, change = await proposed(desk)
    await confirm_and_run(desk, change)

    desk.plays(specialist=[PROPOSES])  # it wants the same again: it gets the result instead
    (again,) = await desk.app.store.unfinished()
    told = await desk.story(await desk.app.desk.turn(again))

    assert told.outcome.kind is OutcomeKind.REPLIED
    assert "paid back 900 cents for QL-1" in told.outcome.text
    assert ran == [("QL-1", 900)]
    assert told.kinds.count("tool:begun") == told.kinds.count("tool:ended") == 1
    assert told.status == "answered"
    assert told.outcome.message != story.outcome.message


async def test_nothing_runs_that_was_declined_or_not_decided(desk: Stage) -> None:
    _, change = await proposed(desk)
    await ChangeRunner(desk.app).tick()
    await desk.app.store.record(decided(ChangeDeclined, change))
    await ChangeRunner(desk.app).tick()

    with pytest.raises(NotPossible, match="decided"):
        await desk.app.store.record(decided(ChangeConfirmed, change))
    assert ran == []


async def test_where_somebody_took_over_the_desk_says_nothing_itself(desk: Stage) -> None:
    _, change = await proposed(desk)
    await desk.app.store.record(HumanTookOver(ticket=change.ticket, actor=SAM))
    await confirm_and_run(desk, change)

    assert ran == [("QL-1", 900)]
    assert await desk.app.store.unfinished() == []


async def test_a_tool_that_fails_leaves_the_matter_with_staff(desk: Stage) -> None:
    _, change = await proposed(desk, cents=13)
    await confirm_and_run(desk, change)

    (change,) = await Changes(desk.app.store).of_message(change.message)
    assert (change.state, change.result) == (ChangeState.FAILED, "it failed with ValueError")
    assert await desk.app.store.unfinished() == []


async def test_a_change_that_was_lost_in_a_crash_is_never_run_again(
    desk: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, change = await proposed(desk)
    await desk.app.store.record(decided(ChangeConfirmed, change))
    assert await Changes(desk.app.store).begin(change)
    await ChangeRunner(desk.app).tick()
    assert [one.state for one in await Changes(desk.app.store).waiting()] == [ChangeState.BEGUN]

    monkeypatch.setattr("bot.clock.changes.LOST_US", -1)
    await ChangeRunner(desk.app).tick()

    (change,) = await Changes(desk.app.store).of_message(change.message)
    assert (change.state, change.result) == (ChangeState.UNCLEAR, LOST)
    assert ran == []


async def test_two_that_would_run_it_are_one(desk: Stage) -> None:
    _, change = await proposed(desk)
    await desk.app.store.record(decided(ChangeConfirmed, change))
    changes = Changes(desk.app.store)
    assert [await changes.begin(change), await changes.begin(change)] == [True, False]
    assert await changes.ended(change, Ran.FAILED, "no", 1) is None


async def test_a_tool_that_changed_its_arguments_since_is_not_run(
    desk: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, change = await proposed(desk)

    def other(invoice: str, cents: int, currency: str) -> str:
        ran.append(currency)
        return invoice

    newer = Tool("pay_back", "Pay an invoice back.", other, changes=True)
    monkeypatch.setattr(desk.specialist("billing"), "tools", (newer,))
    await confirm_and_run(desk, change)

    (change,) = await Changes(desk.app.store).of_message(change.message)
    assert change.state is ChangeState.FAILED
    assert "currency" in change.result
    assert ran == []


async def test_a_change_whose_arguments_were_erased_never_runs(desk: Stage) -> None:
    _, change = await proposed(desk)
    await desk.app.store.record(decided(ChangeConfirmed, change))
    await _erase(desk, change.proposal)
    await ChangeRunner(desk.app).tick()

    (change,) = await Changes(desk.app.store).of_message(change.message)
    assert (change.state, change.result) == (ChangeState.FAILED, ERASED)
    assert ran == []


async def test_a_lost_change_ends_though_what_was_asked_is_erased(
    desk: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, change = await proposed(desk)
    await desk.app.store.record(decided(ChangeConfirmed, change))
    assert await Changes(desk.app.store).begin(change)
    received = next(one for one in story.entries if one.row.kind == "message:received")
    await _erase(desk, received.row.id)
    monkeypatch.setattr("bot.clock.changes.LOST_US", -1)
    await ChangeRunner(desk.app).tick()

    assert await Changes(desk.app.store).waiting() == []


async def _erase(desk: Stage, entry: str) -> None:
    gone = delete(PAYLOAD).where(PAYLOAD.c.entry_id == entry)
    await desk.app.store.write(lambda db, _: db.execute(gone))


@pytest.mark.parametrize(
    ("begun", "state"), [(True, ChangeState.UNCLEAR), (False, ChangeState.DECLINED)]
)
async def test_change_of_a_forgotten_ticket_is_unclear_only_if_it_had_begun(
    begun: bool, state: ChangeState, desk: Stage
) -> None:
    _, change = await proposed(desk)
    store, changes = desk.app.store, Changes(desk.app.store)
    await store.record(decided(ChangeConfirmed, change))
    if begun:
        assert await changes.begin(change)
    await store.record(TicketForgotten(ticket=change.ticket, actor="system:desk", run="E-1"))
    await ChangeRunner(desk.app).tick()

    (change,) = await changes.of_message(change.message)
    assert change.state is state
    assert ran == []
