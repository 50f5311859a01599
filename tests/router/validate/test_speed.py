"""No text can make a check slow: patterns run under one lock with everything else."""

from __future__ import annotations

import time

import pytest

from frontdesk import Citation, Passage
from router.validate import default_checks, suspicion
from tests.router.validate.drafts import draft

CHECKS = default_checks()
PIECES = ["a", "a.", "[a](", "[", "1 ", "1.", "_", "A1b2", "//", "\n", "xox", "your a b c d "]
LONGEST = 12_000


@pytest.mark.parametrize("piece", PIECES)
def test_repetition_makes_no_check_slow(piece):
    text = (piece * LONGEST)[:LONGEST]
    passage = Passage("p", "t", "https://help.quillon.example/t", text)
    given = draft(text, citations=(Citation.of(passage),), passages=(passage,), question=text)
    for judge in (*(check.check for check in CHECKS), lambda d: suspicion(d.text)):
        started = time.process_time()
        judge(given)
        assert time.process_time() - started < 1.5, judge
