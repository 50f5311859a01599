"""Rate limits are kept before Slack has to insist."""

import asyncio

from bot.slack.limits import MOST_BUCKETS, Buckets, Rate

QUICK = Rate(per_second=50, burst=2)


async def test_burst_passes_and_the_rest_waits_in_order() -> None:
    buckets, order = Buckets(), []

    async def one(number: int) -> None:
        await buckets.take(QUICK, "T1", "C1")
        order.append((number, asyncio.get_running_loop().time()))

    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(one(number) for number in range(5)))
    assert [number for number, _ in order] == [0, 1, 2, 3, 4]
    assert order[1][1] - began < 0.015
    assert order[-1][1] - began > 0.045


async def test_closed_line_waits_for_all_of_it() -> None:
    buckets = Buckets()
    buckets.close(0.1, QUICK, "T1", "C1")
    began = asyncio.get_running_loop().time()
    await buckets.take(QUICK, "T1", "C2")
    assert asyncio.get_running_loop().time() - began < 0.05
    await buckets.take(QUICK, "T1", "C1")
    assert asyncio.get_running_loop().time() - began >= 0.09


def test_what_is_better_left_out_is_left_out() -> None:
    now = 0.0
    buckets = Buckets(lambda: now)
    assert [buckets.try_take(QUICK, "T1") for _ in range(3)] == [True, True, False]
    now = 0.021
    assert buckets.try_take(QUICK, "T1")


def test_buckets_are_bounded() -> None:
    buckets = Buckets()
    for number in range(MOST_BUCKETS + 100):
        buckets.try_take(QUICK, str(number))
    assert len(buckets._buckets) == MOST_BUCKETS
