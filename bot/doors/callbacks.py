"""Sending callbacks: signed, to public addresses only, again and again until they are taken.

Each receiver has a lane of its own: one that takes long, or never answers, delays nobody else.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import groupby

import aiohttp

from bot.doors import signing
from bot.plugins.outside import PrivateAddressError, leads_inside, public_session
from bot.settings.doors import WebhookSettings
from frontdesk import SettingsError, StoreError
from frontdesk.permissions import Origin
from storage.doors.callbacks import Callbacks, Due
from storage.doors.places import WEBHOOK
from storage.doors.tokens import RevokedToken, Tokens
from storage.store import SqlStore

log = logging.getLogger("frontdesk.doors.callbacks")

TAKEN = range(200, 300)
GONE = 410
"""The status with which a receiver says that it wants no more of it."""

RECEIVERS = 20
"""Receivers that are sent to at the same time by one process."""

ROUND_SECONDS = 120.0
"""How long a round looks for more while some receivers have not answered; then another begins."""

_LOOK_AGAIN = 1.0

Lanes = dict[str, asyncio.Task[None]]
"""What is being sent, by the receiver."""


class CallbackSender:
    """Sends what is due. `private_hosts` are the ones in the own network that may be reached."""

    def __init__(
        self,
        store: SqlStore,
        private_hosts: Collection[str] = (),
        webhooks: Mapping[str, WebhookSettings] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._callbacks = Callbacks(store)
        self._webhooks = webhooks or {}
        self._tokens = Tokens(store)
        self._private_hosts = private_hosts
        self._now = now

    async def tick(self) -> int:
        """Send everything that is due; give how many were tried."""
        await self._callbacks.follow_notices()
        if not await self._callbacks.waiting():
            return 0
        async with public_session(self._private_hosts) as session, asyncio.TaskGroup() as group:
            return await self._round(session, group)

    async def _round(self, session: aiohttp.ClientSession, group: asyncio.TaskGroup) -> int:
        """Send until nothing is due; what becomes due meanwhile waits for no slow receiver."""
        tried, lanes, clock = 0, Lanes(), asyncio.get_running_loop().time
        end = clock() + ROUND_SECONDS
        while clock() < end:
            due = await self._taken(lanes)
            for receiver, some in groupby(sorted(due, key=_receiver), key=_receiver):
                lanes[receiver] = group.create_task(self._side_by_side(session, list(some)))
            tried += len(due)
            if not lanes:
                break
            over = asyncio.FIRST_COMPLETED
            await asyncio.wait(lanes.values(), timeout=_LOOK_AGAIN, return_when=over)
            lanes = {name: lane for name, lane in lanes.items() if not lane.done()}
        return tried

    async def _taken(self, lanes: Lanes) -> Sequence[Due]:
        if len(lanes) >= RECEIVERS:
            return ()
        if lanes:  # a round that waits for somebody hears of new notices, too
            await self._callbacks.follow_notices()
        return await self._callbacks.take(RECEIVERS - len(lanes), but=lanes)

    async def _side_by_side(self, session: aiohttp.ClientSession, due: Sequence[Due]) -> None:
        await asyncio.gather(*(self._send(session, one) for one in due))

    async def _send(self, session: aiohttp.ClientSession, due: Due) -> None:
        try:
            await self._tried(session, due)
        except RevokedToken:
            await self._dropped(due)
        except StoreError as error:  # it is held for a minute, then somebody sends it again
            log.warning("a callback of %s is not on record: %s", due.ticket, error)

    async def _tried(self, session: aiohttp.ClientSession, due: Due) -> None:
        status, fault = await self._posted(session, due)
        if status in TAKEN:
            await self._callbacks.delivered(due, status)
        else:
            await self._callbacks.failed(due, fault, forever=status == GONE)

    async def _dropped(self, due: Due) -> None:
        try:
            await self._callbacks.dropped(due, "token_revoked")
        except StoreError as error:  # it is held for a minute, then somebody finds it again
            log.warning("a callback of %s is not on record: %s", due.ticket, error)

    async def _secret(self, token: str) -> str:
        source, _, name = token.partition(":")
        if source != WEBHOOK:
            return await self._tokens.secret(token)
        hook = self._webhooks.get(name)
        if hook is None or hook.scheme != "standard":
            raise SettingsError(f"the webhook {name} has no secret that signs callbacks")
        return hook.secret.get_secret_value()

    async def _posted(self, session: aiohttp.ClientSession, due: Due) -> tuple[int, str]:
        """The receiver's status, 0 for none, and what was wrong; the text goes to nobody else."""
        try:
            body = body_of(due)
            secret = await self._secret(due.token)
            proof = signing.headers(secret, due.id, int(self._now()), body)
            if leads_inside(Origin.of(due.url).host, self._private_hosts):
                return 0, "private_address"
            call = session.post(
                due.url,
                data=body,
                headers={"content-type": "application/json", **proof},
                allow_redirects=False,
            )
            async with call as response:
                return response.status, f"status_{response.status}"
        except SettingsError:
            return 0, "no_secret"
        except PrivateAddressError:
            return 0, "private_address"
        except TimeoutError:
            return 0, "timeout"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            inside = isinstance(getattr(error, "os_error", None), PrivateAddressError)
            return 0, "private_address" if inside else type(error).__name__


def _receiver(due: Due) -> str:
    return due.receiver


def body_of(due: Due) -> bytes:
    """What is sent: the same bytes however often, except for the ticket's present state."""
    content = {
        "type": due.event,
        "timestamp": due.at.isoformat(),
        "data": {"ticket": due.ticket, "status": due.status, "text": due.text},
    }
    return json.dumps(content, ensure_ascii=False).encode()
