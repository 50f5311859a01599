"""Slack's rate limits, kept before Slack has to insist on them.

A bucket for each key (a method in a workspace, a channel in a workspace) fills steadily; who finds
it empty waits in line, so what is posted to one channel keeps its order. When Slack still says to
wait, everybody in that line waits.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_BUCKETS = 4_096


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls a second in the long run, and so many at once."""

    per_second: float
    burst: int


POSTS = Rate(1.0, 4)
"""To one channel: about one a second, with short bursts."""

TIERS = {2: Rate(20 / 60, 8), 3: Rate(50 / 60, 20), 4: Rate(100 / 60, 40)}
"""Of one method in one workspace, by Slack's tiers."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    closed_until: float = 0.0


class Buckets:
    """All buckets, by key; those that nobody used for longest are forgotten when there are many."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: OrderedDict[tuple[str, ...], _Bucket] = OrderedDict()

    async def take(self, rate: Rate, *key: str) -> None:
        """Wait for one's turn."""
        bucket = self._bucket(rate, key)
        async with bucket.lock:
            while (pause := self._pause(bucket, rate)) > 0:  # noqa: ASYNC110 - it may be prolonged
                await asyncio.sleep(pause)
            bucket.tokens -= 1

    def try_take(self, rate: Rate, *key: str) -> bool:
        """Take one's turn if it is now; for what is better left out than late."""
        bucket = self._bucket(rate, key)
        if bucket.lock.locked() or self._pause(bucket, rate) > 0:
            return False
        bucket.tokens -= 1
        return True

    def close(self, seconds: float, rate: Rate, *key: str) -> None:
        """Let nobody through for `seconds`, as Slack demands."""
        bucket = self._bucket(rate, key)
        bucket.closed_until = max(bucket.closed_until, self._clock() + seconds)

    def _bucket(self, rate: Rate, key: tuple[str, ...]) -> _Bucket:
        bucket = self._buckets.setdefault(key, _Bucket(rate.burst, self._clock()))
        self._buckets.move_to_end(key)
        if len(self._buckets) > MOST_BUCKETS:
            oldest = next(iter(self._buckets))
            if not self._buckets[oldest].lock.locked():
                del self._buckets[oldest]
        return bucket

    def _pause(self, bucket: _Bucket, rate: Rate) -> float:
        """Fill up; the seconds until there is something to take."""
        now = self._clock()
        bucket.tokens = min(rate.burst, bucket.tokens + (now - bucket.filled) * rate.per_second)
        bucket.filled = now
        missing = max(0.0, (1 - bucket.tokens) / rate.per_second)
        return max(missing, bucket.closed_until - now)
