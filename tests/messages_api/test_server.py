"""The local server refuses what the real one refuses, so that tests prove something."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import pytest

from tests.messages_api import Fault as Broken
from tests.messages_api import FaultPlan, MessagesServer, RuleBrain, ScriptedBrain, say

HELLO: dict[str, Any] = {"role": "user", "content": "hello"}
FOUND: dict[str, Any] = {
    "type": "search_result",
    "source": "s",
    "title": "t",
    "content": [{"type": "text", "text": "x"}],
    "citations": {"enabled": True},
}
SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}
CALLED: dict[str, Any] = {
    "role": "assistant",
    "content": [{"type": "tool_use", "id": "toolu_1", "name": "t", "input": {}}],
}
MARK = {"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}


@pytest.fixture
async def client() -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with (
        MessagesServer(ScriptedBrain([say("hi")])) as server,
        anthropic.AsyncAnthropic(api_key="local", base_url=server.url, max_retries=0) as client,
    ):
        yield client


REFUSED: dict[str, dict[str, Any]] = {
    "sampling": {"extra_body": {"temperature": 0.5}},
    "unknown field": {"extra_body": {"creativity": 1}},
    "prefill": {"messages": [HELLO, {"role": "assistant", "content": "{"}]},
    "no messages": {"messages": []},
    "blank text": {"messages": [{"role": "user", "content": " "}]},
    "tool without result": {"messages": [HELLO, CALLED, HELLO]},
    "result without tool": {
        "messages": [
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_9"}]}
        ]
    },
    "forced tool": {
        "model": "claude-sonnet-5-5",
        "tools": [{"name": "t", "input_schema": SCHEMA}],
        "tool_choice": {"type": "tool", "name": "t"},
    },
    "thinking off": {"model": "claude-sonnet-5-5", "thinking": {"type": "disabled"}},
    "citations with a value": {
        "messages": [{"role": "user", "content": [FOUND]}],
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
    },
    "some citations": {
        "messages": [
            {"role": "user", "content": [FOUND, {**FOUND, "citations": {"enabled": False}}]}
        ]
    },
    "open schema": {
        "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}
    },
    "effort": {"output_config": {"effort": "heroic"}},
    "five cache marks": {"messages": [{"role": "user", "content": [MARK] * 5}]},
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
async def test_what_the_api_refuses_is_refused(
    client: anthropic.AsyncAnthropic, change: dict[str, Any]
) -> None:
    asked: dict[str, Any] = {"model": "claude-haiku-5-5", "max_tokens": 9, "messages": [HELLO]}
    with pytest.raises(anthropic.BadRequestError) as error:
        await client.messages.create(**{**asked, **change})
    assert error.value.type == "invalid_request_error"
    assert error.value.request_id


async def test_what_the_api_accepts_is_answered(client: anthropic.AsyncAnthropic) -> None:
    message = await client.messages.create(model="claude-haiku-5-5", max_tokens=9, messages=[HELLO])
    assert message.content[0].type == "text"
    assert message.stop_reason == "end_turn"


async def test_key_and_model_are_looked_at() -> None:
    async with MessagesServer(ScriptedBrain([])) as server:
        for key, model, kind in [
            ("other", "claude-haiku-5-5", anthropic.AuthenticationError),
            ("local", "claude-haiku-1", anthropic.NotFoundError),
        ]:
            async with anthropic.AsyncAnthropic(api_key=key, base_url=server.url) as client:
                with pytest.raises(kind):
                    await client.messages.create(model=model, max_tokens=9, messages=[HELLO])


def test_a_seed_gives_the_same_faults_at_about_the_rate() -> None:
    drawn = [[plan.next() for _ in range(2_000)] for plan in (FaultPlan(0.1, 7), FaultPlan(0.1, 7))]
    assert drawn[0] == drawn[1]
    assert 150 < sum(fault is not None for fault in drawn[0]) < 250
    assert set(drawn[0]) == {None, *Broken}


def test_it_runs_by_hand_and_says_where() -> None:
    command = [sys.executable, "-m", "tests.messages_api", "--latency-ms", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        client = anthropic.Anthropic(api_key="local", base_url=url)
        message = client.messages.create(
            model="claude-haiku-5-5",
            max_tokens=9,
            messages=[{"role": "user", "content": [{**FOUND}]}],
        )
        client.close()
        process.terminate()
    assert message.stop_reason == "tool_use"


def test_rules_give_up_where_nothing_fits() -> None:
    answer = RuleBrain().answer({"messages": [HELLO]})
    assert answer.content[-1]["name"] == "escalate_to_human"
