"""Why an act of a reviewer is not possible, in words that help."""

from __future__ import annotations

_WORDS = {
    "no_such_case": "There is no such case.",
    "no_such_item": "The case has no such item.",
    "no_such_entry": "There is no such entry.",
    "no_such_finding": "There is no such finding.",
    "wrong_number": "A case has at least one item and at most 2,000.",
    "judged": "All opinions on this item are there already.",
    "second_must_be_another": "You gave the first opinion: somebody else gives the second.",
    "signed": "The case is signed off; nothing of it changes any more.",
    "not_all_judged": "Not everything is judged yet: see what is still open in the case.",
    "no_statement": "Say something: a few words at least.",
    "closed": "The finding is closed already.",
    "owner_cannot_close": "Its owner cannot close a finding: somebody else looks whether it is "
    "put right.",
}


def told(why: str) -> str:
    """A sentence for people."""
    return _WORDS.get(why, f"This is not possible: {why.replace('_', ' ')}.")
