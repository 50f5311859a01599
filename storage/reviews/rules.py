"""The rules of the review queue: what makes a decision worth a person's look.

Each rule looks at one leaf and names the message whose decision it concerns. A decision that no
rule is about still gets a look now and then: one in fifty, chosen by the hash of its own leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from router.facts import (
    AnswerDrafted,
    ModelCalled,
    NoticeRejected,
    ReplyRejected,
    RouteDecided,
    SpecialistFailed,
    TicketEscalated,
)
from router.human_facts import DraftApproved, FeedbackGiven, HumanTookOver, TicketRerouted, Vote
from router.records import DecidedBy

Leaf = Mapping[str, Any]

LOW_MARGIN_BP = 1_500
"""Basis points to the runner-up: nearer than that it might as well have been the other one."""

SAMPLED_ONE_IN = 50

NEW_FOR = 20
"""Decisions: so many of a new model, prompt or plugin are looked at."""

_BY_SCORES = {DecidedBy.EMBEDDED, DecidedBy.AGENT}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the queue. `title` and `why` are for the reviewer."""

    name: str
    title: str
    why: str


RULES = (
    Rule("low_margin", "Close call", "The runner-up was almost as likely as the one chosen."),
    Rule("fallback", "Fall-back", "A model or a specialist failed, and something simpler decided."),
    Rule("override", "Human override", "Staff rerouted it, took it over or changed the draft."),
    Rule("rejected", "Draft rejected", "The validator would not let a draft out."),
    Rule("new_version", "New version", "Among the first with a new model, prompt or plugin."),
    Rule("complaint", "Unhelpful", "Somebody said that the answer did not help."),
    Rule("escalated", "Escalated", "It went to a human."),
    Rule("sample", "Random sample", "One in fifty, by the hash of the entry: nobody chose it."),
)
"""All rules, in the order in which the queue shows them."""


def _low_margin(leaf: Leaf) -> bool:
    decision = leaf["body"]["decision"]
    chosen = decision["specialist"] is not None and decision["decided_by"] in _BY_SCORES
    return chosen and len(decision["alternatives"]) > 1 and decision["margin_bp"] < LOW_MARGIN_BP


def _fell_back(leaf: Leaf) -> bool:
    return any(rule.startswith("router_agent:") for rule in leaf["body"]["decision"]["rules"])


def _model_failed(leaf: Leaf) -> bool:
    return bool(leaf["body"]["fault"])


def _always(leaf: Leaf) -> bool:
    return True


def _by_staff(leaf: Leaf) -> bool:
    return bool(leaf["body"].get("role", "staff") == "staff")


def _edited(leaf: Leaf) -> bool:
    return bool(leaf["body"]["edited"])


def _unhelpful(leaf: Leaf) -> bool:
    return bool(leaf["body"]["vote"] == Vote.UNHELPFUL)


_RULES: dict[str, tuple[tuple[str, Callable[[Leaf], bool]], ...]] = {
    RouteDecided.kind: (("low_margin", _low_margin), ("fallback", _fell_back)),
    ModelCalled.kind: (("fallback", _model_failed),),
    SpecialistFailed.kind: (("fallback", _always),),
    TicketRerouted.kind: (("override", _by_staff),),
    HumanTookOver.kind: (("override", _always),),
    DraftApproved.kind: (("override", _edited),),
    ReplyRejected.kind: (("rejected", _always),),
    NoticeRejected.kind: (("rejected", _always),),
    FeedbackGiven.kind: (("complaint", _unhelpful),),
    TicketEscalated.kind: (("escalated", _always),),
}


def flags(leaf: Leaf, leaf_hash: bytes) -> Iterator[str]:
    """The rules that hold for a leaf; `versions` are looked at elsewhere."""
    for rule, holds in _RULES.get(leaf["type"], ()):
        if holds(leaf):
            yield rule
    drawn = int.from_bytes(leaf_hash[:8], "big") % SAMPLED_ONE_IN == 0
    if drawn and leaf["type"] == RouteDecided.kind:
        yield "sample"


def concerned(leaf: Leaf) -> str | None:
    """The message whose decision a leaf is about: a reroute is about the one before it."""
    if leaf["type"] == TicketRerouted.kind:
        return str(leaf["body"]["again"])
    message = leaf["message"]
    return None if message is None else str(message)


def versions(leaf: Leaf) -> Iterator[tuple[str, str]]:
    """What a leaf was made with, each as what it is and which version of it."""
    body = leaf["body"]
    if leaf["type"] == ModelCalled.kind and body["returned"]:
        yield "model", body["returned"]
        yield "prompt", body["prompt_digest"]
    elif leaf["type"] == AnswerDrafted.kind:
        yield "plugin", f"{body['plugin']['specialist']}:{body['plugin']['digest']}"
    elif leaf["type"] == RouteDecided.kind and body["decision"]["model_digest"]:
        yield "router", body["decision"]["model_digest"]
