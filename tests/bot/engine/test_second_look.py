"""Of a post that was made twice one stays, also where its maker was killed before it could."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from bot.engine.second_look import SecondLook
from frontdesk import PostError
from router.flow import Desk
from router.outbox import Outbox
from router.records import Conversation, Outcome, OutcomeKind, Receipt
from storage.claims import Claims
from storage.doubts import AFTER, Doubts
from storage.durable import durable
from storage.holds import doubt
from storage.ledger.tables import INDEX
from storage.step_tables import DOUBTED_POST
from storage.store import SqlStore
from tests.databases import Database
from tests.storage import desk as acts

NOON = "2026-06-01 12:00:00"
LEASE = 9.0
SOURCES = ("test",)


@dataclass
class Wall:
    """What stands there, by key and name; what was killed leaves its posts."""

    there: list[tuple[str, str]] = field(default_factory=list)
    refuses: bool = False

    async def post(self, conversation: Conversation, outcome: Outcome, key: str) -> str:
        name = f"post {len(self.there)}"
        self.there.append((key, name))
        return name

    async def find(self, conversation: Conversation, key: str) -> str | None:
        return next((name for known, name in self.there if known == key), None)

    async def withdraw(self, conversation: Conversation, key: str, kept: str) -> Sequence[str]:
        if self.refuses:
            raise PostError("Slack is down")
        gone = [name for known, name in self.there if known == key and name != kept]
        self.there = [(known, name) for known, name in self.there if name not in gone]
        return gone

    async def progress(self, conversation: Conversation, step: str) -> None:
        """Nobody watches."""


@dataclass
class Stage:
    """A desk with one message that waits for its answer, and what looks at posts again."""

    store: SqlStore
    wall: Wall
    desk: Desk
    second: SecondLook
    receipt: Receipt

    @property
    def reply(self) -> Outcome:
        """What the turn comes to."""
        return Outcome(OutcomeKind.REPLIED, self.receipt.ticket, self.receipt.message, "So it is.")

    async def conversation(self) -> Conversation:
        """What the message belongs to."""
        return await self.store.conversation(self.receipt.message)

    async def dies_after(self, posts: int) -> None:
        """An attempt means to post, and dies after it has posted so often."""
        talk = await self.conversation()
        try:
            await Outbox(self.store, _Dies(self.wall, posts)).post(talk, self.reply)
        except PostError:
            return

    async def posts_twice(self) -> None:
        """An attempt was frozen, not dead, when another posted after it; then it was killed."""
        await self.dies_after(posts=0)
        talk = await self.conversation()
        await self.desk.outbox.post(talk, self.reply)
        await self.wall.post(talk, self.reply, self.reply.message)

    async def kinds(self) -> list[str]:
        """What is on record of posts."""
        query = select(INDEX.c.kind).where(INDEX.c.kind.startswith("post:"))
        ordered = query.order_by(INDEX.c.ticket_seq)
        return list(await self.store.read(lambda db: db.execute(ordered).scalars().all()))

    async def doubts(self) -> int:
        """How many posts are doubted."""
        rows = select(DOUBTED_POST.c.message_id)
        return len(await self.store.read(lambda db: db.execute(rows).all()))


class _Dies(Wall):
    """Somebody who means to post, and whose bytes leave some time, or never."""

    def __init__(self, wall: Wall, posts: int) -> None:
        super().__init__(wall.there)
        self._posts = posts

    async def post(self, conversation: Conversation, outcome: Outcome, key: str) -> str:
        for _ in range(self._posts):
            await super().post(conversation, outcome, key)
        raise PostError("killed")


@pytest.fixture
async def stage(sqlite: Database) -> AsyncIterator[Stage]:
    store = sqlite.open()
    wall, nobody = Wall(), None
    bare = Desk(store, nobody, nobody, nobody, wall, Outbox(store, wall))  # type: ignore[arg-type]
    desk = durable(bare, store)
    claims = Claims(store, "me", lambda holder: False, LEASE)
    second = SecondLook(desk, Doubts(store, SOURCES, LEASE), claims)
    receipt = await store.receive(acts.delivery("d1"))
    yield Stage(store, wall, bare, second, receipt)
    await store.close()


@pytest.fixture
def clock() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(NOON, real_asyncio=True) as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen


async def test_double_of_a_process_that_was_killed_is_taken_back(
    clock: FrozenDateTimeFactory, stage: Stage
) -> None:
    await stage.posts_twice()

    clock.tick(LEASE * AFTER[0] - 1)
    await stage.second.tick()
    assert len(stage.wall.there) == 2
    clock.tick(2)
    await stage.second.tick()

    assert stage.wall.there == [(stage.reply.message, "post 0")]
    assert await stage.kinds() == ["post:intended", "post:done", "post:withdrawn"]


async def test_it_is_looked_at_for_a_while_and_then_forgotten(
    clock: FrozenDateTimeFactory, stage: Stage
) -> None:
    await stage.dies_after(posts=0)
    await stage.desk.outbox.post(await stage.conversation(), stage.reply)
    for at, left in zip(AFTER, (1, 1, 1, 1, 0), strict=True):
        assert await stage.doubts() == 1
        clock.move_to(NOON)
        clock.tick(LEASE * at + 1)
        await stage.second.tick()
        assert await stage.doubts() == left
    assert await stage.kinds() == ["post:intended", "post:done"]


async def test_nothing_is_doubted_where_the_first_attempt_succeeds(stage: Stage) -> None:
    await stage.desk.outbox.post(await stage.conversation(), stage.reply)
    assert await stage.doubts() == 0


async def test_post_that_waits_for_its_turn_is_not_given_up(
    clock: FrozenDateTimeFactory, stage: Stage
) -> None:
    await stage.dies_after(posts=0)
    await stage.desk.store.doubt(stage.receipt.message)
    clock.tick(LEASE * AFTER[-1] + 1)
    for _ in AFTER:
        await stage.second.tick()
    assert await stage.doubts() == 1


async def test_look_that_slack_refuses_counts_and_the_next_one_helps(
    clock: FrozenDateTimeFactory, stage: Stage
) -> None:
    await stage.posts_twice()
    stage.wall.refuses = True
    clock.tick(LEASE + 1)
    await stage.second.tick()
    stage.wall.refuses = False
    await stage.second.tick()
    assert len(stage.wall.there) == 2
    clock.tick(LEASE * 3)
    await stage.second.tick()
    assert len(stage.wall.there) == 1


async def test_reply_that_was_withheld_and_appears_all_the_same_is_on_record(
    clock: FrozenDateTimeFactory, stage: Stage
) -> None:
    await stage.dies_after(posts=0)
    await stage.desk.store.doubt(stage.receipt.message)
    await stage.store.record(acts.ended(replace(stage.reply, kind=OutcomeKind.QUIET)))
    await stage.wall.post(await stage.conversation(), stage.reply, stage.reply.message)
    clock.tick(LEASE + 1)
    await stage.second.tick()
    assert await stage.kinds() == ["post:intended", "post:done"]


async def test_what_another_messenger_posts_is_left_to_it(
    clock: FrozenDateTimeFactory, stage: Stage
) -> None:
    await stage.store.doubt(stage.receipt.message)
    clock.tick(LEASE + 1)
    assert await Doubts(stage.store, SOURCES, LEASE).due()
    assert not await Doubts(stage.store, ("slack",), LEASE).due()


async def test_doubt_that_comes_anew_begins_anew_on_both_databases(database: Database) -> None:
    store = database.open()
    receipt = await store.receive(acts.delivery("d1"))
    doubts = Doubts(store, SOURCES, seconds=0.0)
    await store.doubt(receipt.message)
    (first,) = await doubts.due()
    await doubts.looked(first)
    assert [one.looks for one in await doubts.due()] == [1]
    await store.write(lambda db, appender: doubt(db, receipt.message, appender.now_us))
    assert [one.looks for one in await doubts.due()] == [0]
    await doubts.looked(first)  # who looked before the doubt came anew has not looked at this one
    assert [one.looks for one in await doubts.due()] == [0]
    await store.close()
