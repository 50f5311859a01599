"""Why a decision was made: everything on record about it, put together for somebody who asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.web.console.record.what_if import WhatIf, what_if
from bot.web.console.record.worddiff import Piece, word_diff
from storage.queries import EntryView

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Considered:
    """A specialist that was considered, and why it was not chosen."""

    specialist: str
    confidence_bp: int
    score_bp: int
    threshold_bp: int
    why_not: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class InForce:
    """Something that was in force, by digest; `what` says what it is, `name` which.

    `specialist` is whose plugin it is, where it is one.
    """

    what: str
    name: str
    digest: str
    specialist: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A draft with what the validator said of it, and what people saw of it."""

    drafted: EntryView | None
    judged: EntryView | None
    number: int

    @property
    def checks(self) -> Sequence[Body]:
        """What each check said, failed ones first."""
        if self.judged is None:
            return ()
        checks = self.judged.leaf["body"]["verdict"]["checks"]
        return sorted(checks, key=lambda check: bool(check["passed"]))

    @property
    def approved(self) -> bool:
        """Whether it was let out."""
        return self.judged is not None and self.judged.row.kind == "reply:approved"


@dataclass(frozen=True, slots=True)
class Spent:
    """What the turn took: calls of models with their tokens, money and time."""

    calls: int
    tokens_in: int
    tokens_out: int
    cost_microusd: int
    model_us: int
    whole_us: int


@dataclass(frozen=True, slots=True)
class Why:
    """A decision and all that belongs to it."""

    entry: EntryView
    decision: Body
    considered: tuple[Considered, ...]
    in_force: tuple[InForce, ...]
    attempts: tuple[Attempt, ...]
    posted: EntryView | None
    visible: EntryView | None
    changes: tuple[Piece, ...]
    people: tuple[EntryView, ...]
    calls: tuple[EntryView, ...]
    spent: Spent
    parts: int
    other: WhatIf | None

    @property
    def confidence_bp(self) -> int:
        """How sure the router agent was."""
        return int(self.decision["confidence_bp"])

    @property
    def was_changed(self) -> bool:
        """Whether what was posted is not the draft, word for word."""
        return any(piece.kind != "same" for piece in self.changes)


_PEOPLE = {
    *("draft:approved", "ticket:taken-over", "ticket:handed-back", "ticket:rerouted"),
    *("human:replied", "feedback:given", "ticket:resolved", "act:refused"),
}


def why(entry: EntryView, entries: Sequence[EntryView]) -> Why:
    """Put together what is on record about a decision; `entries` are those of its ticket."""
    body = entry.leaf["body"]
    turn = [one for one in entries if one.row.message == entry.row.message]
    part = [one for one in turn if one.leaf["body"].get("part", body["part"]) == body["part"]]
    posted = _last(turn, "post:intended")
    calls = tuple(one for one in turn if one.row.kind == "model:called")
    attempts = _attempts(part)
    return Why(
        entry=entry,
        decision=body["decision"],
        considered=tuple(_considered(body["decision"])),
        in_force=tuple(_in_force(body["decision"], part, turn)),
        attempts=attempts,
        posted=posted,
        visible=_last(turn, "post:done"),
        changes=tuple(_changes(attempts, posted, body["parts"])),
        people=tuple(one for one in entries if _is_by_people(one, entry)),
        calls=calls,
        spent=_spent(turn, [one.leaf["body"] for one in calls]),
        parts=body["parts"],
        other=what_if(body["decision"]),
    )


def _considered(decision: Body) -> Iterable[Considered]:
    """All that were considered, the likeliest first; the chosen one is among them."""
    chosen = decision["specialist"]
    others = [
        Considered(
            one["specialist"],
            one["confidence_bp"],
            one["score_bp"],
            one["threshold_bp"],
            one["why_not"],
            one["specialist"] == chosen,
        )
        for one in decision["alternatives"]
    ]
    if chosen and not any(one.chosen for one in others):
        sure = decision["confidence_bp"]
        others.append(Considered(chosen, sure, sure, decision["threshold_bp"], "", True))
    return sorted(others, key=lambda one: (not one.chosen, -one.confidence_bp))


def _in_force(
    decision: Body, part: Sequence[EntryView], turn: Sequence[EntryView]
) -> Iterable[InForce]:
    model = decision["model"] or "rules"
    if decision["model_digest"]:
        yield InForce("what decided", model, decision["model_digest"])
    if decision["examples_digest"]:
        yield InForce("known examples", "of all specialists", decision["examples_digest"])
    seen = set()
    for one in turn:
        body = one.leaf["body"]
        if one.row.kind == "model:called" and body["prompt_digest"] not in seen:
            seen.add(body["prompt_digest"])
            yield InForce("prompt", body["prompt"], body["prompt_digest"])
    for one in part:
        plugin = one.leaf["body"].get("plugin")
        if plugin and plugin["digest"] not in seen:
            seen.add(plugin["digest"])
            name = f"{plugin['distribution']} {plugin['version']}"
            yield InForce("plugin", name, plugin["digest"], plugin["specialist"])


def _attempts(part: Sequence[EntryView]) -> tuple[Attempt, ...]:
    """Drafts in their order, each with the verdict that followed it."""
    found: list[Attempt] = []
    for one in part:
        if one.row.kind == "answer:drafted":
            found.append(Attempt(one, None, len(found) + 1))
        elif one.row.kind in ("reply:approved", "reply:rejected"):
            if found and found[-1].judged is None:
                found[-1] = Attempt(found[-1].drafted, one, found[-1].number)
            else:
                found.append(Attempt(None, one, len(found) + 1))
    return tuple(found)


def _changes(attempts: Sequence[Attempt], posted: EntryView | None, parts: int) -> Iterable[Piece]:
    """Draft against post, where the post is one draft and not several put together."""
    drafts = [one.drafted for one in attempts if one.drafted is not None]
    if posted is None or not drafts or parts > 1:
        return ()
    before, after = drafts[-1].texts.get("draft", ""), posted.texts.get("post", "")
    return word_diff(before, after) if before and after else ()


def _is_by_people(one: EntryView, entry: EntryView) -> bool:
    same = one.row.message in (entry.row.message, None)
    again = one.leaf["body"].get("again") == entry.row.message
    return one.row.kind in _PEOPLE and (same or again)


def _spent(turn: Sequence[EntryView], calls: Sequence[Body]) -> Spent:
    cached = ("input_tokens", "cache_read_tokens", "cache_write_tokens")
    first, last = turn[0].row.recorded, turn[-1].row.recorded
    return Spent(
        calls=len(calls),
        tokens_in=sum(call[name] for call in calls for name in cached),
        tokens_out=sum(call["output_tokens"] for call in calls),
        cost_microusd=sum(call["cost_microusd"] for call in calls),
        model_us=sum(call["latency_us"] for call in calls),
        whole_us=int((last - first).total_seconds() * 1_000_000),
    )


def _last(entries: Sequence[EntryView], kind: str) -> EntryView | None:
    found = [one for one in entries if one.row.kind == kind]
    return found[-1] if found else None
