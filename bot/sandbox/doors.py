"""The other addresses a Slack app meets: response URLs, uploads, files, the install page."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from bot.sandbox.block_rules import check_message_blocks
from bot.sandbox.clicks import SurfaceActs
from bot.sandbox.core import Core
from bot.sandbox.errors import SlackError
from bot.sandbox.records import Json, Message
from bot.sandbox.response_urls import ResponseUrl

MAX_UPLOAD_BYTES = 5_000_000


class Doors:
    """Serves everything an app calls besides the Web API."""

    def __init__(self, core: Core, acts: SurfaceActs) -> None:
        self._core = core
        self._acts = acts

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post("/response/{key}", self.respond),
            web.post("/upload/{team}/{file}", self.upload),
            web.get("/files/{team}/{file}", self.download),
            web.get("/oauth/v2/authorize", self.authorize),
        ]

    async def respond(self, request: web.Request) -> web.Response:
        """Take an answer to an interaction."""
        try:
            place = self._core.response_urls.use(request.match_info["key"])
            body = await request.json()
            body["blocks"] = check_message_blocks(body.get("blocks") or [])
            self._apply(place, body)
        except SlackError as error:
            return web.json_response(error.to_json(), status=404)
        return web.Response(text="ok")

    def _apply(self, place: ResponseUrl, body: Json) -> None:
        original = self._original(place)
        if original and body.get("delete_original"):
            self._remove(place, original)
        elif original and body.get("replace_original"):
            self._replace(place, original, body)
        else:
            self._acts.answer(
                place.workspace, place.channel_id, place.user_id, body, thread_ts=place.thread_ts
            )

    def _original(self, place: ResponseUrl) -> Message | None:
        if place.message_ts is None:
            return None
        kept = place.workspace.messages.get(place.channel_id, {}).get(place.message_ts)
        return kept or place.workspace.ephemerals.get(place.message_ts)

    def _remove(self, place: ResponseUrl, original: Message) -> None:
        if original.only_for:
            place.workspace.ephemerals.pop(original.ts, None)
            place.workspace.feed.changed()
        else:
            self._core.conversations.delete(place.workspace, original)

    def _replace(self, place: ResponseUrl, original: Message, body: Json) -> None:
        previous = original.to_json()
        original.text, original.blocks = str(body.get("text", "")), body["blocks"]
        if original.only_for:
            place.workspace.feed.changed()
        else:
            bot = place.workspace.bot.id
            self._core.conversations.change(
                place.workspace, original, by=bot, announce_from=previous
            )

    async def upload(self, request: web.Request) -> web.Response:
        """Take a file's bytes, as the second step of an upload."""
        workspace = self._core.workspaces.get(request.match_info["team"])
        known = workspace.files.get(request.match_info["file"]) if workspace else None
        if workspace is None or known is None:
            return web.Response(status=404, text="no such upload")
        content = await request.read()
        known[0]["size"] = len(content)
        workspace.files[request.match_info["file"]] = (known[0], content)
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.Response:
        """Give a file to whoever shows a bot token; others get Slack's login page, as a 200."""
        workspace = self._core.workspaces.get(request.match_info["team"])
        known = workspace.files.get(request.match_info["file"]) if workspace else None
        if workspace is None or known is None:
            return web.Response(status=404)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        same_page = request.headers.get("Sec-Fetch-Site") == "same-origin"
        if token not in self._core.tokens.tokens_of(workspace) and not same_page:
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        return web.Response(
            body=known[1],
            content_type="application/octet-stream",
            headers={"Content-Disposition": "attachment"},
        )

    async def authorize(self, request: web.Request) -> web.Response:
        """Install the app at once, as if somebody had pressed «Allow»; `team` chooses where."""
        target = request.query.get("redirect_uri", "")
        if request.query.get("client_id") != self._core.app.client_id or not target:
            return web.Response(status=400, text="unknown client_id, or no redirect_uri")
        workspace = self._core.workspace(request.query.get("team"))
        code = self._core.tokens.new_code(workspace)
        answer = urlencode({"code": code, "state": request.query.get("state", "")})
        raise web.HTTPFound(f"{target}?{answer}")
