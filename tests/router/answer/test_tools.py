from __future__ import annotations

import asyncio
import threading
from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from frontdesk import EscalationReason, PluginError, Tool, tool
from router.answer import tools
from router.answer.tools import Proposal, ToolBox, bound
from router.model import ToolCall, ToolResult


class Plan(StrEnum):
    FREE = "free"
    TEAM = "team"


class Seat(BaseModel):
    mail: str


@tool()
async def seats(plan: Plan, copy: Annotated[int, Field(ge=1)], who: list[Seat]) -> list[str]:
    """Count seats."""
    return [type(plan).__name__, str(copy), who[0].mail]


async def use(made: Tool, **arguments: Any) -> ToolResult:
    result = await ToolBox([made]).use(ToolCall("c1", made.name, arguments))
    assert isinstance(result, ToolResult)
    return result


async def test_the_schema_comes_from_the_type_hints_and_so_do_the_arguments() -> None:
    schema = bound(seats).spec.schema
    assert schema["required"] == ["plan", "copy", "who"]
    assert schema["additionalProperties"] is False
    result = await use(seats, plan="team", copy=2, who=[{"mail": "a@b.example"}])
    assert result.text == '["Plan","2","a@b.example"]'


async def test_wrong_arguments_are_named_without_being_repeated() -> None:
    result = await use(seats, plan="gold", copy=0, who=[{"mail": 5}])
    assert result.failed
    assert "plan" in result.text
    assert "who.0.mail" in result.text
    assert "gold" not in result.text


async def test_a_slow_tool_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "SECONDS", 0.01)

    @tool()
    async def slow() -> str:
        """Wait."""
        await asyncio.sleep(60)
        return "late"

    result = await use(slow)
    assert (result.failed, "0.01 seconds" in result.text) == (True, True)


async def test_the_same_change_has_the_same_digest_and_another_one_has_not() -> None:
    @tool(changes=True)
    def refund(cents: int) -> str:
        """Pay back."""
        raise AssertionError("ran without a person's word")

    async def proposed(cents: int) -> Proposal:
        asked = await ToolBox([refund]).use(ToolCall("c", "refund", {"cents": cents}))
        assert isinstance(asked, Proposal)
        return asked

    five, six = await proposed(5), await proposed(6)
    assert five == await proposed(5)
    assert five.digest != six.digest
    escalation = five.escalation()
    assert escalation.reason is EscalationReason.PERMISSION
    assert all(text in escalation.note for text in ("refund", '{"cents":5}', five.digest))


async def test_a_tool_that_hangs_or_exits_takes_nothing_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tools, "SECONDS", 0.05)
    ended = threading.Event()

    @tool()
    def hangs() -> None:
        """Wait."""
        ended.wait(10)

    @tool()
    def leaves() -> None:
        """Leave."""
        raise SystemExit

    assert "0.05 seconds" in (await use(hangs)).text
    ended.set()
    assert (await use(leaves)).failed


def untyped(value) -> str:  # type: ignore[no-untyped-def]
    """Do something."""
    return str(value)


def anything(**values: str) -> str:
    """Do something."""
    return str(values)


def hand_off(to: str) -> str:
    """Do something."""
    return to


@pytest.mark.parametrize("function", [untyped, anything, hand_off])
def test_a_tool_that_no_model_could_call_is_refused(function: Any) -> None:
    with pytest.raises(PluginError, match=function.__name__):
        ToolBox([tool()(function)])
