"""Slack's markup in what people write: mentions, links, entities, turned into plain text.

Slack sends `&`, `<` and `>` as entities. They are resolved here, once; doing it twice would turn
what somebody typed into markup.
"""

from __future__ import annotations

import re

_USER = re.compile(r"<@(?P<id>[UW][A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#[CG][A-Z0-9]+(?:\|(?P<name>[^>]*))?>")
_SPECIAL = re.compile(r"<!(?P<what>[^>|]+)(?:\|(?P<label>[^>]*))?>")
_LINK = re.compile(r"<(?P<url>[^@#!<>|][^<>|]*)(?:\|(?P<label>[^<>]*))?>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def mentioned(text: str) -> frozenset[str]:
    """The ids of all people (and bots) that a text mentions."""
    return frozenset(match["id"] for match in _USER.finditer(text))


def plain(text: str, me: str) -> str:
    """The text as its author saw it, without the mention of `me`, the desk's own user id."""
    text = _USER.sub(lambda match: "" if match["id"] == me else "@someone", text)
    text = _CHANNEL.sub(lambda match: f"#{match['name'] or 'channel'}", text)
    text = _SPECIAL.sub(lambda match: match["label"] or f"@{match['what'].split('^')[0]}", text)
    text = _LINK.sub(_shown, text)
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return re.sub(r"[ \t]{2,}", " ", text).strip()


def _shown(match: re.Match[str]) -> str:
    """A link as its address, with its label where that says something else."""
    url = match["url"].removeprefix("mailto:").removeprefix("tel:")
    label = match["label"]
    return url if not label or label in url else f"{label} ({match['url']})"
