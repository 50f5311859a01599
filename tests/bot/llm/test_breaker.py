from __future__ import annotations

from bot.llm.breaker import Breaker


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def broken(after: int = 3) -> tuple[Breaker, Time]:
    time = Time()
    breaker = Breaker(after, 30.0, time)
    for _ in range(after):
        breaker.failed()
    return breaker, time


def test_outages_in_a_row_pause_the_model() -> None:
    breaker, time = broken()
    assert not breaker.admits()
    time.now += 29.9
    assert not breaker.admits()


def test_an_answer_in_between_starts_the_count_again() -> None:
    breaker = Breaker(2, 30.0, Time())
    breaker.failed()
    breaker.worked()
    breaker.failed()
    assert breaker.admits()


def test_after_the_pause_one_call_tries() -> None:
    breaker, time = broken()
    time.now += 30.0
    assert breaker.admits()
    assert not breaker.admits()


def test_a_probe_that_works_ends_the_pause_and_one_that_fails_does_not() -> None:
    breaker, time = broken()
    time.now += 30.0
    assert breaker.admits()
    breaker.failed()
    assert not breaker.admits()
    time.now += 30.0
    assert breaker.admits()
    breaker.worked()
    assert breaker.admits()
    assert breaker.admits()
