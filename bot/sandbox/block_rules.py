"""Slack's limits on blocks: what a bot must not send, and what Slack says to it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

from bot.sandbox.errors import SlackError
from bot.sandbox.records import Json

MAX_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_BLOCK_CHARACTERS = 13_200
MAX_MARKDOWN = 12_000
MAX_ID = 255

TYPES = frozenset(
    [
        "actions",
        "alert",
        "call",
        "card",
        "carousel",
        "container",
        "context",
        "context_actions",
        "divider",
        "file",
        "header",
        "image",
        "input",
        "markdown",
        "plan",
        "rich_text",
        "section",
        "table",
        "task_card",
        "video",
    ]
)
TEXT_LIMITS = {"section": 3_000, "header": 150}
ELEMENT_LIMITS = {"actions": 25, "context": 10, "context_actions": 5}
FIELD_LIMITS = (10, 2_000)
BUTTON_LIMITS = {"text": 75, "value": 2_000, "url": 3_000}
OPTION_LIMITS = {"text": 75, "value": 150}
LIST_LIMITS = {"overflow": 5}
MAX_OPTIONS = 100
TABLE_LIMITS = (100, 20)


def check_blocks(blocks: list[Any], *, most: int = MAX_BLOCKS) -> list[Json]:
    """Return the blocks with the ids Slack fills in, or raise `invalid_blocks`."""
    if len(blocks) > most:
        raise _invalid(f"no more than {most} items allowed")
    found = (_problems(block, f"/blocks/{at}") for at, block in enumerate(blocks))
    problems = [problem for some in found for problem in some]
    if problems:
        raise _invalid(*problems)
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > MAX_MARKDOWN:
        raise SlackError("msg_blocks_too_long")
    _check_unique_ids(blocks)
    return [with_ids(block) for block in blocks]


def check_message_blocks(blocks: list[Any]) -> list[Json]:
    """Check the blocks of a message, which are also limited in their sum."""
    checked = check_blocks(blocks)
    if len(json.dumps(blocks)) > MAX_BLOCK_CHARACTERS + MAX_MARKDOWN:
        raise SlackError("msg_blocks_too_long")
    without_markdown = [block for block in blocks if block["type"] != "markdown"]
    if len(json.dumps(without_markdown)) > MAX_BLOCK_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return checked


def _invalid(*problems: str) -> SlackError:
    shown = [f"[ERROR] {problem}" for problem in problems]
    about = {"messages": shown}
    return SlackError("invalid_blocks", errors=list(problems), response_metadata=about)


def _check_unique_ids(blocks: list[Json]) -> None:
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(ids) != len(set(ids)):
        raise _invalid("block_id must be unique for each block")


def _problems(block: Any, at: str) -> Iterator[str]:
    if not isinstance(block, dict) or block.get("type") not in TYPES:
        yield f"unsupported type [json-pointer:{at}/type]"
        return
    kind = block["type"]
    if len(str(block.get("block_id", ""))) > MAX_ID:
        yield f"must be less than 256 characters [json-pointer:{at}/block_id]"
    yield from _text_problems(block, kind, at)
    yield from _shape_problems(block, kind, at)
    for element in elements_of(block):
        yield from _element_problems(element, at)


def _text_problems(block: Json, kind: str, at: str) -> Iterator[str]:
    limit = TEXT_LIMITS.get(kind)
    text = block.get("text")
    if kind == "markdown" and not (isinstance(text, str) and text):
        yield f"missing required field: text [json-pointer:{at}/text]"
    if limit and isinstance(text, dict) and not 0 < len(text.get("text", "")) <= limit:
        yield f"must be between 1 and {limit} characters [json-pointer:{at}/text/text]"
    if kind == "section" and not text and not block.get("fields"):
        yield f"missing required field: text or fields [json-pointer:{at}]"
    if kind == "header" and not isinstance(text, dict):
        yield f"missing required field: text [json-pointer:{at}/text]"
    fields = block.get("fields", [])
    if len(fields) > FIELD_LIMITS[0] or any(len(f["text"]) > FIELD_LIMITS[1] for f in fields):
        yield f"too many or too long fields [json-pointer:{at}/fields]"


def _shape_problems(block: Json, kind: str, at: str) -> Iterator[str]:
    most = ELEMENT_LIMITS.get(kind)
    if most and not 0 < len(block.get("elements", [])) <= most:
        yield f"must have 1 to {most} items [json-pointer:{at}/elements]"
    if kind == "input" and not (block.get("label") and block.get("element")):
        yield f"missing required field: label and element [json-pointer:{at}]"
    if kind == "table":
        rows = block.get("rows", [])
        wide = max((len(row) for row in rows), default=0)
        if not 0 < len(rows) <= TABLE_LIMITS[0] or wide > TABLE_LIMITS[1]:
            yield f"must have 1 to 100 rows of at most 20 cells [json-pointer:{at}/rows]"


def _element_problems(element: Json, at: str) -> Iterator[str]:
    if len(str(element.get("action_id", ""))) > MAX_ID:
        yield f"must be less than 256 characters [json-pointer:{at}/action_id]"
    if element.get("type") == "button":
        label = element.get("text", {}).get("text", "")
        if not 0 < len(label) <= BUTTON_LIMITS["text"]:
            yield f"button text must be 1 to 75 characters [json-pointer:{at}]"
        for name in ("value", "url"):
            if len(element.get(name) or "") > BUTTON_LIMITS[name]:
                yield f"button {name} is too long [json-pointer:{at}]"
    options = element.get("options", [])
    if len(options) > LIST_LIMITS.get(str(element.get("type")), MAX_OPTIONS):
        yield f"too many options [json-pointer:{at}/options]"
    for option in options:
        too_long = len(option["text"]["text"]) > OPTION_LIMITS["text"]
        if too_long or len(option.get("value") or "") > OPTION_LIMITS["value"]:
            yield f"option is too long [json-pointer:{at}/options]"


def elements_of(block: Json) -> list[Json]:
    """Return what can be clicked or filled in within a block."""
    found = list(block.get("elements", [])) if block["type"] != "rich_text" else []
    found += [block[name] for name in ("accessory", "element") if isinstance(block.get(name), dict)]
    for name in ("child_blocks", "actions"):
        for child in block.get(name, []):
            found += elements_of(child) if "elements" in child else [child]
    return [element for element in found if isinstance(element, dict)]


def with_ids(block: Json) -> Json:
    """Return a copy with a `block_id`, and an `action_id` on whatever can be used."""
    copied: Json = json.loads(json.dumps(block))
    copied.setdefault("block_id", secrets.token_urlsafe(4))
    for element in elements_of(copied):
        if element.get("type") not in {"mrkdwn", "plain_text", "image", None}:
            element.setdefault("action_id", secrets.token_urlsafe(4))
    return copied


def find_element(
    blocks: list[Json], action_id: str, *, block_id: str | None = None, value: str | None = None
) -> tuple[Json, Json] | None:
    """Return the block and element with an action id, or None."""
    for block in blocks:
        if block_id and block.get("block_id") != block_id:
            continue
        for element in elements_of(block):
            if element.get("action_id") == action_id and value in (None, element.get("value")):
                return block, element
    return None
