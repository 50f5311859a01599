"""What a person types becomes what Slack sends: escaped text with mentions, and rich text."""

from __future__ import annotations

import re
from html import escape
from secrets import token_urlsafe

from bot.sandbox.records import Json
from bot.sandbox.state import Workspace

FROM_TEXT = "text-"  # starts the id of a block made from text, so the page can show the text
_KEPT = r"<(?:@|#|!)[^<>\s]+>|<https?://[^<>\s]+>"
_TYPED = r"@(?P<name>[a-z][\w-]*)|(?<!\w)#(?P<channel>[a-z][\w-]*)|(?P<url>https?://[^\s<>]+)"
_TOKEN = re.compile(f"(?P<kept>{_KEPT})|{_TYPED}", re.IGNORECASE)
_BROADCASTS = {"channel", "here", "everyone"}
_LIVE = re.compile(r"<(@|#|!|https?://)([^<>|]*)(?:\|([^<>]*))?>")


def encode_typed(workspace: Workspace, text: str) -> str:
    """Return the text as Slack stores it: `&<>` escaped, names and links in angle brackets."""
    parts, end = [], 0
    for match in _TOKEN.finditer(text):
        parts += [escape(text[end : match.start()], quote=False), _encode(workspace, match)]
        end = match.end()
    return "".join([*parts, escape(text[end:], quote=False)])


def _encode(workspace: Workspace, match: re.Match[str]) -> str:
    if match["kept"]:
        return match["kept"]
    if match["url"]:
        return f"<{match['url'].replace('&', '&amp;')}>"
    if match["channel"]:
        found = next((c for c in workspace.channels.values() if c.name == match["channel"]), None)
        return f"<#{found.id}|{found.name}>" if found else match[0]
    name = match["name"].lower()
    if name in _BROADCASTS:
        return f"<!{name}>"
    user = next((one for one in workspace.users.values() if one.name == name), None)
    return f"<@{user.id}>" if user else match[0]


def rich_text(text: str) -> Json:
    """Return the rich text block Slack makes of a message's text."""
    elements, end = [], 0
    for match in _LIVE.finditer(text):
        elements += _plain(text[end : match.start()])
        elements.append(_live(match))
        end = match.end()
    elements += _plain(text[end:])
    section = {"type": "rich_text_section", "elements": elements}
    return {
        "type": "rich_text",
        "block_id": f"{FROM_TEXT}{token_urlsafe(4)}",
        "elements": [section],
    }


def _plain(text: str) -> list[Json]:
    if not text:
        return []
    shown = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return [{"type": "text", "text": shown}]


def _live(match: re.Match[str]) -> Json:
    sign, target, label = match.groups()
    if sign == "@":
        return {"type": "user", "user_id": target}
    if sign == "#":
        return {"type": "channel", "channel_id": target}
    if sign == "!":
        return {"type": "broadcast", "range": target}
    link: Json = {"type": "link", "url": f"{sign}{target}".replace("&amp;", "&")}
    return link | {"text": label} if label else link
