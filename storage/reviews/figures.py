"""What is counted of a leaf for the charts, by day and specialist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from router.facts import (
    ModelCalled,
    NoticeRejected,
    PostDone,
    ReplyApproved,
    ReplyRejected,
    RouteDecided,
    TicketEscalated,
)
from storage.facts import MessageReceived
from storage.reviews.rules import flags

DAY_US = 86_400_000_000
_BUCKET = "latency:"
_KINDS = {
    MessageReceived.kind: "messages",
    ReplyApproved.kind: "approvals",
    ReplyRejected.kind: "rejections",
    NoticeRejected.kind: "rejections",
    TicketEscalated.kind: "escalations",
}


def measures(
    leaf: Mapping[str, Any], leaf_hash: bytes, received_us: int | None
) -> Iterator[tuple[str, int]]:
    """What one leaf adds, each as measure and amount.

    `received_us` is when its message arrived; a post adds how long the person waited for it.
    """
    kind, body = leaf["type"], leaf["body"]
    if kind in _KINDS:
        yield _KINDS[kind], 1
    elif kind == RouteDecided.kind:
        yield "decisions", 1
        yield "confidence", body["decision"]["confidence_bp"]
    elif kind == ModelCalled.kind:
        yield "cost", body["cost_microusd"]
        yield "model_latency", body["latency_us"]
    elif kind == PostDone.kind and received_us is not None:
        waited = max(0, leaf["rec"] - received_us)
        yield "latency", waited
        yield f"{_BUCKET}{bucket(waited):03d}", 1
    if "override" in flags(leaf, leaf_hash):
        yield "overrides", 1


def bucket(microseconds: int) -> int:
    """The bucket of a time: eight to each doubling, from a millisecond on."""
    milliseconds = max(-(-microseconds // 1000), 1)
    doublings = milliseconds.bit_length() - 1
    return doublings * 8 + (milliseconds * 8 >> doublings) - 8


def bucket_us(number: int) -> int:
    """Where a bucket ends, in microseconds."""
    doublings, eighth = divmod(number, 8)
    return ((9 + eighth) << doublings) * 1000 // 8


def percentile(buckets: Mapping[str, int], share: int) -> int | None:
    """The time that `share` percent of all did not exceed, in microseconds; None without any.

    `buckets` are counts by measure. The time is too long by 12.5 % at most.
    """
    numbered = sorted(
        (int(name.removeprefix(_BUCKET)), count)
        for name, count in buckets.items()
        if name.startswith(_BUCKET)
    )
    wanted = -(-sum(count for _, count in numbered) * share // 100)
    for number, count in numbered:
        wanted -= count
        if wanted <= 0:
            return bucket_us(number)
    return None
