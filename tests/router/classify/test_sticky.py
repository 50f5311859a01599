from __future__ import annotations

import pytest

from router.classify.settings import RoutingSettings
from router.classify.sticky import stays
from router.considered import Alternative
from router.records import Band, DecidedBy, Decision


def alone(**confidence_bp: int) -> Decision:
    """What a follow-up would get if it began a thread of its own."""
    found = sorted(confidence_bp.items(), key=lambda pair: -pair[1])
    others = tuple(Alternative(name, 0, confidence, 7000) for name, confidence in found)
    return Decision(Band.HUMAN, None, 0, DecidedBy.EMBEDDED, "", alternatives=others)


@pytest.mark.parametrize(
    ("text", "decision", "is_kept"),
    [
        ("yes please", alone(technical=9900, billing=0), True),
        ("What is a good recipe?", alone(technical=480, billing=10), False),
        ("and how do I bake bread?", alone(technical=480, billing=10), True),
        ("does that recipe work", alone(technical=480, billing=10), True),
        ("I use a Mac at home", alone(technical=1600, billing=990), True),
        ("the app crashes when it starts", alone(technical=9900, billing=10), False),
        ("the app crashes when it starts", alone(technical=6000, billing=3000), True),
        ("where is my invoice for May", alone(billing=9900, technical=0), True),
    ],
)
def test_a_thread_is_left_for_somebody_clear_or_for_nobody(
    text: str, decision: Decision, is_kept: bool
) -> None:
    assert stays("billing", text, decision, RoutingSettings()) is is_kept
