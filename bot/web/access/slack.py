"""Signing in with Slack: OpenID Connect, with the desk's own app.

Slack says who somebody is; whether they may come in is the desk's business: nobody has a role
because they are in the workspace. The endpoints follow from SLACK_API_URL, so another server of
Slack's API is the one that is asked here too.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import (
    OAuth,
    StarletteOAuth2App,
)
from httpx2 import HTTPError
from joserfc.errors import JoseError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.app import App
from bot.settings import Settings
from bot.slack.manifest import SIGN_IN_BACK
from bot.web.access.cookies import give_session
from bot.web.access.office import AccessOffice
from bot.web.access.public import SIGN_IN, place_to_go
from bot.web.access.visitor import Refusal
from storage.people.accounts import SLACK

log = logging.getLogger("frontdesk.access.slack")

Handler = Callable[[Request, Exception], Awaitable[Response]]

COOKIE = "frontdesk_sign_in"
COOKIE_SECONDS = 600
TEAM, USER = "https://slack.com/team_id", "https://slack.com/user_id"

NOT_DONE = "Slack did not finish signing you in. Begin again."
UNKNOWN = (
    "Slack knows you, but nobody has let you in here yet. An admin of the desk can: tell them this "
    "name: {name}"
)


@dataclass(frozen=True, slots=True)
class SlackSignIn:
    """The two requests of signing in with Slack."""

    client: StarletteOAuth2App
    issuer: str
    office: AccessOffice

    async def begin(self, request: Request) -> Response:
        """Send the browser to Slack."""
        self.office.check_rate(request)
        request.session["next"] = place_to_go(request.query_params.get("next", "/"))
        base = self.office.app.settings.public_url or str(request.base_url)
        back = base.rstrip("/") + SIGN_IN_BACK
        answer: Response = await self.client.authorize_redirect(request, back)
        return answer

    async def finish(self, request: Request) -> Response:
        """Take the browser back, and sign in whom it brings.

        Raises:
            Refusal: Slack did not say who it is, or they may not come in.
        """
        self.office.check_rate(request)
        wanted = place_to_go(str(request.session.get("next", "/")))
        team, user = await self._who(request)
        ref = self.office.accounts.ref(SLACK, team, user)
        person = await self.office.accounts.find(ref)
        if person is None or not person.roles:
            raise Refusal("unknown_person", UNKNOWN.format(name=f"slack:{team}/{user}"))
        word = await self.office.sessions.begin(ref, SLACK, self.office.origin(request))
        answer = RedirectResponse(wanted, 303)
        give_session(answer, request, self.office, word)
        return answer

    async def _who(self, request: Request) -> tuple[str, str]:
        try:
            claims = {
                "iss": {"essential": True, "values": [self.issuer]},
                "aud": {"essential": True, "values": [self.client.client_id]},
                "exp": {"essential": True},
            }
            token = await self.client.authorize_access_token(request, claims_options=claims)
            who = token["userinfo"]
            return str(who[TEAM]), str(who[USER])
        except (OAuthError, JoseError, HTTPError, KeyError, ValueError) as error:
            log.warning("signing in with Slack failed: %s", type(error).__name__)
            raise Refusal("slack", NOT_DONE) from error


def slack_pages(app: App, office: AccessOffice, refused: Handler) -> Starlette | None:
    """The pages of signing in with Slack, to be mounted; None if its app's secret is not set."""
    settings = app.settings
    if not settings.slack_client_id or settings.slack_client_secret is None:
        return None  # as `offers_slack` says
    secret = settings.slack_client_secret.get_secret_value()
    issuer = _home(settings.slack_api_url)
    client = _client(settings.slack_client_id, secret, settings.slack_api_url)
    pages = SlackSignIn(client, issuer, office)
    cookie = Middleware(
        SessionMiddleware,
        secret_key=office.secret_for("sign-in"),
        session_cookie=COOKIE,
        max_age=COOKIE_SECONDS,
        path=SIGN_IN,
        same_site="lax",
        https_only=settings.public_url.startswith("https"),
    )
    return Starlette(
        routes=[Route("/slack", pages.begin), Route("/slack/back", pages.finish)],
        middleware=[cookie],
        exception_handlers={Refusal: refused},
    )


def _client(client_id: str, secret: str, api_url: str) -> StarletteOAuth2App:
    api, home = api_url.rstrip("/"), _home(api_url)
    oauth = OAuth()
    oauth.register(
        "slack",
        client_id=client_id,
        client_secret=secret,
        authorize_url=f"{home}/openid/connect/authorize",
        access_token_url=f"{api}/openid.connect.token",
        issuer=home,
        jwks_uri=f"{home}/openid/connect/keys",
        client_kwargs={
            "scope": "openid profile",
            "token_endpoint_auth_method": "client_secret_post",
        },
        id_token_signing_alg_values_supported=["RS256"],
    )
    return cast("StarletteOAuth2App", oauth.create_client("slack"))


def _home(api_url: str) -> str:
    """Where Slack itself is, besides its API."""
    parts = urlsplit(api_url)
    return f"{parts.scheme}://{parts.netloc}"


def offers_slack(settings: Settings) -> bool:
    """Whether people can sign in with Slack."""
    return bool(settings.slack_client_id and settings.slack_client_secret)
