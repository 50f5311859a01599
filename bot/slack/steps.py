"""The steps of a turn in plain words: one line of status, or a task card for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.models.messages.chunk import TaskUpdateChunk

IN_PROGRESS, COMPLETE = "in_progress", "complete"
STEP_BLOCKS = frozenset({"task_card", "plan"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step, as people see it."""

    title: str
    status: str = IN_PROGRESS


Taken = dict[str, Step]
"""Steps by their names, in the order in which they began."""


def status(name: str, titles: Callable[[str], str]) -> str:
    """The status line for a step; Slack puts the desk's name before it."""
    kind, _, specialist = name.partition(":")
    lines = {
        "decide": "is choosing who answers…",
        "answer": f"is asking {titles(specialist)}…",
        "check": "is checking the answer…",
    }
    return lines.get(kind, "is at work…")


def advance(taken: Taken, name: str, titles: Callable[[str], str]) -> None:
    """Begin a step; those before it are complete."""
    taken.update(completed(taken))
    kind, _, specialist = name.partition(":")
    words = {
        "decide": "Choosing who answers",
        "answer": f"{titles(specialist)} looks it up",
        "check": "Checking the answer",
    }
    taken[name] = Step(words.get(kind, "Working on it"))


def completed(taken: Taken) -> Taken:
    """The steps, all done."""
    return {name: replace(step, status=COMPLETE) for name, step in taken.items()}


def chunks(wanted: Mapping[str, Step], drawn: Mapping[str, Step]) -> list[dict[str, Any]]:
    """What to send so that `wanted` is shown where `drawn` is now."""
    changed = {name: step for name, step in wanted.items() if drawn.get(name) != step}
    return [
        TaskUpdateChunk(id=name, title=step.title, status=step.status).to_dict()
        for name, step in changed.items()
    ]


def shows_steps(message: Mapping[str, Any]) -> bool:
    """Whether a message is a stream of ours that holds steps and nothing else."""
    kinds = {block.get("type") for block in message.get("blocks", ())}
    return bool(message.get("bot_id")) and bool(kinds) and kinds <= STEP_BLOCKS
