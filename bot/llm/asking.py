"""A `ModelRequest` in the words of the Messages API."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from bot.llm.settings import RoleSettings
from frontdesk import Passage
from router.model import (
    Block,
    DeskTurn,
    Found,
    Instruction,
    ModelRequest,
    ModelTurn,
    Quoted,
    ToolResult,
    Turn,
)
from router.prompts.envelope import envelope, tool_envelope
from router.validate.hidden import visible

Params = dict[str, Any]
_CACHED = {"type": "ephemeral"}
_THINKING = {"thinking", "redacted_thinking"}
_UNIT = re.compile(r".+?(?:[.!?:](?=\s)|\n|\Z)\s*", re.DOTALL)


def params(request: ModelRequest, role: RoleSettings, model: str, max_tokens: int) -> Params:
    """The arguments of `messages.create` for this request."""
    asked: Params = {
        "model": model,
        "max_tokens": max_tokens,
        "system": _system(request),
        "messages": [_message(turn, model) for turn in request.turns],
        "timeout": role.timeout,
    }
    if request.tools:
        asked["tools"] = [
            {"name": t.name, "description": t.description, "input_schema": dict(t.schema)}
            for t in request.tools
        ]
    if role.effort:
        asked["output_config"] = {"effort": role.effort}
    return asked


def params_content(request: ModelRequest, asked: Params, schema: type[BaseModel] | None) -> bytes:
    """Everything that was asked besides what somebody wrote, as JSON; its SHA-256 is on record."""
    ours = {
        "model": asked["model"],
        "max_tokens": asked["max_tokens"],
        "output_config": asked.get("output_config"),
        "context": request.context,
        "tools": asked.get("tools"),
        "schema": schema and _schema_text(schema),
    }
    return json.dumps(ours, sort_keys=True).encode()


def citable(passage: Passage) -> tuple[str, ...]:
    """A passage in the pieces that can be cited, about a sentence each; joined they are it.

    A citation always covers whole pieces, so small ones make precise quotes.
    """
    return _pieces(passage.text)


def found_passages(request: ModelRequest) -> list[Passage]:
    """The passages of a request in the order in which the API counts them."""
    return [
        block.passage
        for turn in request.turns
        if isinstance(turn, DeskTurn)
        for block in turn.blocks
        if isinstance(block, Found)
    ]


@lru_cache(maxsize=64)
def _schema_text(schema: type[BaseModel]) -> str:
    return json.dumps(schema.model_json_schema(), sort_keys=True)


def _system(request: ModelRequest) -> list[Params]:
    texts = [request.prompt.text, request.context] if request.context else [request.prompt.text]
    blocks: list[Params] = [{"type": "text", "text": text} for text in texts]
    # What stands before the mark is cached, and tools stand before the system prompt.
    blocks[-1]["cache_control"] = _CACHED
    return blocks


def _message(turn: Turn, model: str) -> Params:
    if isinstance(turn, ModelTurn):
        return {"role": "assistant", "content": _as_it_came(turn, model)}
    return {"role": "user", "content": [_block(block) for block in turn.blocks]}


def _as_it_came(turn: ModelTurn, model: str) -> list[Any]:
    """The model's own words. Thoughts mean nothing to another model, which refuses them."""
    content: Any = turn.content
    if turn.model == model:
        return list(content)
    return [block for block in content if block.type not in _THINKING]


def _block(block: Block) -> Params:
    match block:
        case Instruction():
            return {"type": "text", "text": block.text}
        case Quoted():
            return {"type": "text", "text": envelope(block)}
        case Found():
            found = block.passage
            return _search_result(found.source, found.title, found.text)
        case ToolResult():
            return {
                "type": "tool_result",
                "tool_use_id": block.call,
                "content": [{"type": "text", "text": tool_envelope(block)}],
                "is_error": block.failed,
            }


# The same few passages answer most questions. The SDK copies what it is given.
@lru_cache(maxsize=2048)
def _search_result(source: str, title: str, text: str) -> Params:
    return {
        "type": "search_result",
        "source": visible(source),
        "title": visible(title),
        "content": [{"type": "text", "text": visible(piece)} for piece in _pieces(text)],
        "citations": {"enabled": True},
    }


@lru_cache(maxsize=2048)
def _pieces(text: str) -> tuple[str, ...]:
    pieces: list[str] = []
    for piece in _UNIT.findall(text):
        if pieces and not pieces[-1].strip():
            pieces[-1] += piece
        else:
            pieces.append(piece)
    if len(pieces) > 1 and not pieces[-1].strip():
        pieces[-2:] = ["".join(pieces[-2:])]
    return tuple(pieces)
