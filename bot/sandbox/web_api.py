"""POST and GET /api/<method>: token, scope, rate limit and faults, then the method itself."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.sandbox import (
    api_assistant,
    api_chat,
    api_conversations,
    api_files,
    api_people,
    api_streams,
    api_views,
)
from bot.sandbox.arguments import Arguments, read_arguments
from bot.sandbox.core import Core
from bot.sandbox.errors import SlackError
from bot.sandbox.faults import Fault
from bot.sandbox.limits import missing_scope
from bot.sandbox.openid import OpenId
from bot.sandbox.records import Json
from bot.sandbox.state import Workspace

Method = Callable[[Core, Workspace, Arguments], Awaitable[Json]]

BOT_METHODS: dict[str, Method] = {
    "agents.sessions.rename": api_assistant.rename_session,
    "agents.sessions.setStatus": api_assistant.set_session_status,
    "assistant.threads.setStatus": api_assistant.set_status,
    "assistant.threads.setSuggestedPrompts": api_assistant.set_suggested_prompts,
    "assistant.threads.setTitle": api_assistant.set_title,
    "auth.revoke": api_people.auth_revoke,
    "auth.test": api_people.auth_test,
    "bots.info": api_people.bots_info,
    "chat.appendStream": api_streams.append,
    "chat.delete": api_chat.delete,
    "chat.getPermalink": api_chat.get_permalink,
    "chat.postEphemeral": api_chat.post_ephemeral,
    "chat.postMessage": api_chat.post_message,
    "chat.startStream": api_streams.start,
    "chat.stopStream": api_streams.stop,
    "chat.update": api_chat.update,
    "conversations.history": api_conversations.history,
    "conversations.info": api_conversations.info,
    "conversations.join": api_conversations.join,
    "conversations.list": api_conversations.list_all,
    "conversations.members": api_conversations.members,
    "conversations.open": api_conversations.open_direct,
    "conversations.replies": api_conversations.replies,
    "files.completeUploadExternal": api_files.complete_upload,
    "files.getUploadURLExternal": api_files.get_upload_url,
    "files.info": api_files.info,
    "reactions.add": api_people.reactions_add,
    "reactions.get": api_people.reactions_get,
    "reactions.remove": api_people.reactions_remove,
    "team.info": api_people.team_info,
    "usergroups.users.list": api_people.usergroup_users,
    "users.info": api_people.users_info,
    "users.list": api_people.users_list,
    "views.open": api_views.open_view,
    "views.publish": api_views.publish,
    "views.push": api_views.push,
    "views.update": api_views.update,
}


class WebApi:
    """Slack's Web API over a `Core`."""

    def __init__(self, core: Core, openid: OpenId) -> None:
        self._core = core
        self._openid = openid

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, with whatever fault waits for it."""
        method = request.match_info["method"]
        self._core.calls[method] = self._core.calls.get(method, 0) + 1
        fault = self._core.faults.take_for_method(method)
        early = await self._before(request, fault)
        if early is not None:
            return early
        try:
            response = await self._call(request, method)
        except SlackError as error:
            response = web.json_response(error.to_json())
        if fault and fault.kind == "lost_response":
            return _cut(request)
        return response

    async def _before(self, request: web.Request, fault: Fault | None) -> web.Response | None:
        if fault is None:
            return None
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            return None
        if fault.kind == "drop":
            return _cut(request)
        return _spoilt(fault)

    async def _call(self, request: web.Request, method: str) -> web.Response:
        args, token = await read_arguments(request)
        if method == "oauth.v2.access":
            return web.json_response(self._oauth(request, args))
        if method == "apps.connections.open":
            return web.json_response(self._connect(token))
        if method == "openid.connect.token":
            self._check_client(request, args)
            return web.json_response(self._openid.token(args))
        if method == "openid.connect.userInfo":
            return web.json_response(self._openid.user_info(token))
        if method not in BOT_METHODS:
            raise SlackError("unknown_method", req_method=method)
        workspace = self._core.tokens.workspace_of(token)
        self._check_scope(method)
        channel = args.text("channel")
        wait = self._core.limits.wait_before(workspace.team_id, method, channel)
        if wait:
            return _rate_limited(wait)
        answer = await BOT_METHODS[method](self._core, workspace, args)
        return web.json_response(answer, headers=self._scope_header())

    def _check_scope(self, method: str) -> None:
        needed = missing_scope(method, self._core.app.scopes)
        if needed:
            provided = ",".join(sorted(self._core.app.scopes or ()))
            raise SlackError("missing_scope", needed=needed, provided=provided)

    def _scope_header(self) -> dict[str, str]:
        return {"x-oauth-scopes": ",".join(sorted(self._core.app.scopes or ()))}

    def _connect(self, token: str | None) -> Json:
        if not token:
            raise SlackError("not_authed")
        if not self._core.tokens.is_app(token):
            raise SlackError("invalid_auth")
        ticket = self._core.sockets.issue_ticket()
        address = self._core.base_url.replace("http", "ws", 1)
        return {"ok": True, "url": f"{address}/link/?ticket={ticket}&app_id={self._core.app.id}"}

    def _oauth(self, request: web.Request, args: Arguments) -> Json:
        self._check_client(request, args)
        if args.text("grant_type") == "refresh_token":
            return self._core.tokens.rotate(args.text("refresh_token"))
        return self._core.tokens.exchange(args.text("code"))

    def _check_client(self, request: web.Request, args: Arguments) -> None:
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        given = (args.text("client_id"), args.text("client_secret"))
        if scheme == "Basic":
            client_id, _, secret = b64decode(encoded).decode().partition(":")
            given = (client_id, secret)
        app = self._core.app
        if given[0] != app.client_id:
            raise SlackError("invalid_client_id")
        if given[1] != app.client_secret:
            raise SlackError("bad_client_secret")


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _rate_limited(seconds: float) -> web.Response:
    body = {"ok": False, "error": "ratelimited"}
    return web.json_response(body, status=429, headers={"Retry-After": str(int(seconds))})


def _spoilt(fault: Fault) -> web.Response | None:
    if fault.kind == "rate_limited":
        return _rate_limited(fault.seconds)
    if fault.kind == "error":
        return web.json_response({"ok": False, "error": fault.error})
    if fault.kind == "status":
        return web.Response(status=fault.status, text="upstream error")
    return None
