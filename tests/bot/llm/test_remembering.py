"""A model's answer is kept with its record, and is the same when it is read back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from anthropic.types import TextBlock, ThinkingBlock, ToolUseBlock
from pydantic import BaseModel

from bot.llm.remembering import RememberingModel, _KeptReply, digest
from router.model import (
    DeskTurn,
    ModelReply,
    ModelRequest,
    ModelTurn,
    Parsed,
    Quoted,
    Role,
    Said,
    Schema,
    Stop,
    ToolCall,
    ToolResult,
    Usage,
)
from router.prompts.texts import ASK
from storage.claims import Claims
from storage.database import open_store
from storage.steps import About, Turn, begin
from storage.store import SqlStore
from tests.storage import desk


class Choice(BaseModel):
    """A value that a model gives."""

    name: str
    sure: float


class Counts:
    """A model that counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    async def parse(self, request: ModelRequest, schema: type[Schema]) -> Parsed[Schema]:
        self.calls += 1
        return Parsed(schema.model_validate({"name": "billing", "sure": 0.5}), "m", Usage(3, 4))

    async def converse(self, request: ModelRequest) -> ModelReply:
        self.calls += 1
        return reply(str(self.calls))


def reply(text: str) -> ModelReply:
    content = [
        ThinkingBlock(type="thinking", thinking="hm", signature="s"),
        TextBlock(type="text", text=text, citations=None),
        ToolUseBlock(type="tool_use", id="t1", name="look_up", input={"number": 5}),
    ]
    calls = (ToolCall("t1", "look_up", {"number": 5}),)
    return ModelReply((Said(text),), calls, Stop.TOOLS, ModelTurn("m", content), "m", Usage(1, 2))


def request(*more: DeskTurn | ModelTurn) -> ModelRequest:
    asked = DeskTurn((Quoted("message", "requester", "Where is my bill?"),))
    return ModelRequest(
        role=Role.SPECIALIST, prompt=ASK, turns=(asked, *more), ticket="t", actor="plugin:billing"
    )


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    yield opened
    await opened.close()


async def turn_of(store: SqlStore, receipt: desk.Receipt, name: str) -> Turn:
    taken = await Claims(store, name, lambda holder: True).take(receipt.ticket)
    assert taken is not None
    return await begin(store, About(taken.hold, taken.subject, receipt.message))


def test_reply_is_the_same_once_kept() -> None:
    kept, said = _KeptReply(), reply("It is here.")
    read = kept.validate_json(kept.dump_json(said))
    assert read == said


def test_requests_differ_by_what_the_desk_says() -> None:
    then = DeskTurn((ToolResult("t1", "look_up", "5 euros"),))
    other = DeskTurn((ToolResult("t1", "look_up", "6 euros"),))
    back = ModelTurn("m", [])
    assert digest(request(back, then)) == digest(request(ModelTurn("m", ["else"]), then))
    assert len({digest(one) for one in (request(), request(then), request(other))}) == 3


async def test_answer_of_a_step_that_was_cut_off_is_not_paid_for_again(store: SqlStore) -> None:
    receipt, model = await store.receive(desk.delivery("d1")), Counts()
    remembering = RememberingModel(model)

    async def cut_off() -> str:
        choice = await remembering.parse(request(), Choice)
        said = await remembering.converse(request())
        if name == "first":
            raise RuntimeError("killed here")
        return f"{choice.value.name} {choice.usage.tokens} {said.text}"

    for name in ("first", "second"):
        turn = await turn_of(store, receipt, name)
        with turn.running():
            if name == "first":
                with pytest.raises(RuntimeError):
                    await turn.run("answer:0:0", str, cut_off)
            else:
                assert await turn.run("answer:0:0", str, cut_off) == "billing 7 2"
    assert model.calls == 2


async def test_outside_of_a_turn_nothing_is_kept() -> None:
    model = Counts()
    remembering = RememberingModel(model)
    for _ in range(2):
        await remembering.converse(request())
        await remembering.parse(request(), Choice)
    assert model.calls == 4
