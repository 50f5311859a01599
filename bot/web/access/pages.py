"""Signing in and out.

A link is opened by GET and used by POST: programs that look at links in messages sign nobody in.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from bot.web.access.cookies import give_session, take_session
from bot.web.access.office import AccessOffice, office_of
from bot.web.access.public import SIGN_IN, place_to_go
from bot.web.access.slack import offers_slack
from bot.web.access.visitor import Anyone, Refusal, is_same_site
from bot.web.console.base import Here

router = APIRouter(include_in_schema=False)

Office = Annotated[AccessOffice, Depends(office_of)]

NO_LINK = "This link was used already, or is too old. Ask for another one."


@router.get(SIGN_IN)
async def sign_in(request: Request, here: Here, over: str = "") -> Response:
    """The ways to sign in."""
    wanted = place_to_go(request.query_params.get("next", "/"))
    slack = offers_slack(here.app.settings)
    return here.plain(request, "access/sign_in.html", wanted=wanted, slack=slack, over=bool(over))


@router.get(f"{SIGN_IN}/link/{{word}}")
async def open_link(request: Request, here: Here, word: str) -> Response:
    """Ask whether to sign in with a link."""
    return here.plain(request, "access/link.html", word=word)


@router.post(f"{SIGN_IN}/link")
async def use_link(request: Request, office: Office, word: Annotated[str, Form()]) -> Response:
    """Sign in with a link."""
    office.check_rate(request)
    if not is_same_site(request):
        raise Refusal("cross_site", "Another site sent this; open the link yourself.")
    session = await office.sessions.begin_by_link(word, office.origin(request))
    if session is None:
        raise Refusal("link", NO_LINK)
    answer = RedirectResponse("/", 303)
    give_session(answer, request, office, session)
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, office: Office, visitor: Anyone) -> Response:
    """End this session."""
    await office.sessions.end(visitor.session.id, by=visitor.actor)
    answer = RedirectResponse(SIGN_IN, 303)
    take_session(answer, request, office)
    return answer
