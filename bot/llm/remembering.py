"""A model that is asked the same thing once in a turn: what it answered is kept with its record.

A call that has ended is paid for. When the process dies before the step that made it is done, the
step runs again and finds the answer here. A request that differs in anything is another request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from anthropic.types import ContentBlock
from pydantic import TypeAdapter

from router.model import DeskTurn, Model, ModelReply, ModelRequest, Parsed, Schema
from storage.codec import adapter
from storage.steps import current

_CONTENT: TypeAdapter[Sequence[ContentBlock]] = TypeAdapter(list[ContentBlock])
_REPLY: TypeAdapter[ModelReply] = TypeAdapter(ModelReply)


@dataclass(frozen=True, slots=True)
class RememberingModel:
    """Asks `model` unless the turn that runs knows the answer. Implements `router.model.Model`."""

    model: Model

    async def parse(self, request: ModelRequest, schema: type[Schema]) -> Parsed[Schema]:
        """Ask for a value."""
        turn = current()
        if turn is None:
            return await self.model.parse(request, schema)
        kept = cast("TypeAdapter[Parsed[Schema]]", adapter(Parsed[schema]))  # type: ignore[valid-type]
        name = f"{schema.__name__}:{digest(request)}"
        return await turn.call(name, kept, lambda: self.model.parse(request, schema))

    async def converse(self, request: ModelRequest) -> ModelReply:
        """Ask for text or for tools."""
        turn = current()
        if turn is None:
            return await self.model.converse(request)
        return await turn.call(digest(request), _KeptReply(), lambda: self.model.converse(request))


class _KeptReply:
    """A reply as JSON; what goes back to the model stays in the words of its vendor."""

    def dump_json(self, reply: ModelReply) -> bytes:
        content: Any = reply.turn.content
        plain = [block if isinstance(block, dict) else block.to_dict() for block in content]
        return _REPLY.dump_json(replace(reply, turn=replace(reply.turn, content=plain)))

    def validate_json(self, kept: bytes) -> ModelReply:
        reply = _REPLY.validate_json(kept)
        blocks = _CONTENT.validate_python(reply.turn.content)
        return replace(reply, turn=replace(reply.turn, content=blocks))


def digest(request: ModelRequest) -> str:
    """What a request asks, SHA-256 of all that the desk says in it."""
    said = [turn for turn in request.turns if isinstance(turn, DeskTurn)]
    asked = (request.role, request.prompt.digest, request.context, said, request.tools)
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:32]
