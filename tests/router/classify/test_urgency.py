"""How urgent a message sounds is told by plain signs."""

import pytest

from router.classify.urgency import urgency_of


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("Where do I find my invoices?", "normal"),
        ("Our whole team is locked out since this morning", "urgent"),
        ("The site is completely down!", "urgent"),
        ("I think my account was hacked", "urgent"),
        ("All our files: we are losing data, losing data!", "urgent"),
        ("I need this ASAP!!!", "high"),
        ("My presentation is tomorrow and the export hangs", "high"),
        ("No rush, but can I change the colours?", "low"),
        ("It is not urgent: how do I invite a guest?", "low"),
        ("How do I write the word urgentissimo?", "normal"),
    ],
)
def test_urgency_is_told_by_plain_signs(text: str, urgency: str) -> None:
    assert urgency_of(text) == urgency
