"""Who may do what at the API, and a line on record for everybody who may not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, NoReturn

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.app import App
from bot.web.api.problems import Refused
from bot.web.api.rates import Rate
from router.door_facts import Scope
from router.outbox import DESK as THE_DESK
from router.ports import Clock
from storage.database import SystemClock
from storage.doors.tokens import Token, Tokens
from storage.facts import DESK
from storage.people.facts import Denied
from storage.store import SqlStore

UNAUTHORIZED, FORBIDDEN = 401, 403
CHALLENGE = {"www-authenticate": 'Bearer realm="frontdesk"'}
WHY = {
    "no_token": "Send a token: `Authorization: Bearer fd_…`. `frontdesk tokens create` makes one.",
    "unknown_token": "There is no such token: check it, or ask for a new one.",
    "expired": "The token has expired: ask for a new one.",
    "revoked": "The token was revoked: ask for a new one.",
    "scope": "The token may not do this: it needs the scope {scope}.",
    "signature": "The signature, or the time it names, is not right.",
}

_bearer = HTTPBearer(auto_error=False, description="A token of `frontdesk tokens create`.")


class Gate:
    """Lets in who shows a good token. The API has it as `state.gate`."""

    def __init__(self, app: App, clock: Clock | None = None) -> None:
        settings = app.settings
        self.store: SqlStore = app.store
        self._tokens = Tokens(app.store)
        self._clock = clock or SystemClock()
        self._rate = Rate(settings.api_rate, "FRONTDESK_API_RATE")
        self._denials = Rate(settings.api_denied_rate, "FRONTDESK_API_DENIED_RATE")

    async def token(
        self, request: Request, shown: HTTPAuthorizationCredentials | None, scope: Scope
    ) -> Token:
        """The token that somebody shows.

        Raises:
            Refused: there is none, it lets nobody in, or it may not do this.
        """
        if shown is None:
            await self.deny(request, "no_token")
        token = await self._tokens.find(shown.credentials)
        if token is None:
            await self.deny(request, "unknown_token")
        if why := token.refusal(self._clock.now()):
            await self.deny(request, why)
        if scope not in token.scopes:
            await self.deny(request, "scope", needs=scope)
        self._rate.take(token.id)
        return token

    def count(self, name: str) -> None:
        """Count one request of somebody who was let in otherwise.

        Raises:
            Refused: there were too many.
        """
        self._rate.take(name)

    async def deny(self, request: Request, why: str, needs: Scope | None = None) -> NoReturn:
        """Put on record that somebody was kept out, and keep them out.

        Who tries too often is not put on record any more: the record is not theirs to fill.

        Raises:
            Refused: always.
        """
        self._denials.take(origin(request))
        route = request.scope.get("route")
        fact = Denied(
            ticket=DESK,
            actor=THE_DESK,
            why=why,
            route=f"/api{getattr(route, 'path', '')}",
            method=request.method,
            needs=(needs.value,) if needs else (),
        )
        await self.store.record(fact)
        detail = WHY[why].format(scope=needs)
        if needs:
            raise Refused(FORBIDDEN, detail)
        raise Refused(UNAUTHORIZED, detail, CHALLENGE)


def _needs(scope: Scope) -> Callable[..., Awaitable[Token]]:
    async def allowed(
        request: Request,
        shown: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    ) -> Token:
        gate: Gate = request.app.state.gate
        return await gate.token(request, shown, scope)

    return allowed


MayRead = Annotated[Token, Depends(_needs(Scope.READ))]
"""The token of a request that may read."""

MayWrite = Annotated[Token, Depends(_needs(Scope.WRITE))]
"""The token of a request that may write."""


def origin(request: Request) -> str:
    """The address a request comes from; behind a proxy that is trusted, what that one says."""
    return request.client.host if request.client else ""
