"""The cookie of a session: out of reach of scripts, of other sites, and of plain http."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from bot.web.access.office import COOKIE, SECURE_COOKIE, AccessOffice


def session_word(request: Request, office: AccessOffice) -> str | None:
    """The secret word that the browser brings.

    By https only the cookie that is bound to the host counts: a neighbour may have put any other.
    """
    return request.cookies.get(SECURE_COOKIE if office.is_secure(request) else COOKIE)


def give_session(response: Response, request: Request, office: AccessOffice, word: str) -> None:
    """Let the browser keep the secret word of a session until it is closed."""
    secure = office.is_secure(request)
    name = SECURE_COOKIE if secure else COOKIE
    response.set_cookie(name, word, path="/", secure=secure, httponly=True, samesite="lax")


def take_session(response: Response, request: Request, office: AccessOffice) -> None:
    """Let the browser forget it."""
    secure = office.is_secure(request)
    for name in (COOKIE, SECURE_COOKIE):
        response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
