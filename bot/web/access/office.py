"""The parts of signing in, made once for a site: accounts, sessions, limits, secrets."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import cast

from fastapi import Request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.app import App
from bot.web.access.denials import Denials
from bot.web.access.visitor import Refusal, Visitor
from storage.facts import DESK
from storage.people.accounts import Accounts, Person
from storage.people.facts import Denied
from storage.people.roles import effective
from storage.people.sessions import Lasting, Session, Sessions
from storage.reading import need

COOKIE = "frontdesk_session"
SECURE_COOKIE = f"__Host-{COOKIE}"
EVERYBODY = "600/5 minutes"
"""Attempts to sign in from all addresses together."""

NOBODY = "system:console"
"""Who is refused, where nobody is signed in."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How often somebody may try to sign in."""

    limiter: MovingWindowRateLimiter
    by_address: RateLimitItem
    in_all: RateLimitItem

    def hit(self, address: str) -> bool:
        """Count an attempt; false if it is one too many."""
        mine = self.limiter.hit(self.by_address, "sign-in", address)
        return mine and self.limiter.hit(self.in_all, "sign-in")


@dataclass(frozen=True, slots=True)
class AccessOffice:
    """Who gets in, on one site."""

    app: App
    accounts: Accounts
    sessions: Sessions
    denials: Denials
    limits: Limits
    secret: bytes

    async def visitor(self, word: str) -> Visitor | None:
        """Who signed in with this secret word, if the session is not over."""
        now = datetime.now(UTC)
        found = await self.sessions.find(word, now)
        if found is None:
            return None
        session, person = found
        await self.sessions.touch(session, now)
        return self._visitor(session, person)

    def secret_for(self, purpose: str) -> str:
        """A secret of the site for one purpose; the same on every process of the desk."""
        return hmac.digest(self.secret, purpose.encode(), "sha256").hex()

    async def deny(
        self, request: Request, refusal: Refusal, visitor: Visitor | None, route: str = ""
    ) -> None:
        """Put a refusal on record; `route` says what was asked for, where that is known better.

        In a flood nobody gets a reference any more: each is a row in the key store.
        """
        nameless = visitor is not None or self.denials.is_flooded
        await self.denials.add(
            Denied(
                ticket=DESK,
                actor=visitor.actor if visitor else NOBODY,
                why=refusal.why,
                route=route or route_of(request),
                method=request.method,
                needs=tuple(refusal.needs),
                origin="" if nameless else await asyncio.to_thread(self.origin, request),
            )
        )

    def origin(self, request: Request) -> str:
        """The reference of the network address that asks; the address itself is not recorded."""
        return self.accounts.ref("address", "", address_of(request))

    def check_rate(self, request: Request) -> None:
        """Count an attempt to sign in.

        Raises:
            Refusal: there were too many.
        """
        if not self.limits.hit(address_of(request)):
            text = "Too many attempts to sign in. Wait five minutes and try again."
            raise Refusal("too_often", text, status=429)

    def is_secure(self, request: Request) -> bool:
        """Whether browsers reach the desk by https."""
        return self.app.settings.public_url.startswith("https") or request.url.scheme == "https"

    def _visitor(self, session: Session, person: Person) -> Visitor:
        token = hmac.digest(self.secret, f"csrf\0{session.id}".encode(), "sha256").hex()
        return Visitor(person.ref, person.name, effective(person.roles), session, token)


def open_office(app: App) -> AccessOffice:
    """Make the parts.

    Raises:
        SettingsError: the keys are missing.
    """
    settings, keys = app.settings, need(app.store.keys)
    accounts = Accounts(app.store)
    lasting = Lasting(
        timedelta(minutes=settings.console_idle_minutes), timedelta(hours=settings.console_hours)
    )
    limits = Limits(
        MovingWindowRateLimiter(MemoryStorage()),
        parse(f"{settings.console_sign_ins}/5 minutes"),
        parse(EVERYBODY),
    )
    secret = hmac.digest(keys.macs[min(keys.macs)], b"frontdesk/console/v1", "sha256")
    return AccessOffice(
        app, accounts, Sessions(app.store, accounts, lasting), Denials(app.store), limits, secret
    )


def office_of(request: Request) -> AccessOffice:
    """The office of the site that is asked."""
    return cast("AccessOffice", request.app.state.access)


def address_of(request: Request) -> str:
    """The network address that asks; of IPv6 the part that one customer has as a whole."""
    host = request.client.host if request.client else ""
    try:
        known = ip_address(host)
    except ValueError:
        return host
    return host if known.version == 4 else str(ip_network((known, 64), strict=False))  # noqa: PLR2004


def route_of(request: Request) -> str:
    """The address as the desk knows it, without what was filled in."""
    route = request.scope.get("route")
    return str(getattr(route, "path", "")) or "(unknown)"
