"""What must hold for an object before the desk takes it as a specialist.

The loader keeps a plugin out when one of these is unmet, and `frontdesk.testing` shows an author
the same findings beforehand: one list of conditions, two readers.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from frontdesk.contract import Finding, Policy, Specialist, Tool
from frontdesk.permissions import Permissions, ThreadScope, wrong_host

NAME = re.compile(r"[a-z][a-z0-9_-]{1,39}")
"""How a specialist may be called."""

MOST_ITEMS = 500
"""Of examples above all: the router learns from them whenever the desk starts."""

MOST_CHARACTERS = 100_000
"""Of one text of an answer; what is longer is a fault."""

DESK_TOOLS = frozenset({"ask_requester", "hand_off", "escalate_to_human"})
"""Names of tools that the desk itself gives to every model."""

TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""How a tool may be called: models take nothing else."""

TEXTS = ("title", "instructions")
_UNNAMED = {
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.VAR_POSITIONAL,
    inspect.Parameter.VAR_KEYWORD,
}
LISTS: dict[str, type] = {
    "examples": str,
    "counter_examples": str,
    "tools": Tool,
    "policies": Policy,
}


def unmet(specialist: object) -> list[Finding]:
    """Every condition of the contract that `specialist` does not meet; none means it may serve.

    The object may be of any class. What it does not define counts as `Specialist` defines it.
    """
    if isinstance(specialist, type):
        name = specialist.__name__
        text = f"{name} is a class; give the desk an object: {name}()"
        return [Finding("not_an_object", text)]
    checks = (_name, _handles, _texts, _lists, _policies, _tools, _knowledge, _permissions, _answer)
    return [finding for check in checks for finding in check(specialist)]


def fact(specialist: object, name: str) -> Any:
    """An attribute of `specialist`, or the default that `Specialist` gives it."""
    return getattr(specialist, name, getattr(Specialist, name))


def _name(specialist: object) -> Iterator[Finding]:
    name = fact(specialist, "name")
    if not name:
        kind = type(specialist).__name__
        yield Finding("no_name", f"a specialist of type {kind} has no name")
    elif not isinstance(name, str) or not NAME.fullmatch(name):
        rule = "2 to 40 of a-z, 0-9, _ and -, beginning with a letter"
        yield Finding("bad_name", f"{name!r} cannot be a specialist's name; use {rule}")


def _handles(specialist: object) -> Iterator[Finding]:
    handles = fact(specialist, "handles")
    if not isinstance(handles, str) or not handles.strip():
        text = "`handles` must be a paragraph that says what to send here; the router reads it"
        yield Finding("no_handles", text)


def _texts(specialist: object) -> Iterator[Finding]:
    for name in TEXTS:
        value = fact(specialist, name)
        if not isinstance(value, str):
            yield Finding("bad_type", f"`{name}` must be a text, not {_kind(value)}")


def _lists(specialist: object) -> Iterator[Finding]:
    for name, kind in LISTS.items():
        value = fact(specialist, name)
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            text = f"`{name}` must be a list of {kind.__name__}, not {_kind(value)}"
            yield Finding("bad_type", text)
            continue
        odd = next((item for item in value if not isinstance(item, kind)), None)
        if odd is not None:
            text = f"`{name}` must hold {kind.__name__} only, and one item is {_kind(odd)}"
            yield Finding("bad_type", text)
        if len(value) > MOST_ITEMS:
            text = f"`{name}` has {len(value):,} items, and {MOST_ITEMS} is the most"
            yield Finding("too_many", text)


def _policies(specialist: object) -> Iterator[Finding]:
    policies = [policy for policy in _items(specialist, "policies") if isinstance(policy, Policy)]
    for policy in policies:
        for pattern in (*policy.forbid, *policy.require):
            try:
                re.compile(pattern, re.IGNORECASE)
            except re.error as error:
                text = f"policy {policy.id!r}: {pattern!r} is no regular expression: {error}"
                yield Finding("bad_policy", text)
    for twice in repeated([policy.id for policy in policies]):
        yield Finding("bad_policy", f"two policies have the id {twice!r}")


def _tools(specialist: object) -> Iterator[Finding]:
    names = [tool.name for tool in _items(specialist, "tools") if isinstance(tool, Tool)]
    for twice in repeated(names):
        yield Finding("bad_tool", f"two tools are named {twice!r}")
    for tool in _items(specialist, "tools"):
        if isinstance(tool, Tool):
            yield from _tool(tool)


def _tool(tool: Tool) -> Iterator[Finding]:
    if tool.name in DESK_TOOLS or not TOOL_NAME.fullmatch(tool.name):
        text = f"a tool cannot be named {tool.name!r}; take another name of letters, digits and _"
        yield Finding("bad_tool", text)
    if not callable(tool.function):
        yield Finding("bad_tool", f"the tool {tool.name!r} holds no function")
        return
    for name, argument in inspect.signature(tool.function).parameters.items():
        if argument.kind in _UNNAMED or argument.annotation is inspect.Parameter.empty:
            text = f"tool {tool.name!r}: argument {name!r} needs a name and a type hint"
            yield Finding("bad_tool", text)


def _knowledge(specialist: object) -> Iterator[Finding]:
    knowledge = fact(specialist, "knowledge")
    if knowledge is None:
        return
    if not isinstance(knowledge, Path):
        text = f"`knowledge` must be a pathlib.Path, not {_kind(knowledge)}"
        yield Finding("bad_type", text)
    elif not knowledge.is_dir():
        text = f"the knowledge folder {knowledge} does not exist; if it does in your sources, add "
        text += "its *.md to the package data in pyproject.toml"
        yield Finding("no_knowledge", text)


def _permissions(specialist: object) -> Iterator[Finding]:
    asked = fact(specialist, "permissions")
    if not isinstance(asked, Permissions):
        text = f"`permissions` must be a Permissions, not {_kind(asked)}"
        yield Finding("bad_permission", text)
        return
    for entry in asked.hosts:
        if why := wrong_host(entry):
            yield Finding("bad_permission", f"a host of `permissions` is none: {why}")
    for name in asked.secrets:
        if not isinstance(name, str) or not NAME.fullmatch(name):
            text = f"{name!r} cannot be a secret's name; use small letters, digits, _ and -"
            yield Finding("bad_permission", text)
    if not isinstance(asked.thread, ThreadScope) or not isinstance(asked.handoff, bool):
        text = "`permissions` needs a ThreadScope for thread, and True or False for handoff"
        yield Finding("bad_permission", text)
    if asked.dollars is not None and not (_is_number(asked.dollars) and asked.dollars > 0):
        yield Finding("bad_permission", "`permissions` needs dollars above 0, or none")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _answer(specialist: object) -> Iterator[Finding]:
    if not hasattr(specialist, "answer"):
        return
    answer: Any = specialist.answer
    if not _awaitable(answer):
        yield Finding("bad_answer", "`answer` must be an `async def`")
        return
    try:
        inspect.signature(answer).bind(object(), object())
    except TypeError:
        text = "`answer` must take two arguments: `async def answer(self, ticket, context)`"
        yield Finding("bad_answer", text)


def _awaitable(function: Any) -> bool:
    """Whether calling it gives something to await: also behind a decorator or in an object."""
    if not callable(function):
        return False
    inner = inspect.unwrap(function)
    return any(map(inspect.iscoroutinefunction, (function, inner, type(function).__call__)))


def _items(specialist: object, name: str) -> Sequence[Any]:
    value = fact(specialist, name)
    return value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else ()


def repeated(values: Sequence[str]) -> list[str]:
    """Those of `values` that occur more than once, each named once, in order."""
    return [value for value in dict.fromkeys(values) if values.count(value) > 1]


def _kind(value: object) -> str:
    return type(value).__name__
