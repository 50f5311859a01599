"""A specialist's typed functions as tools of its model.

The JSON schema comes from the type hints, and arguments are validated against them before anything
runs. A tool that changes something never runs here: it becomes an escalation that shows a human
exactly what would be run.
"""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NotRequired, get_type_hints

from pydantic import ConfigDict, PydanticUserError, TypeAdapter, ValidationError, with_config
from pydantic_core import to_json
from typing_extensions import TypedDict

from frontdesk import Context, Escalation, EscalationReason, PluginError, Tool
from router.answer.desk_tools import DESK_TOOLS
from router.change_facts import Ran
from router.model import ToolCall, ToolResult, ToolSpec
from router.validate.threads import Row
from router.wanted import slim

MOST_CHARACTERS = 4_000
"""Of a tool's result; what is longer is cut, and says so."""
SECONDS = 20.0
"""How long one tool may take."""
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_PLAIN = {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}


class InvalidArgumentsError(Exception):
    """The model gave arguments that the type hints do not allow; the text tells it which."""


@dataclass(frozen=True)
class BoundTool:
    """A tool with the types of its arguments.

    `wants_context` is the argument that the desk fills with the context of the answer; the model
    does not see it. Empty if there is none.
    """

    tool: Tool
    spec: ToolSpec
    arguments: TypeAdapter[dict[str, Any]]
    wants_context: str = ""

    def validated(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments in their types.

        Raises:
            InvalidArgumentsError: they do not fit.
        """
        try:
            return self.arguments.validate_python(dict(given))
        except ValidationError as error:
            found = error.errors(include_url=False, include_context=False, include_input=False)
            wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in found)
            raise InvalidArgumentsError(f"not run, wrong arguments: {wrong}") from error

    async def run(self, arguments: dict[str, Any], context: Context | None = None) -> str:
        """The tool's result as bounded text. What it raises is raised."""
        function = self.tool.function
        if self.wants_context:
            arguments = {**arguments, self.wants_context: context}
        if not inspect.iscoroutinefunction(function):
            return _bounded(await _off_the_loop(lambda: function(**arguments)))
        async with asyncio.timeout(SECONDS):
            return _bounded(await function(**arguments))

    def proposal(self, arguments: dict[str, Any]) -> Proposal:
        """What a human has to confirm before the tool runs, argument by argument."""
        return Proposal(self.tool.name, self.arguments.dump_json(arguments).decode())


@dataclass(frozen=True, slots=True)
class Proposal:
    """A tool that changes something, with the exact arguments (JSON) that a human may confirm."""

    tool: str
    arguments: str

    @property
    def digest(self) -> str:
        """SHA-256 over tool and arguments: another change has another one."""
        return hashlib.sha256(f"{self.tool}{self.arguments}".encode()).hexdigest()

    def escalation(self) -> Escalation:
        """The question to a human."""
        asked = f"{self.tool} {self.arguments} (sha256 {self.digest})"
        return Escalation(EscalationReason.PERMISSION, f"Waits for a person to confirm: {asked}")


class ToolBox:
    """The tools of one specialist."""

    def __init__(self, tools: Sequence[Tool], context: Context | None = None) -> None:
        self._context = context
        self._tools = {tool.name: bound(tool) for tool in tools}

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """The tools as the model sees them."""
        return tuple(bound.spec for bound in self._tools.values())

    def has(self, name: str) -> bool:
        """Whether there is such a tool."""
        return name in self._tools

    async def use(self, call: ToolCall) -> ToolResult | Proposal:
        """Run what the model called, or give what a human has to confirm. Never raises."""
        found = self._tools.get(call.name)
        if found is None:
            return _failed(call, f"there is no tool {call.name!r}")
        try:
            arguments = found.validated(call.arguments)
            if found.tool.changes:
                return found.proposal(arguments)
            return ToolResult(call.id, call.name, await found.run(arguments, self._context))
        except InvalidArgumentsError as error:
            return _failed(call, str(error))
        except TimeoutError:
            return _failed(call, f"it gave nothing within {SECONDS:g} seconds")
        # A tool is a stranger's code and may raise anything; the model is told that it failed, and
        # not how, since the text of an error may hold what nobody may see.
        except Exception as error:
            return _failed(call, f"it failed with {type(error).__name__}")

    async def confirmed(self, tool: str, arguments: str) -> Confirmed:
        """Run what a person confirmed, with exactly the `arguments` (JSON) shown to them.

        Never raises. What gave nothing in its time may have happened all the same.
        """
        found = self._tools.get(tool)
        if found is None:
            return Confirmed(Ran.FAILED, f"there is no tool {tool!r} any more")
        try:
            typed = found.validated(json.loads(arguments))
            if found.proposal(typed).arguments != arguments:
                return Confirmed(Ran.FAILED, "the tool takes other arguments now: nothing was run")
            return Confirmed(Ran.DONE, await found.run(typed, self._context))
        except InvalidArgumentsError as error:
            return Confirmed(Ran.FAILED, str(error))
        except TimeoutError:
            return Confirmed(Ran.UNCLEAR, f"it gave nothing within {SECONDS:g} seconds")
        # As in `use`: a stranger's code may raise anything.
        except Exception as error:
            return Confirmed(Ran.FAILED, f"it failed with {type(error).__name__}")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """How a tool ended that a person let run, and its result or what went wrong."""

    ran: Ran
    text: str


@lru_cache(maxsize=512)
def bound(tool: Tool) -> BoundTool:
    """The tool with the types of its arguments.

    Raises:
        PluginError: its name is taken, or it has an argument without a name or a type hint.
    """
    if tool.name in DESK_TOOLS or not _NAME.fullmatch(tool.name):
        raise PluginError(f"tool {tool.name!r}: choose another name, of letters, digits and _")
    hints = get_type_hints(tool.function, include_extras=True)
    fields: dict[str, Any] = {}
    wants_context = next((name for name, hint in hints.items() if hint is Context), "")
    for name, parameter in inspect.signature(tool.function).parameters.items():
        if parameter.kind not in _PLAIN or name not in hints:
            raise PluginError(f"tool {tool.name!r}: argument {name!r} needs a name and a type hint")
        if name == wants_context:
            continue
        required = parameter.default is inspect.Parameter.empty
        fields[name] = hints[name] if required else NotRequired[hints[name]]
    typed: Any = TypedDict(tool.name, fields)  # type: ignore[misc]
    try:
        strict: Any = with_config(ConfigDict(extra="forbid"))(typed)
        adapter: TypeAdapter[dict[str, Any]] = TypeAdapter(strict)
        schema = adapter.json_schema()
    except PydanticUserError as error:
        raise PluginError(f"tool {tool.name!r}: a type hint says nothing to a model") from error
    slim(schema)
    return BoundTool(tool, ToolSpec(tool.name, tool.description, schema), adapter, wants_context)


async def _off_the_loop(call: Callable[[], Any]) -> Any:
    """What `call` gives, from a thread that is left behind if it hangs."""
    ran = await Row([call], ended=lambda: None).run(SECONDS)
    if not ran:
        raise TimeoutError
    error = ran[0].error
    if isinstance(error, Exception):
        raise error
    if error is not None:  # a tool that calls `sys.exit` ends itself and not the desk
        raise RuntimeError(type(error).__name__) from error
    return ran[0].value


def _bounded(value: object) -> str:
    text = value if isinstance(value, str) else to_json(value, fallback=str).decode()
    if len(text) <= MOST_CHARACTERS:
        return text
    return f"{text[:MOST_CHARACTERS]}\n[cut: {len(text)} characters in all]"


def _failed(call: ToolCall, why: str) -> ToolResult:
    return ToolResult(call.id, call.name, json.dumps({"error": why}), failed=True)
