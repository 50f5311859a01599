"""A brain made of rules, for benchmarks: it reads what it is given and decides from that alone.

It tells its role from what is asked of it: a value with `matters` (router), one with `claims`
(validator), or a text (specialist).
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.messages_api.brain import (
    Answer,
    Request,
    blocks_of,
    citation,
    say,
    search_results,
    structured,
    use_tool,
)

_WORD = re.compile(r"[^\W\d_]{3,}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_COMMON = frozenset(
    _WORD.findall(
        "the and for you your are our can with that this how what not have has was from but will "
        "would please when does they their there about into just get got any all out use its"
    )
)
_DESK_TOOLS = frozenset({"ask_requester", "hand_off", "escalate_to_human"})


@dataclass
class RuleBrain:
    """Routes by shared words, answers by quoting what was found, checks by looking it up.

    `approve_everything` makes a validator that is of no use, to see what still holds without it.
    `use_tools` calls the first tool of the specialist's own once, before the answer. `wrong` is the
    share of questions that get a wrong answer, always the same one, however often it is asked.
    """

    approve_everything: bool = False
    use_tools: bool = False
    wrong: float = 0.0

    def answer(self, request: Request) -> Answer:
        """Play the role that the request is for."""
        wanted = request.get("output_config", {}).get("format", {}).get("schema", {})
        if "matters" in wanted.get("properties", {}):
            return structured(route(request))
        if "claims" in wanted.get("properties", {}):
            return structured(self.judge(request))
        return self.reply(request)

    def reply(self, request: Request) -> Answer:
        """Quote the sentence that shares most words with the question, or give up."""
        own = [tool for tool in request.get("tools", []) if tool["name"] not in _DESK_TOOLS]
        results = any(b["type"] == "tool_result" for m in request["messages"] for b in blocks_of(m))
        if self.use_tools and own and not results:
            return use_tool(own[0]["name"], arguments_for(own[0]["input_schema"]))
        best = best_piece(request)
        if best is None:
            note = "Nothing that was found answers this."
            return use_tool("escalate_to_human", {"reason": "unsure", "note": note})
        result, piece, text = best
        cited = [citation(request, result, piece)]
        draw = zlib.crc32(question_of(request).encode())
        if draw % 1000 < self.wrong * 1000:
            return _WRONG[draw // 1000 % len(_WRONG)](text, cited)
        return say(text, citing=cited)

    def judge(self, request: Request) -> dict[str, Any]:
        """A claim is supported if it stands in a passage."""
        passages = [normal(text) for text in numbered(request, "passage")]
        claims = []
        for number, sentence in enumerate(numbered(request, "sentence"), start=1):
            where = [n for n, p in enumerate(passages, start=1) if normal(sentence) in p]
            approved = [1] if self.approve_everything and passages else where
            verdict = "supported" if approved else "no_claim" if not passages else "unsupported"
            claim = {"sentence": number, "verdict": verdict, "passage": (approved or [0])[0]}
            claims.append(claim)
        good = all(claim["verdict"] != "unsupported" for claim in claims)
        return {"claims": claims, "problems": [], "verdict": "approve" if good else "revise"}


_WRONG: tuple[Callable[[str, list[dict[str, Any]]], Answer], ...] = (
    lambda text, cited: say(f"{text} We have refunded you 4711 dollars.", citing=cited),
    lambda text, cited: say(f"{text} This takes 97 days.", citing=cited),
    lambda text, cited: say("Delete the workspace and create a new one.", citing=cited),
    lambda text, _: say(text),
    lambda text, cited: say(f"{text} See https://quillon-help.example.net/login", citing=cited),
    lambda text, cited: say("We will get back to you by tomorrow morning.", citing=cited),
)
"""Invented facts, figures, advice, links and promises, and a reply without its source."""


def route(request: Request) -> dict[str, Any]:
    """One matter, for the specialist whose description shares most words with the message."""
    message = " ".join(q["text"] for q in quoted(request, "message"))
    scores = {
        line["specialist"]: overlap(message, json.dumps(line, ensure_ascii=False))
        for line in system_lines(request)
        if "specialist" in line
    }
    ranked = sorted(scores, key=lambda name: scores[name], reverse=True)
    best, second, *_ = [*(name for name in ranked if scores[name] > 0), "none", "none"]
    together = sum(scores.get(name, 0.0) for name in (best, second))
    matter: dict[str, Any] = {
        "text": message,
        "specialist": best,
        "confidence": round(100 * scores[best] / together) if together else 100,
        "second": second,
        "reason": "It shares most words with what this specialist handles.",
        "urgency": "normal",
        "language": "en",
        "missing": [],
    }
    return {"matters": [matter]}


def question_of(request: Request) -> str:
    """What was asked."""
    return " ".join(q["text"] for name in ("matter", "message") for q in quoted(request, name))


def best_piece(request: Request) -> tuple[int, int, str] | None:
    """Search result, piece and text that share most words with the question."""
    question = question_of(request)
    pieces = [
        (overlap(question, block["text"]), -number, position, block["text"].strip())
        for number, found in enumerate(search_results(request))
        for position, block in enumerate(found["content"])
        if not block["text"].lstrip().startswith("#")
    ]
    if not pieces:
        return None
    score, number, position, text = max(pieces)
    return (-number, position, text) if score > 0 else None


def numbered(request: Request, name: str) -> list[str]:
    """The texts of the envelopes `name 1`, `name 2` and so on."""
    texts: list[str] = []
    while found := quoted(request, f"{name} {len(texts) + 1}"):
        texts.append(found[0]["text"])
    return texts


def quoted(request: Request, name: str) -> list[dict[str, str]]:
    """The envelopes of that name in the conversation."""
    return [
        envelope
        for message in request["messages"]
        for block in blocks_of(message)
        if block["type"] == "text"
        for envelope in _json_lines(block["text"])
        if envelope.get("quoted") == name
    ]


def system_lines(request: Request) -> list[dict[str, Any]]:
    """The JSON objects that stand on lines of their own in the system prompt."""
    system = request.get("system", [])
    texts = [system] if isinstance(system, str) else [block["text"] for block in system]
    return [found for text in texts for found in _json_lines(text)]


def arguments_for(schema: dict[str, Any]) -> dict[str, Any]:
    """Arguments that fit a simple schema."""
    values = {"string": "example", "integer": 1, "number": 1.0, "boolean": True, "array": []}
    return {
        name: inner.get("enum", [values.get(inner.get("type", "string"))])[0]
        for name, inner in schema.get("properties", {}).items()
        if name in schema.get("required", [])
    }


def words(text: str) -> set[str]:
    """The words that tell something."""
    return {word.rstrip("s") for word in _WORD.findall(text.lower())} - _COMMON


def overlap(one: str, other: str) -> float:
    """Share of the words of `one` that are in `other` too."""
    asked = words(one)
    return len(asked & words(other)) / len(asked) if asked else 0.0


def normal(text: str) -> str:
    """The words alone, as one line."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _json_lines(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)
