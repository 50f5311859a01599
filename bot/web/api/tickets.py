"""Tickets for programs: opened, continued, read, rated."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import AwareDatetime

from bot.app import App
from bot.plugins.outside import leads_inside
from bot.web.api.access import MayRead, MayWrite
from bot.web.api.models import (
    MOST_NAME,
    Decision,
    Message,
    NewMessage,
    NewScore,
    NewTicket,
    Page,
    Receipt,
    Ticket,
    TicketInFull,
)
from bot.web.api.problems import Refused, responses
from frontdesk.permissions import Origin
from router.ticket_facts import Priority
from router.ticket_life import TicketStatus
from storage.doors.intake import Came, DoorIntake, Taken
from storage.doors.places import API, LOCAL
from storage.doors.reading import DoorReading, Listed, Shown, Wanted
from storage.doors.satisfaction import Ratings
from storage.doors.tokens import Token

NOT_FOUND, UNPROCESSABLE = 404, 422
CREATED = 201
NEXT = '<{}>; rel="next"'

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=MOST_NAME,
        description="the same key gives the same answer, and does the same thing once; keys are "
        "remembered for a week",
    ),
]
TicketId = Annotated[str, Path(max_length=40, examples=["T-0K3M9X7Q2ABC"])]
Filter = Annotated[str | None, Query(max_length=MOST_NAME)]


def add_tickets(api: APIRouter, app: App) -> None:
    """Add the routes of tickets."""
    desk = TicketDesk(app)
    refusals = responses(401, 403, 413, 422, 429, 503)

    @api.post(
        "/tickets", status_code=CREATED, responses=refusals | responses(409), tags=["tickets"]
    )
    async def open_ticket(
        new: NewTicket,
        response: Response,
        token: MayWrite,
        key: Key = None,
    ) -> Receipt:
        """Open a ticket. The desk answers soon: by callback, and in `GET /api/tickets/{id}`."""
        taken = await desk.opened(new, token, key)
        response.headers["location"] = _url(taken.ticket)
        return _receipt(taken)

    @api.get("/tickets", responses=refusals, tags=["tickets"])
    async def list_tickets(  # noqa: PLR0917 - FastAPI gives them by name
        response: Response,
        token: MayRead,
        status: TicketStatus | None = None,
        specialist: Filter = None,
        priority: Priority | None = None,
        source: Filter = None,
        since: Annotated[AwareDatetime | None, Query(description="opened then or later")] = None,
        after: Annotated[str | None, Query(max_length=40, description="see `next`")] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
    ) -> Page:
        """List tickets, newest first."""
        filters = {"status": status, "specialist": specialist, "priority": priority}
        page = await desk.page({**filters, "source": source}, since, after, limit, token)
        if page.next:
            response.headers["link"] = NEXT.format(page.next)
        return page

    known = refusals | responses(404)

    @api.get("/tickets/{ticket}", responses=known, tags=["tickets"])
    async def show_ticket(ticket: TicketId, token: MayRead) -> TicketInFull:
        """Show a ticket: what was said, who decided what, and where it stands."""
        return _in_full(await desk.readable(ticket, token))

    @api.post(
        "/tickets/{ticket}/messages",
        status_code=CREATED,
        responses=known | responses(409),
        tags=["tickets"],
    )
    async def continue_ticket(
        ticket: TicketId,
        new: NewMessage,
        token: MayWrite,
        key: Key = None,
    ) -> Receipt:
        """Say more as whoever opened the ticket; one that is closed may be followed by another."""
        return _receipt(await desk.said(ticket, new, token, key))

    @api.post("/tickets/{ticket}/satisfaction", responses=known | responses(409), tags=["tickets"])
    async def rate_ticket(ticket: TicketId, new: NewScore, token: MayWrite) -> NewScore:
        """Say how satisfied the requester is with the whole ticket; the latest score counts."""
        await desk.rated(ticket, new, token)
        return new


class TicketDesk:
    """What the routes do."""

    def __init__(self, app: App) -> None:
        self._settings = app.settings
        self._intake = DoorIntake(app.store)
        self._reading = DoorReading(app.store)
        self._ratings = Ratings(app.store)

    async def opened(self, new: NewTicket, token: Token, key: str | None) -> Taken:
        """Open a ticket, or continue the one of the same reference."""
        callback = str(new.callback_url) if new.callback_url else token.callback
        if new.callback_url:
            self._check(callback)
        return await self._intake.take(
            Came(
                source=API,
                owner=token.id,
                text=new.whole(),
                requester=new.requester or "",
                reference=new.reference or "",
                key=key or "",
                body=_digest("open", new.model_dump_json()),
                workspace=token.workspace or LOCAL,
                token=token.id,
                callback=callback,
            )
        )

    async def said(self, ticket: str, new: NewMessage, token: Token, key: str | None) -> Taken:
        """Continue a ticket."""
        await self._own(ticket, token)
        return await self._intake.say(
            ticket,
            Came(
                source=API,
                owner=token.id,
                text=new.text,
                requester="",
                reference="",
                key=key or "",
                body=_digest(ticket, new.model_dump_json()),
            ),
        )

    async def rated(self, ticket: str, new: NewScore, token: Token) -> None:
        """Keep what the requester thinks."""
        await self._own(ticket, token)
        await self._ratings.by_requester(ticket, new.score, new.comment or "")

    async def page(
        self,
        filters: dict[str, str | None],
        since: datetime | None,
        after: str | None,
        limit: int,
        token: Token,
    ) -> Page:
        """One page, and where the next one is."""
        wanted = Wanted(
            **filters,
            since=since,
            after=after,
            limit=limit + 1,
            workspace=token.workspace or None,
        )
        found = await self._reading.tickets(wanted)
        shown = found[:limit]
        following = None
        if len(found) > limit:
            given = {name: value for name, value in filters.items() if value is not None}
            if since is not None:
                given["since"] = since.isoformat()
            query = {**given, "limit": limit, "after": shown[-1].id}
            following = f"/api/tickets?{urlencode(query)}"
        return Page(tickets=[_ticket(one) for one in shown], next=following)

    async def readable(self, ticket: str, token: Token) -> Shown:
        """A ticket that a token may see.

        Raises:
            Refused: there is no such one, or it is of another workspace.
        """
        shown = await self._reading.ticket(ticket)
        if shown is None or token.workspace not in ("", shown.listed.workspace):
            raise Refused(NOT_FOUND, f"There is no ticket {ticket!r}.")
        return shown

    async def _own(self, ticket: str, token: Token) -> None:
        """A token speaks for the requesters of its own tickets only.

        Raises:
            Refused: the ticket came in by another token, or by another door.
        """
        if await self._reading.token(ticket) != token.id:
            raise Refused(NOT_FOUND, f"There is no ticket {ticket!r} that this token opened.")

    def _check(self, url: str) -> None:
        hosts = self._settings.callback_private_hosts
        try:
            origin = Origin.of(url)
        except ValueError as error:
            raise Refused(UNPROCESSABLE, f"callback_url: {error}") from error
        plain = origin.scheme != "https" and origin.host not in hosts
        if plain or leads_inside(origin.host, hosts):
            raise Refused(UNPROCESSABLE, "callback_url: give a public address, as https://…")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def _url(ticket: str) -> str:
    return f"/api/tickets/{ticket}"


def _receipt(taken: Taken) -> Receipt:
    return Receipt(ticket=taken.ticket, message=taken.message, url=_url(taken.ticket))


def _ticket(listed: Listed) -> Ticket:
    return Ticket(
        id=listed.id,
        status=TicketStatus(listed.status),
        priority=Priority(listed.priority),
        source=listed.source,
        workspace=listed.workspace,
        specialist=listed.specialist,
        with_staff=listed.with_staff,
        opened=listed.opened,
        updated=listed.updated,
    )


def _in_full(shown: Shown) -> TicketInFull:
    messages = [
        Message(id=said.id, author=said.author, text=said.text, at=said.at)
        for said in shown.messages
    ]
    decisions = [
        Decision(
            entry=one.entry,
            specialist=one.specialist,
            band=one.band,
            decided_by=one.decided_by,
            confidence=one.confidence_bp / 10_000,
            reason=one.reason,
            escalation=one.escalation,
        )
        for one in shown.decisions
    ]
    return TicketInFull(
        **_ticket(shown.listed).model_dump(),
        messages=messages,
        decisions=decisions,
        satisfaction=shown.satisfaction,
    )
