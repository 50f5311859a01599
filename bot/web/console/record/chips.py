"""The colours and words in which outcomes are shown."""

from __future__ import annotations

TONES_OF_OUTCOMES = {
    "go": "good",
    "approve": "good",
    "replied": "good",
    "ask": "info",
    "asked": "info",
    "human": "warn",
    "escalated": "warn",
    "held": "warn",
    "revise": "bad",
    "escalate": "bad",
}

NAMES_OF_OUTCOMES = {
    "go": "answered",
    "ask": "asked back",
    "human": "to a person",
    "approve": "let out",
    "revise": "held back",
    "escalate": "to a person",
}
"""Outcomes of decisions and verdicts, as people call them."""
