"""Who a token belongs to, and how an app gets one: installs, rotation, revocation."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.sandbox.app import App
from bot.sandbox.errors import SlackError
from bot.sandbox.records import Json
from bot.sandbox.state import Workspace

EXPIRES_IN = 43_200


@dataclass
class BotToken:
    """A bot token of one workspace. A revoked one is remembered, to say so."""

    workspace: Workspace
    revoked: bool = False


class Tokens:
    """Every token, install code and refresh token handed out."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._bots: dict[str, BotToken] = {}
        self._codes: dict[str, Workspace] = {}
        self._refresh: dict[str, Workspace] = {}

    def register(self, token: str, workspace: Workspace) -> str:
        """Make `token` a bot token of `workspace`."""
        self._bots[token] = BotToken(workspace)
        return token

    def workspace_of(self, token: str | None) -> Workspace:
        """Return whose bot token this is; say `not_authed`, `invalid_auth` or `token_revoked`."""
        if not token:
            raise SlackError("not_authed")
        found = self._bots.get(token)
        if found is None:
            raise SlackError("not_allowed_token_type" if self.is_app(token) else "invalid_auth")
        if found.revoked:
            raise SlackError("token_revoked")
        return found.workspace

    def is_app(self, token: str | None) -> bool:
        """Say whether this is the app-level token."""
        return token == self._app.app_token

    def tokens_of(self, workspace: Workspace) -> list[str]:
        """Return the live bot tokens of a workspace."""
        return [
            token
            for token, facts in self._bots.items()
            if facts.workspace is workspace and not facts.revoked
        ]

    def revoke_all(self, workspace: Workspace) -> None:
        """Revoke every token of a workspace, as an uninstall does."""
        for facts in self._bots.values():
            if facts.workspace is workspace:
                facts.revoked = True

    def new_code(self, workspace: Workspace) -> str:
        """Return the code Slack's «Allow» button sends back; it's good for one exchange."""
        code = secrets.token_hex(12)
        self._codes[code] = workspace
        return code

    def exchange(self, code: str) -> Json:
        """Return the installation for a code."""
        workspace = self._codes.pop(code, None)
        if workspace is None:
            raise SlackError("invalid_code")
        return self._installation(workspace)

    def rotate(self, refresh_token: str) -> Json:
        """Return a new token for a refresh token, which is then spent."""
        workspace = self._refresh.pop(refresh_token, None)
        if workspace is None:
            raise SlackError("invalid_refresh_token")
        return self._installation(workspace)

    def _installation(self, workspace: Workspace) -> Json:
        prefix = "xoxe.xoxb-1" if self._app.rotates_tokens else "xoxb"
        token = self.register(f"{prefix}-{secrets.token_hex(16)}", workspace)
        answer: Json = {
            "ok": True,
            "app_id": self._app.id,
            "authed_user": {"id": next(iter(workspace.users))},
            "scope": ",".join(sorted(self._app.scopes or ())),
            "token_type": "bot",
            "access_token": token,
            "bot_user_id": workspace.bot.id,
            "team": {"id": workspace.team_id, "name": workspace.name},
            "enterprise": None,
            "is_enterprise_install": False,
        }
        if self._app.rotates_tokens:
            refresh = f"xoxe-1-{secrets.token_hex(16)}"
            self._refresh[refresh] = workspace
            answer |= {"refresh_token": refresh, "expires_in": EXPIRES_IN}
        return answer
