"""People and roles: who gets in, as what, and from where they are signed in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bot.web.access.cookies import take_session
from bot.web.access.visitor import Admin, Anyone
from bot.web.access.welcome import link
from bot.web.console.base import Console, Here, NotHere
from bot.web.console.nav import Link
from storage.people.accounts import LOCAL, SLACK, Person
from storage.people.roles import ABOUT, Role

router = APIRouter(include_in_schema=False)
LINKS = (Link("People and roles", "/people", "people", (Role.ADMIN,), group="Desk"),)

LONGEST_NAME = 80
LAST_ADMIN = "Somebody must stay an admin: make another one first."

Chosen = Annotated[list[Role] | None, Form()]


@router.get("/people")
async def people(request: Request, here: Here, visitor: Admin) -> Response:
    """Who gets in."""
    return here.page(
        request,
        visitor,
        "people/people.html",
        people=await here.access.accounts.all(),
        sessions=await here.access.sessions.of(),
        roles=ABOUT,
        invited=None,
    )


@router.post("/people")
async def invite(
    request: Request,
    here: Here,
    visitor: Admin,
    name: Annotated[str, Form()],
    roles: Chosen = None,
) -> Response:
    """Let somebody in; a local account gets a link that signs in once."""
    shown = name.strip()[:LONGEST_NAME]
    if not shown or not roles:
        return here.go(request, "/people", "Give a name and at least one role.", kind="bad")
    accounts, way = here.access.accounts, LOCAL
    ref = accounts.ref(LOCAL, "", shown.casefold())
    if shown.startswith(f"{SLACK}:"):
        team, _, user = shown.removeprefix(f"{SLACK}:").partition("/")
        if not (team and user):
            message = "Write somebody of Slack as slack:T0123/U0456."
            return here.go(request, "/people", message, kind="bad")
        ref, way, shown = accounts.ref(SLACK, team, user), SLACK, user
    before = await accounts.find(ref)
    if before is not None and await _is_last_admin(here, before, roles):
        return here.go(request, "/people", LAST_ADMIN, kind="bad")
    person = await accounts.grant(ref, way, shown, roles, by=visitor.actor)
    if way == SLACK:
        return here.go(request, "/people", f"{shown} may sign in with Slack now.")
    return await _invited(request, here, visitor, person)


@router.post("/people/{ref}/roles")
async def change(
    request: Request, here: Here, visitor: Admin, ref: str, roles: Chosen = None
) -> Response:
    """Set somebody's roles; none at all lets them in no more."""
    person = await _person(here, ref)
    if await _is_last_admin(here, person, roles or ()):
        return here.go(request, "/people", LAST_ADMIN, kind="bad")
    if not roles:
        await here.access.accounts.revoke(ref, by=visitor.actor)
        return here.go(request, "/people", f"{person.name} gets in no more.")
    await here.access.accounts.grant(ref, person.source, person.name, roles, by=visitor.actor)
    return here.go(request, "/people", f"{person.name} has the roles now.")


@router.post("/people/{ref}/link")
async def new_link(request: Request, here: Here, visitor: Admin, ref: str) -> Response:
    """Make a link that signs somebody in once."""
    person = await _person(here, ref)
    if not person.roles or person.source != LOCAL:
        message = "A link is for somebody with a role, who does not come by Slack."
        return here.go(request, "/people", message, kind="bad")
    return await _invited(request, here, visitor, person)


@router.post("/people/sessions/{session}/end")
async def end_session(request: Request, here: Here, visitor: Admin, session: str) -> Response:
    """End a session of anybody."""
    done = await here.access.sessions.end(session, by=visitor.actor)
    message = "The session is over." if done else "The session was over already."
    return here.go(request, "/people", message)


@router.get("/me")
async def me(request: Request, here: Here, visitor: Anyone) -> Response:
    """What one may do oneself, and where one is signed in."""
    sessions = await here.access.sessions.of(visitor.ref)
    return here.page(request, visitor, "people/me.html", sessions=sessions, roles=ABOUT)


@router.post("/me/sessions/{session}/end")
async def end_mine(request: Request, here: Here, visitor: Anyone, session: str) -> Response:
    """End a session of one's own."""
    mine = {one.id for one in await here.access.sessions.of(visitor.ref)}
    if session not in mine:
        raise NotHere("You have no such session.")
    await here.access.sessions.end(session, by=visitor.actor)
    answer = here.go(request, "/me", "The session is over.")
    if session == visitor.session.id:
        take_session(answer, request, here.access)
    return answer


async def _invited(request: Request, here: Console, visitor: Admin, person: Person) -> Response:
    """Show the link: here and now only, for nobody keeps it."""
    word = await here.access.accounts.new_link(person.ref, by=visitor.actor)
    return here.page(
        request,
        visitor,
        "people/people.html",
        people=await here.access.accounts.all(),
        sessions=await here.access.sessions.of(),
        roles=ABOUT,
        invited=(person, link(here.app.settings, word)),
    )


async def _person(here: Console, ref: str) -> Person:
    person = await here.access.accounts.find(ref)
    if person is None:
        raise NotHere("There is no such person.")
    return person


async def _is_last_admin(here: Console, person: Person, roles: Iterable[Role]) -> bool:
    admins = {one.ref for one in await here.access.accounts.all() if Role.ADMIN in one.roles}
    return admins == {person.ref} and Role.ADMIN not in roles
