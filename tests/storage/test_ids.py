from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

from storage.ids import Names, first_uuid7, made_at, typed

NOW = 1_800_000_000_123_456


def test_short_names_can_be_typed_and_sort_by_time() -> None:
    names = Names()
    made = [names.short("T", NOW + step * 1000) for step in range(100)]
    assert all(re.fullmatch("T-[0-9A-HJKMNP-TV-Z]{12}", name) for name in made)
    assert made == sorted(made)


def test_names_grow_also_when_the_clock_stands_or_steps_back() -> None:
    names = Names()
    moments = [NOW, NOW, NOW - 5_000_000, NOW]
    short = [names.short("T", moment) for moment in moments]
    long = [names.uuid7(moment) for moment in moments]
    assert short == sorted(set(short))
    assert long == sorted(set(long))


def test_long_names_are_uuids_of_version_7_with_their_time() -> None:
    made = uuid.UUID(Names().uuid7(NOW))
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == NOW // 1000


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert typed(" t-okil31 ") == "T-0K1131"


def test_long_names_follow_a_clock_that_stepped_far_back() -> None:
    names = Names()
    names.uuid7(NOW + 3_600_000_000)
    made = uuid.UUID(names.uuid7(NOW))
    assert made.int >> 80 == NOW // 1000


def test_when_something_was_named_can_be_read_from_its_name() -> None:
    made = [made_at(Names().short("M", NOW)), made_at(Names().uuid7(NOW))]
    assert made == [datetime.fromtimestamp(NOW // 1000 / 1000, UTC)] * 2
    assert [made_at(one) for one in ("late:1", "M-1", "T-ABCDEFGHIJKL", "", "0" * 36)] == [None] * 5


def test_no_later_long_name_is_below_the_first_of_a_time() -> None:
    names = Names()
    first = first_uuid7(NOW)
    assert names.uuid7(NOW - 1000) < first <= names.uuid7(NOW)
