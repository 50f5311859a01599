"""Who decides what the server says: a script, or rules (see `rules.py`)."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Request = dict[str, Any]
_ids = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    """Content blocks as the API returns them, and why the model stopped."""

    content: tuple[dict[str, Any], ...]
    stop_reason: str = "end_turn"
    stop_details: dict[str, Any] | None = None


class Brain(Protocol):
    """Answers requests that passed validation."""

    def answer(self, request: Request) -> Answer:
        """What the model says to this request."""


def say(text: str, *, citing: Sequence[dict[str, Any]] | None = None) -> Answer:
    """Text, with citations if it has any."""
    block = {"type": "text", "text": text, "citations": list(citing) if citing else None}
    return Answer((block,))


def structured(value: object) -> Answer:
    """A JSON value as text, as structured outputs come."""
    text = value if isinstance(value, str) else json.dumps(value)
    return Answer(({"type": "text", "text": text, "citations": None},))


def use_tool(name: str, arguments: dict[str, Any], *more: tuple[str, dict[str, Any]]) -> Answer:
    """One or several tools to be called, after a thought."""
    thought = {"type": "thinking", "thinking": "", "signature": f"signed-{next(_ids)}"}
    return Answer((thought, *(_tool(n, a) for n, a in [(name, arguments), *more])), "tool_use")


def refuse() -> Answer:
    """The safety classifier stepped in."""
    details = {"type": "refusal", "category": "general_harms", "explanation": None}
    text = {"type": "text", "text": "I can't help with that.", "citations": None}
    return Answer((text,), "refusal", details)


def cut_off(answer: Answer) -> Answer:
    """The same answer, ended by `max_tokens` in the middle of its last block."""
    *before, last = answer.content
    if last["type"] == "tool_use":
        arguments = dict(itertools.islice(last["input"].items(), len(last["input"]) // 2))
        last = {**last, "input": arguments}
    else:
        last = {**last, "text": last["text"][: len(last["text"]) // 2], "citations": None}
    return Answer((*before, last), "max_tokens")


def citation(
    request: Request, result: int, start: int = 0, end: int | None = None
) -> dict[str, Any]:
    """A citation of blocks `start` to `end` of the search result number `result`."""
    found = search_results(request)[result]
    end = start + 1 if end is None else end
    texts = [block["text"] for block in found["content"]]
    return {
        "type": "search_result_location",
        "search_result_index": result,
        "source": found["source"],
        "title": found["title"],
        "start_block_index": start,
        "end_block_index": end,
        "cited_text": "".join(texts[start:end]),
    }


def search_results(request: Request) -> list[dict[str, Any]]:
    """All search results of a request, in the order in which they are counted."""
    found = []
    for message in request["messages"]:
        for block in blocks_of(message):
            if block["type"] == "search_result":
                found.append(block)
            elif block["type"] == "tool_result" and isinstance(block.get("content"), list):
                found += [inner for inner in block["content"] if inner["type"] == "search_result"]
    return found


def blocks_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    """A message's content as blocks; a string is short for one text block."""
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


Line = Answer | Callable[[Request], Answer]


@dataclass
class ScriptedBrain:
    """Says its lines one after the other; one too many is an error, and so is one too few."""

    lines: Sequence[Line]
    asked: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        """The next line."""
        self.asked.append(request)
        if len(self.asked) > len(self.lines):
            raise AssertionError(f"request {len(self.asked)} has no line in the script")
        line = self.lines[len(self.asked) - 1]
        return line if isinstance(line, Answer) else line(request)

    def assert_complete(self) -> None:
        """Every line was said."""
        assert len(self.asked) == len(self.lines), f"{len(self.asked)} of {len(self.lines)} said"


def _tool(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"toolu_{next(_ids):06}", "name": name, "input": arguments}
