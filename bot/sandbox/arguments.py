"""Reads a method's arguments: query, form or JSON body, one way to ask for each kind."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from bot.sandbox.errors import SlackError, invalid_arguments, required

TRUE = {"1", "true", "True", True}


class Arguments:
    """The arguments of one call. Values may be strings (forms) or JSON values."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """Return a string argument, or the default."""
        value = self._values.get(name)
        return default if value is None else str(value)

    def need(self, name: str) -> str:
        """Return a string argument that must be there."""
        value = self.text(name)
        if not value:
            raise required(name)
        return value

    def optional(self, name: str) -> str | None:
        """Return a string argument or None."""
        return self.text(name) or None

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean argument in any of the forms clients send it."""
        value = self._values.get(name)
        return default if value is None else value in TRUE

    def number(self, name: str, default: int) -> int:
        """Return an integer argument."""
        value = self._values.get(name)
        try:
            return default if value is None else int(value)
        except (TypeError, ValueError) as error:
            raise invalid_arguments(f"{name} must be a number") from error

    def structure(self, name: str, error: str = "invalid_arguments") -> Any:
        """Return an object or list, which forms carry as a JSON string."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError as cause:
            raise SlackError(error) from cause

    def items(self, name: str, error: str = "invalid_arguments") -> list[Any]:
        """Return a list argument; empty when it's absent."""
        value = self.structure(name, error)
        if value is None:
            return []
        if not isinstance(value, list):
            raise SlackError(error)
        return value


async def read_arguments(request: web.Request) -> tuple[Arguments, str | None]:
    """Return the arguments and the token, from the header or the old way from the body."""
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        values |= await _json_body(request)
    elif request.can_read_body:
        values |= dict(await request.post())
    token = values.pop("token", None)
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer":
        token = bearer
    return Arguments(values), token


async def _json_body(request: web.Request) -> dict[str, Any]:
    raw = await request.text()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body
