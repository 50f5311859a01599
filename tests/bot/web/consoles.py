"""Consoles for tests: a real store with a little history, and people who are signed in."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response

from bot.app import App
from bot.settings import Settings
from bot.web.console.joining import console
from router.human_facts import DraftApproved, DraftHeld, human
from router.records import OutcomeKind, Receipt
from storage import reading
from storage.database import open_store
from storage.overview.entries import in_full
from storage.people.accounts import LOCAL, OPERATOR, Accounts
from storage.people.roles import Role
from storage.queries import EntryRow
from storage.search.filters import Filter
from storage.search.search import Search
from storage.store import SqlStore
from tests.storage.desk import (
    OUTCOME,
    answer,
    approved,
    delivery,
    drafted,
    ended,
    escalated,
    gated,
    intended,
    outcome,
    posted,
    rejected,
    routed,
)

PAGE = {"accept": "text/html"}
BASE = "http://desk.test"
CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')


@dataclass
class Bench:
    """A console on a desk of its own."""

    app: App
    site: FastAPI
    accounts: Accounts
    receipts: list[Receipt]
    digest: str
    stack: AsyncExitStack = field(repr=False)

    @property
    def store(self) -> SqlStore:
        return self.app.store

    async def word(self, name: str, *roles: Role) -> str:
        """The secret word of a new session of somebody with these roles."""
        ref = self.accounts.ref(LOCAL, "", name)
        await self.accounts.grant(ref, LOCAL, name, roles, by=OPERATOR)
        return str(await self.site.state.access.sessions.begin(ref, "link"))

    async def enter(self, name: str, *roles: Role) -> AsyncClient:
        """A browser in which somebody is signed in."""
        client = await self.nobody()
        client.cookies.set("frontdesk_session", await self.word(name, *roles), domain="desk.test")
        return client

    async def nobody(self, address: str = "192.0.2.1") -> AsyncClient:
        """A browser in which nobody is signed in."""
        transport = ASGITransport(self.site, client=(address, 1234))
        client = AsyncClient(transport=transport, base_url=BASE, headers=PAGE)
        return await self.stack.enter_async_context(client)

    async def rows(self, kind: str) -> list[EntryRow]:
        """All entries of a kind, oldest first."""
        page = await Search(self.store).page(Filter(kind=kind), limit=1000)
        return list(reversed(page.rows))

    async def entries(self, kind: str) -> list[Any]:
        """The bodies of all entries of a kind, oldest first, with their actors."""
        views = await in_full(self.store, await self.rows(kind), with_texts=False)
        return [(view.row.actor, view.leaf["body"]) for view in views]


async def csrf_of(client: AsyncClient, path: str = "/me") -> str:
    """What a form of this person must carry."""
    found = CSRF.search((await client.get(path)).text)
    assert found is not None
    return found[1]


async def send(client: AsyncClient, path: str, **data: Any) -> Response:
    """Send a form as a page of ours does."""
    return await client.post(path, data={"csrf": await csrf_of(client), **data})


@asynccontextmanager
async def console_of(folder: Path, **given: Any) -> AsyncIterator[Bench]:
    """A console on a new desk, with one ticket that was answered and one that was not."""
    url = f"sqlite:///{folder / 'frontdesk.db'}"
    settings = Settings(database_url=url, **given)
    store = await asyncio.to_thread(open_store, url)
    app = App(settings, store, None, None)  # type: ignore[arg-type]
    site = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    console(site, app)
    try:
        async with AsyncExitStack() as stack:
            receipts = await some_history(store)
            await store.keep("prompt", b"You answer.\nFrom the passages.")
            digest = await store.keep("prompt", b"You answer.\nFrom the passages alone.")
            async with site.router.lifespan_context(site):
                yield Bench(app, site, Accounts(store), receipts, digest, stack)
    finally:
        await store.close()


async def some_history(store: SqlStore) -> list[Receipt]:
    """A matter that was answered, one that went to a person, one that a person edited."""
    first = await store.receive(delivery("first", "I was charged twice"))
    await answer(store, first, "It is refunded within a day.")
    second = await store.receive(delivery("second", "Who are you?", author_id="U2"))
    await store.record(gated(second))
    await store.record(routed(second, 4200), drafted(second), rejected(second), escalated(second))
    third = await store.receive(delivery("third", "When do I get it?", author_id="U3"))
    await edited(store, third)
    await store.sequence()
    return [first, second, third]


async def edited(store: SqlStore, receipt: Receipt) -> None:
    """A reply that staff changed before they let it out."""
    meant = outcome(receipt, OutcomeKind.REPLIED, "You get it in a week.")
    said = outcome(receipt, OutcomeKind.REPLIED, "You get it within three days.")
    where: Any = {"ticket": receipt.ticket, "message": receipt.message}
    await store.record(gated(receipt), routed(receipt), drafted(receipt, text=meant.text))
    whole = OUTCOME.dump_json(meant).decode()
    texts = {"draft": meant.text, "outcome": whole}
    await store.record(approved(receipt), DraftHeld(**where, actor="system:desk", texts=texts))
    by = human(reading.need(store.keys).subjects.ref("slack", "T0", "U0STAFF"))
    await store.record(
        DraftApproved(**where, actor=by, edited=True, texts={"draft": said.text}),
        intended(said),
        posted(said),
    )
    await store.record(ended(said, "billing"))
