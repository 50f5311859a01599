"""What keeps failing is tried less and less often, and never given up."""

from bot.slack.patience import LONGEST, Patience


def test_pauses_double_up_to_the_longest_and_end_with_success() -> None:
    now = [0.0]
    patience = Patience(lambda: now[0])
    pauses = []
    for _ in range(12):
        patience.failed("a")
        began = now[0]
        while not patience.ready("a"):
            now[0] += 0.5
        pauses.append(now[0] - began)
    assert pauses[:4] == [1.0, 2.0, 4.0, 8.0]
    assert pauses[-1] == LONGEST
    patience.failed("a")
    patience.done("a")
    assert patience.ready("a")


def test_one_things_failure_does_not_hold_up_another() -> None:
    patience = Patience(lambda: 0.0)
    patience.failed("a")
    assert not patience.ready("a")
    assert patience.ready("b")
