"""What the commands of reviewers share: the desk's reviews, and who is at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

import typer

from bot.settings import load_settings
from frontdesk import SettingsError
from storage.database import open_store
from storage.human_state import NotPossible
from storage.people.accounts import Accounts, Person
from storage.people.roles import Role, effective
from storage.reviews.service import Reviews
from storage.reviews.words import told
from storage.store import SqlStore

As = Annotated[str, typer.Option("--as", help="Your name at the console, as `frontdesk` lists it.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the commands work on."""

    store: SqlStore
    reviews: Reviews

    async def person(self, name: str, *needs: Role) -> Person:
        """An account by its name, which has one of the roles that are needed.

        Raises:
            SettingsError: there is none, or it may not do this.
        """
        for one in await Accounts(self.store).all():
            if name in (one.name, one.ref):
                if needs and not effective(one.roles).intersection(needs):
                    raise SettingsError(f"{name} has no role for this: it needs {needs[0]}")
                return one
        raise SettingsError(f"nobody at the console is called {name!r}: an admin can let them in")


@asynccontextmanager
async def opened() -> AsyncIterator[Desk]:
    """The reviews of the desk that the settings name; refusals come out in plain words."""
    settings = load_settings()
    store = await asyncio.to_thread(open_store, settings.database_url, settings.keys)
    try:
        yield Desk(store, Reviews(store))
    except NotPossible as error:
        raise SettingsError(told(error.why)) from error
    finally:
        await store.close()
