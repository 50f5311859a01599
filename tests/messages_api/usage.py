"""Counting tokens, and those of prefixes that were seen before.

About four characters a token. A request is laid out as the API does: tools, system, messages;
each `cache_control` ends a prefix that is kept for five minutes after its last use.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.messages_api.brain import Request, blocks_of

_LIFETIME = 300.0


def tokens(text: str) -> int:
    """About how many tokens a text has."""
    return (len(text) + 3) // 4


@dataclass
class PromptCache:
    """Prefixes by digest. Shorter ones than `shortest` tokens are not kept, as with the API."""

    shortest: int = 1024
    _until: dict[str, float] = field(default_factory=dict)

    def count(self, request: Request) -> dict[str, Any]:
        """The input side of the usage of this request, and what it reads and writes."""
        total = read = written = 0
        digest = hashlib.sha256(request["model"].encode())
        for piece, marked in _pieces(request):
            text = json.dumps(piece, sort_keys=True)
            digest.update(text.encode())
            total += tokens(_plain(piece))
            if marked and total >= self.shortest:
                key = digest.hexdigest()
                if self._until.get(key, 0.0) > time.monotonic():
                    read = total
                else:
                    written = total - read
                self._until[key] = time.monotonic() + _LIFETIME
        return {
            "input_tokens": total - read - written,
            "cache_read_input_tokens": read,
            "cache_creation_input_tokens": written,
            "cache_creation": {
                "ephemeral_5m_input_tokens": written,
                "ephemeral_1h_input_tokens": 0,
            },
        }


def output_tokens(content: tuple[dict[str, Any], ...]) -> int:
    """About how many tokens an answer has."""
    return max(1, sum(tokens(_plain(block)) for block in content))


def _pieces(request: Request) -> Iterator[tuple[Any, bool]]:
    system = request.get("system", [])
    schema = request.get("output_config", {}).get("format")
    if schema:
        yield schema, False
    for block in request.get("tools", []):
        yield _unmarked(block), "cache_control" in block
    for block in [{"type": "text", "text": system}] if isinstance(system, str) else system:
        yield _unmarked(block), "cache_control" in block
    for message in request["messages"]:
        for block in blocks_of(message):
            yield _unmarked(block), "cache_control" in block


def _unmarked(block: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in block.items() if key != "cache_control"}


def _plain(piece: Any) -> str:
    """The text that counts: what is read, without the markup around it."""
    if not isinstance(piece, dict):
        return json.dumps(piece)
    if piece.get("type") == "text":
        return str(piece["text"])
    if piece.get("type") == "search_result":
        texts = [block["text"] for block in piece["content"]]
        return " ".join([piece["source"], piece["title"], *texts])
    return json.dumps(piece)
