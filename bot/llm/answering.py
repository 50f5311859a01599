"""What the Messages API answered, as a `ModelReply` or a value.

The SDK builds its objects without checking them, so that every field may be missing or of another
type; whatever does not read as an answer is a fault, and none is guessed.
"""

from __future__ import annotations

from typing import Any, cast

from anthropic.types import Message

from bot.llm.asking import citable, found_passages
from bot.llm.faults import Unusable
from router.model import (
    Cited,
    Fault,
    ModelReply,
    ModelRequest,
    ModelTurn,
    Said,
    Schema,
    Stop,
    ToolCall,
    Usage,
)

_STOPS = {
    "end_turn": Stop.DONE,
    "stop_sequence": Stop.DONE,
    "tool_use": Stop.TOOLS,
}
_FAULTY_STOPS = {
    "refusal": Fault.REFUSED,
    "max_tokens": Fault.CUT_OFF,
    "model_context_window_exceeded": Fault.CUT_OFF,
    "pause_turn": Fault.CUT_OFF,
}


def stop_fault(stop_reason: object) -> Fault | None:
    """The fault that a stop reason stands for, if it is one. A stream that broke has none."""
    if stop_reason is None:
        return Fault.CUT_OFF
    return _FAULTY_STOPS.get(str(stop_reason))


def checked(message: Message) -> Message:
    """The message, if it is one and came to its end."""
    if not isinstance(cast(Any, message), Message):
        raise Unusable(Fault.MALFORMED)
    fault = stop_fault(message.stop_reason)
    if fault is not None:
        raise Unusable(fault)
    return message


def value_of(message: Message, schema: type[Schema]) -> Schema:
    """The value that a message is.

    Raises:
        ValidationError: it is another one.
    """
    try:
        text = next(block.text for block in message.content if block.type == "text")
    except (AttributeError, StopIteration, TypeError) as error:
        raise Unusable(Fault.MALFORMED) from error
    return schema.model_validate_json(text)


def reply_of(message: Message, request: ModelRequest, model: str) -> ModelReply:
    """The message as a reply to `request`, which was sent to `model`."""
    try:
        reply = ModelReply(
            said=tuple(
                Said(block.text, _citations(block.citations, request))
                for block in message.content
                if block.type == "text"
            ),
            tool_calls=tuple(
                ToolCall(block.id, block.name, dict(block.input))
                for block in message.content
                if block.type == "tool_use"
            ),
            stop=_STOPS[str(message.stop_reason)],
            turn=ModelTurn(model, message.content),
            model=message.model,
        )
        empty = not reply.tool_calls if reply.stop is Stop.TOOLS else not reply.text
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unusable(Fault.MALFORMED) from error
    if empty:
        raise Unusable(Fault.MALFORMED)
    return reply


def usage_of(message: object) -> Usage:
    """The tokens of a message, without their cost; nothing where it does not say."""
    usage = field_of(message, "usage")
    return Usage(
        _count(usage, "input_tokens"),
        _count(usage, "output_tokens"),
        _count(usage, "cache_read_input_tokens"),
        _count(usage, "cache_creation_input_tokens"),
    )


def field_of(answer: object, name: str) -> object:
    """A field of a message or of a body as it came, None where there is none."""
    return answer.get(name) if isinstance(answer, dict) else getattr(answer, name, None)


def _count(usage: object, name: str) -> int:
    value = field_of(usage, name)
    return value if isinstance(value, int) and value > 0 else 0


def _citations(citations: Any, request: ModelRequest) -> tuple[Cited, ...]:
    """The citations, each with the text of the article itself and not the model's copy of it."""
    if not citations:
        return ()
    passages = found_passages(request)
    cited = []
    for citation in citations:
        if citation.type != "search_result_location":
            continue
        pieces = citable(passages[_index(citation.search_result_index, len(passages))])
        start = _index(citation.start_block_index, len(pieces))
        quote = "".join(pieces[start : citation.end_block_index]).strip()
        if not quote:
            raise ValueError("a citation of nothing")
        cited.append(Cited(citation.search_result_index, quote))
    return tuple(cited)


def _index(value: int, length: int) -> int:
    if not 0 <= value < length:
        raise ValueError(f"{value} of {length}")
    return value
