"""A specialist that fails again and again is left alone, tried again, and in the end put away."""

from router.answer.breaker import Breaker, BreakerLimits, Pass, Turned


class Bench:
    """A breaker and its clock."""

    def __init__(self) -> None:
        self.now = 100.0
        limits = BreakerLimits(faults=3, seconds=10, rests=2)
        self.breaker = Breaker(limits, lambda: self.now)

    def ask(self, well: bool | None) -> Turned:
        return self.breaker.ended(self.breaker.admit(), well)

    def faults(self, number: int) -> list[Turned]:
        return [self.ask(False) for _ in range(number)]


def test_faults_in_a_row_make_it_rest() -> None:
    bench = Bench()
    assert bench.faults(3) == [Turned.NOT, Turned.NOT, Turned.RESTED]
    assert "rests for 10 more seconds" in bench.breaker.admit().refusal


def test_a_good_answer_forgets_the_faults_before() -> None:
    bench = Bench()
    bench.faults(2)
    assert bench.ask(True) is Turned.NOT
    assert bench.faults(2) == [Turned.NOT, Turned.NOT]


def test_what_is_nobodys_fault_does_not_count() -> None:
    bench = Bench()
    bench.faults(2)
    assert bench.ask(None) is Turned.NOT
    assert bench.ask(False) is Turned.RESTED


def test_after_its_rest_one_trial_decides() -> None:
    bench = Bench()
    bench.faults(3)
    bench.now += 10
    trial = bench.breaker.admit()
    assert trial == Pass(is_trial=True)
    assert "being tried again" in bench.breaker.admit().refusal
    assert bench.breaker.ended(trial, True) is Turned.RESTORED
    assert bench.breaker.admit() == Pass()
    assert bench.faults(2) == [Turned.NOT, Turned.NOT]


def test_a_trial_that_was_cut_off_lets_another_one_in() -> None:
    bench = Bench()
    bench.faults(3)
    bench.now += 10
    assert bench.ask(None) is Turned.NOT
    assert bench.breaker.admit().is_trial


def test_failing_after_every_rest_ends_in_quarantine() -> None:
    bench = Bench()
    bench.faults(3)
    bench.now += 10
    assert bench.ask(False) is Turned.QUARANTINED
    bench.now += 1_000_000
    assert "quarantine" in bench.breaker.admit().refusal
    assert bench.breaker.is_quarantined


def test_answers_that_began_before_the_rest_count_for_nothing() -> None:
    bench = Bench()
    early = [bench.breaker.admit() for _ in range(8)]
    turned = [bench.breaker.ended(one, False) for one in early]
    assert turned == [Turned.NOT, Turned.NOT, Turned.RESTED, *[Turned.NOT] * 5]
    assert not bench.breaker.is_quarantined
