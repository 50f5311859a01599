"""An answer as server-sent events, in the order in which the API sends them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Event = tuple[str, dict[str, Any]]
_PIECE = 24


def events(message: dict[str, Any]) -> Iterator[bytes]:
    """The events of a whole message, encoded."""
    for name, data in _events(message):
        yield f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode()


def _events(message: dict[str, Any]) -> Iterator[Event]:
    usage = message["usage"]
    begun = {**message, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
    yield "message_start", {"message": begun}
    yield "ping", {}
    for index, block in enumerate(message["content"]):
        yield "content_block_start", {"index": index, "content_block": _begun(block)}
        for delta in _deltas(block):
            yield "content_block_delta", {"index": index, "delta": delta}
        yield "content_block_stop", {"index": index}
    stopped = {key: message[key] for key in ("stop_reason", "stop_sequence", "stop_details")}
    yield "message_delta", {"delta": stopped, "usage": {"output_tokens": usage["output_tokens"]}}
    yield "message_stop", {}


def _begun(block: dict[str, Any]) -> dict[str, Any]:
    empty: dict[str, dict[str, Any]] = {
        "text": {"text": "", "citations": None},
        "tool_use": {"input": {}},
        "thinking": {"signature": ""},
    }
    return {**block, **empty[block["type"]]}


def _deltas(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if block["type"] == "thinking":
        yield {"type": "signature_delta", "signature": block["signature"]}
    elif block["type"] == "tool_use":
        for piece in _pieces(json.dumps(block["input"])):
            yield {"type": "input_json_delta", "partial_json": piece}
    else:
        for piece in _pieces(block["text"]):
            yield {"type": "text_delta", "text": piece}
        for citation in block.get("citations") or []:
            yield {"type": "citations_delta", "citation": citation}


def _pieces(text: str) -> list[str]:
    return [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]
