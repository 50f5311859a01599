"""The sample: the same for everybody, without repeats, and no entry is preferred."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from storage.reviews import sampling

ids = st.lists(st.uuids().map(str), unique=True, max_size=80)


@given(st.binary(min_size=32, max_size=32), ids, st.integers(1, 100))
def test_sample_is_deterministic_and_without_repeats(
    seed: bytes, population: list[str], wanted: int
) -> None:
    drawn = sampling.draw(seed, population, wanted)

    assert drawn == sampling.draw(seed, reversed(population), wanted)
    assert len(set(drawn)) == len(drawn) == min(wanted, len(population))
    assert set(drawn) <= set(population)


@given(st.binary(min_size=32, max_size=32), ids, st.integers(1, 50))
def test_a_larger_sample_begins_with_the_smaller_one(
    seed: bytes, population: list[str], wanted: int
) -> None:
    assert sampling.draw(seed, population, wanted) == sampling.draw(seed, population, 100)[:wanted]


def test_every_entry_is_drawn_equally_often() -> None:
    """Chi-square over 4,000 seeds: beyond 121 with 49 degrees once in ten million by chance."""
    population = [f"entry-{number}" for number in range(50)]
    times = dict.fromkeys(population, 0)
    for number in range(4_000):
        for entry in sampling.draw(sampling.seed(bytes(32), f"R-{number}"), population, 5):
            times[entry] += 1
    expected = 4_000 * 5 / 50

    assert sum((count - expected) ** 2 / expected for count in times.values()) < 121


def test_places_in_the_sample_are_as_even_as_the_sample() -> None:
    """The first place alone, chi-square as above."""
    population = [f"entry-{number}" for number in range(50)]
    times = dict.fromkeys(population, 0)
    for number in range(5_000):
        (first,) = sampling.draw(sampling.seed(b"\1" * 32, f"R-{number}"), population, 1)
        times[first] += 1

    assert sum((count - 100) ** 2 / 100 for count in times.values()) < 121


def test_anybody_can_draw_it_again_with_what_the_guide_says() -> None:
    root, case, population = b"\7" * 32, "R-0K3M9X7Q2ABC", ["b", "a", "c"]
    seed = hashlib.sha256(root + case.encode()).digest()
    by_hand = sorted(population, key=lambda one: hashlib.sha256(seed + one.encode()).digest())

    assert sampling.draw(sampling.seed(root, case), population, 2) == by_hand[:2]


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), ids)
def test_one_in_ten_gets_a_second_reviewer(seed: bytes, lot: bytes, sample: list[str]) -> None:
    again = sampling.seconds(seed, lot, sample)

    assert len(again) == -(-len(sample) // 10)
    assert again <= set(sample)
