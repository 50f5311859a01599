"""The way in where nobody has been let in by somebody else: a link for whoever starts the desk.

It is made on an embedded database only. Who can start the desk there has its keys and its file
anyway; a desk of several processes has an operator who invites people by name.
"""

from __future__ import annotations

import asyncio

from bot.settings import Settings
from bot.web.access.public import SIGN_IN
from storage.database import open_store
from storage.engines import parsed, sqlite_file
from storage.people.accounts import LOCAL, OPERATOR, Accounts
from storage.people.roles import Role

OWNER = "owner"


async def way_in(settings: Settings) -> str | None:
    """A link that signs in the owner of an embedded desk once; None for any other desk.

    Raises:
        SettingsError: the database cannot be opened.
    """
    if not settings.console or sqlite_file(parsed(settings.database_url)) is None:
        return None
    store = await asyncio.to_thread(open_store, settings.database_url, settings.keys)
    try:
        accounts = Accounts(store)
        ref = accounts.ref(LOCAL, "", OWNER)
        if await accounts.find(ref) is None:
            await accounts.grant(ref, LOCAL, OWNER, Role, by=OPERATOR)
        return link(settings, await accounts.new_link(ref, by=OPERATOR))
    finally:
        await store.close()


def link(settings: Settings, word: str) -> str:
    """The address of a link that signs somebody in once."""
    base = settings.public_url.rstrip("/") or f"http://127.0.0.1:{settings.port}"
    return f"{base}{SIGN_IN}/link/{word}"
