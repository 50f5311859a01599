"""Checks of a request, with the texts and types of the API's errors.

The rules are those of the current models: no sampling parameters, no assistant turn at the end, no
forced tools and no switched-off thinking with Sonnet 5.5, no citations together with structured
outputs, every tool call answered in the next turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.messages_api.brain import Request, blocks_of, search_results

FIELDS = {
    "model",
    "max_tokens",
    "messages",
    "system",
    "tools",
    "tool_choice",
    "metadata",
    "stop_sequences",
    "stream",
    "thinking",
    "output_config",
    "service_tier",
    "cache_control",
}
USER_BLOCKS = {"text", "search_result", "tool_result", "image", "document"}
ASSISTANT_BLOCKS = {"text", "tool_use", "thinking", "redacted_thinking"}
EFFORTS = {"low", "medium", "high", "xhigh", "max"}
_TOOL_NAME = re.compile(r"^[a-zA-Z0-9_-]{1,128}$")
_MOST_BREAKPOINTS = 4


class InvalidRequestError(Exception):
    """The request is refused with 400 and this text."""


def check(request: Any) -> None:
    """Raise `InvalidRequestError` if the API would refuse this request."""
    if not isinstance(request, dict):
        raise InvalidRequestError("The request body is not valid JSON")
    _check_fields(request)
    _check_messages(request["messages"])
    _check_tools(request)
    _check_outputs(request)
    marks = sum(1 for block in _all_blocks(request) if "cache_control" in block)
    if marks > _MOST_BREAKPOINTS:
        raise InvalidRequestError(
            f"A maximum of 4 blocks with cache_control may be provided. Found {marks}."
        )


def _check_fields(request: Request) -> None:
    for sampling in ("temperature", "top_p", "top_k"):
        if sampling in request:
            raise InvalidRequestError(f"`{sampling}` is not supported for this model.")
    for name in request:
        if name not in FIELDS:
            raise InvalidRequestError(f"{name}: Extra inputs are not permitted")
    for name in ("model", "max_tokens", "messages"):
        if name not in request:
            raise InvalidRequestError(f"{name}: Field required")
    if not isinstance(request["max_tokens"], int) or request["max_tokens"] < 1:
        raise InvalidRequestError("max_tokens: must be greater than or equal to 1")
    if request["model"] == "claude-sonnet-5-5":
        _check_sonnet(request)
    system = request.get("system", [])
    if not isinstance(system, str) and any(not b.get("text", "").strip() for b in system):
        raise InvalidRequestError("system: text content blocks must be non-empty")


def _check_sonnet(request: Request) -> None:
    if request.get("thinking", {}).get("type") == "disabled":
        raise InvalidRequestError('"thinking.type.disabled" is not supported for this model.')
    if request.get("tool_choice", {}).get("type") in {"any", "tool"}:
        raise InvalidRequestError("Forced tool use is not supported for this model.")


def _check_messages(messages: Any) -> None:
    if not isinstance(messages, list) or not messages:
        raise InvalidRequestError("messages: at least one message is required")
    if messages[0].get("role") != "user":
        raise InvalidRequestError('messages: first message must use the "user" role')
    if messages[-1]["role"] == "assistant":
        raise InvalidRequestError("This model does not support assistant message prefill.")
    waiting: set[str] = set()
    for number, message in enumerate(messages):
        blocks = blocks_of(message)
        if not blocks:
            raise InvalidRequestError(f"messages.{number}: content must be non-empty")
        for position, block in enumerate(blocks):
            _check_block(message["role"], block, f"messages.{number}.content.{position}")
        answered = {b["tool_use_id"] for b in blocks if b["type"] == "tool_result"}
        if answered != waiting:
            raise InvalidRequestError(
                f"messages.{number}: `tool_use` ids were found without `tool_result` blocks "
                f"immediately after, or the other way round: {sorted(answered ^ waiting)}"
            )
        waiting = {b["id"] for b in blocks if b["type"] == "tool_use"}


def _check_block(role: str, block: dict[str, Any], where: str) -> None:
    kinds = USER_BLOCKS if role == "user" else ASSISTANT_BLOCKS
    kind = block.get("type")
    if kind not in kinds:
        raise InvalidRequestError(f"{where}: Input tag '{kind}' does not match the expected tags")
    if kind == "text" and not block.get("text", "").strip():
        raise InvalidRequestError(f"{where}: text content blocks must contain non-whitespace text")
    if kind == "thinking" and not block.get("signature"):
        raise InvalidRequestError(f"{where}.thinking.signature: Field required")
    if kind == "search_result":
        _check_search_result(block, where)


def _check_search_result(block: dict[str, Any], where: str) -> None:
    for name in ("source", "title", "content"):
        if not block.get(name):
            raise InvalidRequestError(f"{where}.search_result.{name}: Field required")
    for inner in block["content"]:
        if inner.get("type") != "text" or not inner.get("text", "").strip():
            raise InvalidRequestError(f"{where}: text content blocks must be non-empty")


def _check_tools(request: Request) -> None:
    names = [tool.get("name", "") for tool in request.get("tools", [])]
    if len(set(names)) != len(names):
        raise InvalidRequestError("tools: Tool names must be unique.")
    for number, tool in enumerate(request.get("tools", [])):
        if not _TOOL_NAME.match(tool.get("name", "")):
            raise InvalidRequestError(f"tools.{number}.name: String should match pattern")
        if tool.get("input_schema", {}).get("type") != "object":
            raise InvalidRequestError(f"tools.{number}.input_schema.type: Field required")


def _check_outputs(request: Request) -> None:
    config = request.get("output_config", {})
    if set(config) - {"effort", "format"}:
        raise InvalidRequestError("output_config: Extra inputs are not permitted")
    if config.get("effort") is not None and config["effort"] not in EFFORTS:
        raise InvalidRequestError("output_config.effort: Input should be 'low', 'medium', …")
    enabled = [
        found.get("citations", {}).get("enabled", False) for found in search_results(request)
    ]
    if any(enabled) and not all(enabled):
        raise InvalidRequestError("Citations must be enabled for all search results or for none.")
    if config.get("format"):
        if any(enabled):
            raise InvalidRequestError("Citations cannot be enabled with output_config.format.")
        _check_schema(config["format"].get("schema", {}), "output_config.format.schema")


def _check_schema(schema: dict[str, Any], where: str) -> None:
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        raise InvalidRequestError(f"{where}: additionalProperties must be false")
    for unsupported in ("minimum", "maximum", "minLength", "maxLength", "pattern"):
        if unsupported in schema:
            raise InvalidRequestError(f"{where}: property '{unsupported}' is not supported")
    for name, inner in {**schema.get("properties", {}), **schema.get("$defs", {})}.items():
        _check_schema(inner, f"{where}.{name}")
    for inner in [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]:
        _check_schema(inner, where)


def _all_blocks(request: Request) -> Iterator[dict[str, Any]]:
    yield from request.get("tools", [])
    system = request.get("system", [])
    yield from [] if isinstance(system, str) else system
    for message in request["messages"]:
        yield from blocks_of(message)
