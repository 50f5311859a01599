"""Sign in with Slack: OpenID Connect, with a page that asks who you are instead of a password."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from bot.sandbox.arguments import Arguments
from bot.sandbox.core import Core
from bot.sandbox.errors import SlackError
from bot.sandbox.records import Json, User
from bot.sandbox.state import Workspace

TEAM, USER = "https://slack.com/team_id", "https://slack.com/user_id"
LASTS = 300
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in · sandbox</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui;max-width:26rem;margin:12vh auto;padding:0 1rem}}
a{{display:block;padding:.6rem .8rem;margin:.4rem 0;border:1px solid #999;border-radius:8px}}
</style><h1>Who are you?</h1><p>{app} asks {team} who you are.</p>{people}</html>"""


@dataclass(frozen=True)
class Given:
    """What a code stands for."""

    workspace: Workspace
    user: User
    redirect_uri: str
    nonce: str
    until: float


class OpenId:
    """Slack's four endpoints of OpenID Connect."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._codes: dict[str, Given] = {}
        self._tokens: dict[str, Given] = {}
        self._made: RSAKey | None = None

    def routes(self) -> list[web.RouteDef]:
        """Return the routes that are not methods of the Web API."""
        return [
            web.get("/openid/connect/authorize", self.authorize),
            web.get("/openid/connect/keys", self.keys),
        ]

    async def authorize(self, request: web.Request) -> web.Response:
        """Ask who signs in; `user` in the address has chosen already."""
        query = request.query
        target = query.get("redirect_uri", "")
        if query.get("client_id") != self._core.app.client_id or not target:
            return web.Response(status=400, text="unknown client_id, or no redirect_uri")
        if "openid" not in query.get("scope", "").replace(",", " ").split():
            return web.Response(status=400, text="the scope openid is missing")
        workspace = self._core.workspace(query.get("team"))
        if "user" not in query:
            return self._chooser(request, workspace)
        code = secrets.token_hex(12)
        user = workspace.user(query["user"])
        until = time.time() + LASTS
        self._codes[code] = Given(workspace, user, target, query.get("nonce", ""), until)
        answer = urlencode({"code": code, "state": query.get("state", "")})
        raise web.HTTPFound(f"{target}?{answer}")

    async def keys(self, request: web.Request) -> web.Response:
        """Give the public key that identities are signed with."""
        del request
        return web.json_response(KeySet([self._key]).as_dict(private=False))

    def token(self, args: Arguments) -> Json:
        """Exchange a code: `openid.connect.token`."""
        given = self._codes.pop(args.text("code"), None)
        if given is None or given.until < time.time():
            raise SlackError("invalid_code")
        if args.text("redirect_uri") != given.redirect_uri:
            raise SlackError("bad_redirect_uri")
        token = f"xoxp-{secrets.token_hex(16)}"
        self._tokens[token] = given
        return {
            "ok": True,
            "access_token": token,
            "token_type": "Bearer",
            "id_token": self._identity(given),
        }

    def user_info(self, token: str | None) -> Json:
        """Say whose token it is: `openid.connect.userInfo`."""
        given = self._tokens.get(token or "")
        if given is None:
            raise SlackError("invalid_auth")
        return {"ok": True, **_claims(given)}

    def _identity(self, given: Given) -> str:
        now = int(time.time())
        claims = {
            **_claims(given),
            "iss": self._core.base_url,
            "aud": self._core.app.client_id,
            "iat": now,
            "exp": now + LASTS,
            "auth_time": now,
            "nonce": given.nonce,
        }
        return jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, self._key)

    def _chooser(self, request: web.Request, workspace: Workspace) -> web.Response:
        people = "".join(
            f'<a href="{escape(str(request.rel_url.update_query(user=user.name)))}">'
            f"{escape(user.real_name)}</a>"
            for user in workspace.users.values()
            if user.bot_id is None
        )
        page = PAGE.format(
            app=escape(self._core.app.name), team=escape(workspace.name), people=people
        )
        return web.Response(text=page, content_type="text/html", headers=HEADERS)

    @property
    def _key(self) -> RSAKey:
        if self._made is None:
            key = RSAKey.generate_key(2048, auto_kid=True)
            self._made = key
        return self._made


def _claims(given: Given) -> Json:
    return {
        "sub": given.user.id,
        USER: given.user.id,
        TEAM: given.workspace.team_id,
        "name": given.user.real_name,
        "locale": "en-US",
    }
