"""Callbacks: signed, repeated until they are taken, never lost, never to an inner address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from freezegun import freeze_time
from sqlalchemy import select

from bot.doors import signing
from bot.doors.callbacks import CallbackSender
from router import human_facts
from router.notice_facts import Audience
from storage.doors.callbacks import EACH, PAUSES, Callbacks
from storage.doors.tables import CALLBACK
from storage.doors.tokens import Tokens
from storage.human_tables import HUMAN_REPLY
from storage.humans import Humans
from storage.notices import Notice, announce
from storage.queries import Queries
from tests.bot.doors.receiver import Receiver, receiver
from tests.bot.web.api.helpers import Program, working

HOST = "127.0.0.1"
GIVEN: Any = {"callback_private_hosts": (HOST,), "api_rate": "10000/minute"}


@asynccontextmanager
async def told(folder: Path) -> AsyncIterator[tuple[Program, Receiver, CallbackSender]]:
    """A program that wants to be called back, and who does it."""
    async with (
        receiver() as hook,
        working(folder, callback=hook.url, **GIVEN) as ana,
    ):
        yield ana, hook, CallbackSender(ana.app.store, (HOST,))


async def states(ana: Program) -> list[tuple[str, str, int]]:
    query = select(CALLBACK.c.event, CALLBACK.c.state, CALLBACK.c.tries).order_by(CALLBACK.c.id)
    return await ana.app.store.read(lambda db: [tuple(row) for row in db.execute(query)])


async def kinds(ana: Program, kind: str) -> list[dict[str, Any]]:
    queries = Queries(ana.app.store)
    entries = await queries.entries(kind=kind, oldest_first=True)
    return [dict((await queries.entry(entry.id)).leaf["body"]) for entry in entries]


async def test_an_answer_goes_out_once_signed_with_the_tokens_secret(tmp_path: Path) -> None:
    async with told(tmp_path) as (ana, hook, sender):
        ticket = await ana.opened("Where is my bill?")
        await ana.answered(ticket)
        await sender.tick()
        await sender.tick()

        assert [one["type"] for one in hook.contents] == ["ticket.answered"]
        assert hook.contents[0]["data"]["ticket"] == ticket
        assert hook.contents[0]["data"]["text"] == "About Where is my bill?: it is done."
        assert hook.is_genuine(ana.made.secret)
        assert not hook.is_genuine(signing.SIGNING + "bm90IHRoZSBvbmU=")
        assert await states(ana) == [("ticket.answered", "delivered", 1)]
        assert len(await kinds(ana, "callback:delivered")) == 1


async def test_a_callback_is_repeated_with_longer_pauses_under_one_name(tmp_path: Path) -> None:
    async with told(tmp_path) as (ana, hook, sender):
        hook.answers = [500, 302, 200]
        await ana.answered(await ana.opened())
        now = datetime.now(UTC)
        for seconds, came in ((0, 1), (PAUSES[0] - 2, 1), (PAUSES[0] + 1, 2), (40, 3)):
            now += timedelta(seconds=seconds)
            with freeze_time(now, real_asyncio=True):
                await sender.tick()
            assert len(hook.came) == came

        assert len(set(hook.ids)) == 1
        assert await states(ana) == [("ticket.answered", "delivered", 3)]


async def test_what_nobody_takes_is_given_up_with_an_entry(tmp_path: Path) -> None:
    async with told(tmp_path) as (ana, hook, sender):
        hook.answers = [503]
        await ana.answered(await ana.opened())
        now = datetime.now(UTC)
        for pause in (0, *PAUSES, 10 * PAUSES[-1]):
            now += timedelta(seconds=pause + 61)
            with freeze_time(now, real_asyncio=True):
                await sender.tick()

        assert len(hook.came) == len(PAUSES) + 1
        (dead,) = await kinds(ana, "callback:dead")
        assert (dead["tries"], dead["fault"]) == (len(PAUSES) + 1, "status_503")


async def test_what_a_process_took_and_died_with_is_sent_by_another(tmp_path: Path) -> None:
    async with told(tmp_path) as (ana, hook, sender):
        await ana.answered(await ana.opened())
        (taken,) = await Callbacks(ana.app.store).take()
        assert await sender.tick() == 0
        with freeze_time(datetime.now(UTC) + timedelta(seconds=61), real_asyncio=True):
            assert await sender.tick() == 1

        assert hook.ids == [taken.id]


async def test_a_receiver_that_is_gone_is_not_asked_again(tmp_path: Path) -> None:
    async with told(tmp_path) as (ana, hook, sender):
        hook.answers = [410]
        await ana.answered(await ana.opened())
        await sender.tick()

        assert [state for _, state, _ in await states(ana)] == ["dead"]


async def test_a_callback_never_reaches_an_inner_address_that_is_not_named(tmp_path: Path) -> None:
    async with told(tmp_path) as (ana, hook, _):
        await ana.answered(await ana.opened())
        await CallbackSender(ana.app.store).tick()
        with_name = hook.url.replace(HOST, "localhost")
        named = await ana.token(callback=with_name)
        headers = {"authorization": f"Bearer {named.token}"}
        await ana.http.post("/api/tickets", json={"text": "By name"}, headers=headers)
        listed = (await ana.get("/api/tickets")).json()["tickets"]
        await ana.answered(listed[0]["id"])
        await CallbackSender(ana.app.store).tick()

        assert hook.came == []
        assert [state for _, state, _ in await states(ana)] == ["waiting", "waiting"]


async def test_staffs_reply_goes_back_through_the_callback_and_not_to_slack(tmp_path: Path) -> None:
    async with told(tmp_path) as (ana, hook, sender):
        ticket = await ana.opened()
        await ana.answered(ticket)
        humans = Humans(ana.app.store)
        bob = await humans.ref("slack", "T1", "U1")
        reply = human_facts.HumanReplied(
            ticket=ticket, actor=human_facts.human(bob), texts={"reply": "I looked into it."}
        )
        await humans.act("bob replies", reply)
        await humans.act("bob replies", reply)
        await sender.tick()
        shown = await ana.answered(ticket, 3)
        query = select(HUMAN_REPLY.c.place)
        places = await ana.app.store.read(lambda db: db.execute(query).scalars().all())

        assert [one["data"]["text"] for one in hook.contents][1:] == ["I looked into it."]
        assert shown["messages"][-1]["author"] == "staff"
        assert shown["with_staff"]
        assert await humans.replies_to_post() == []
        assert places[0].startswith("callback:")


async def test_a_notice_for_the_requester_goes_out_as_a_callback(tmp_path: Path) -> None:
    async with told(tmp_path) as (ana, hook, sender):
        ticket = await ana.opened()
        await ana.answered(ticket)
        notice = Notice(f"nudge:{ticket}", Audience.REQUESTER, "local", ticket)
        for _ in range(2):
            await ana.app.store.write(
                lambda db, appender: announce(db, appender, notice, {"notice": "Still there?"})
            )
        await sender.tick()
        await sender.tick()

        assert [(one["type"], one["data"]["text"]) for one in hook.contents][1:] == [
            ("ticket.notice", "Still there?")
        ]
        shown = await ana.answered(ticket, 3)
        assert (shown["messages"][-1]["author"], shown["messages"][-1]["text"]) == (
            "desk",
            "Still there?",
        )


async def addressed(ana: Program, url: str, text: str) -> str:
    """A ticket whose answers go to an address of its own, answered."""
    ticket = await ana.opened(text, callback_url=url)
    await ana.answered(ticket)
    return ticket


async def test_receiver_that_never_answers_delays_nobody_else(tmp_path: Path) -> None:
    async with told(tmp_path) as (ana, hook, sender), receiver() as stuck:
        stuck.waits = asyncio.Event()
        for number in range(EACH + 2):
            await addressed(ana, f"{stuck.url}?{number}", f"Question {number}")
        await addressed(ana, hook.url, "The first one for somebody else")
        sending = asyncio.create_task(sender.tick())
        await stuck.until(EACH)
        await hook.until(1)
        await addressed(ana, hook.url, "What became due while one of them does not answer")
        await hook.until(2)
        assert len(stuck.came) == EACH
        assert not sending.done()
        stuck.waits.set()

        assert await sending == EACH + 4
        assert len(set(stuck.ids)) == len(stuck.came) == EACH + 2


async def test_events_of_one_ticket_come_in_order(tmp_path: Path) -> None:
    async with told(tmp_path) as (ana, hook, sender):
        ticket = await ana.opened()
        await ana.answered(ticket)
        for number in range(3):
            bob = await Humans(ana.app.store).ref("slack", "T1", "U1")
            reply = human_facts.HumanReplied(
                ticket=ticket, actor=human_facts.human(bob), texts={"reply": f"Step {number}"}
            )
            await Humans(ana.app.store).act(f"reply {number}", reply)
        assert await sender.tick() == 4

        assert hook.ids == sorted(hook.ids)
        assert [one["data"]["text"] for one in hook.contents][1:] == ["Step 0", "Step 1", "Step 2"]


async def test_nothing_is_sent_for_a_token_that_was_revoked(tmp_path: Path) -> None:
    async with told(tmp_path) as (ana, hook, sender):
        await ana.answered(await ana.opened())
        await Tokens(ana.app.store).revoke("tests")
        await sender.tick()
        await sender.tick()

        assert hook.came == []
        assert await states(ana) == [("ticket.answered", "dead", 0)]
        (dead,) = await kinds(ana, "callback:dead")
        assert (dead["tries"], dead["fault"]) == (0, "token_revoked")
