"""The tool calls of one answer, one after the other, each on record before its result counts."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from frontdesk import Answer
from router.answer.brief import Brief
from router.answer.desk_tools import DESK_TOOLS, desk_answer
from router.answer.tools import Proposal, ToolBox
from router.facts import ToolCalled, ToolProposed
from router.model import DeskTurn, ModelReply, ToolCall, ToolResult

ToolFact = ToolCalled | ToolProposed
ToolRecorder = Callable[[ToolFact], Awaitable[object]]
"""Puts a tool's use on record."""


async def unrecorded(_fact: ToolFact) -> None:
    """Where nothing is kept."""


@dataclass(frozen=True, slots=True)
class ToolWork:
    """Uses `tools` for the answer to `brief`."""

    tools: ToolBox
    brief: Brief
    record: ToolRecorder = unrecorded

    async def use(self, reply: ModelReply) -> DeskTurn | Answer:
        """The results of the tools that were called, or the answer that one of the calls is.

        An answer goes before everything else: then nothing is run any more.

        Raises:
            StoreError: a use could not be recorded.
        """
        answers = {call.id: desk_answer(call) for call in reply.tool_calls if _is_desk(call)}
        for answer in answers.values():
            if not isinstance(answer, str):
                return answer
        results: list[ToolResult] = []
        for call in reply.tool_calls:
            if call.id in answers:
                wrong = f"wrong arguments: {answers[call.id]}"
                results.append(ToolResult(call.id, call.name, wrong, failed=True))
                continue
            result = await self._used(call)
            if isinstance(result, Proposal):
                return result.escalation()
            results.append(result)
        return DeskTurn(tuple(results))

    async def _used(self, call: ToolCall) -> ToolResult | Proposal:
        started = time.perf_counter_ns()
        result = self._done_already(call, await self.tools.use(call))
        took = (time.perf_counter_ns() - started) // 1000
        await self.record(self._fact(call, result, took))
        return result

    def _done_already(self, call: ToolCall, result: ToolResult | Proposal) -> ToolResult | Proposal:
        """What a person let run is not proposed again: its result stands."""
        if isinstance(result, ToolResult):
            return result
        for passage in self.brief.conversation.done:
            if passage.id == f"change:{result.digest}":
                return ToolResult(call.id, call.name, passage.text)
        return result

    def _fact(self, call: ToolCall, result: ToolResult | Proposal, took: int) -> ToolFact:
        actor = f"plugin:{self.brief.specialist}"
        part, attempt = self.brief.number, self.brief.attempt
        if isinstance(result, Proposal):
            return ToolProposed(
                **self.brief.where,
                actor=actor,
                part=part,
                attempt=attempt,
                tool=result.tool,
                texts={"arguments": result.arguments, "digest": result.digest},
            )
        return ToolCalled(
            **self.brief.where,
            actor=actor,
            part=part,
            attempt=attempt,
            tool=call.name if self.tools.has(call.name) else "unknown",
            failed=result.failed,
            duration_us=took,
            texts={"arguments": json.dumps(dict(call.arguments)), "result": result.text},
        )


def _is_desk(call: ToolCall) -> bool:
    return call.name in DESK_TOOLS
