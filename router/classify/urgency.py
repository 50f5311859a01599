"""How urgent a message sounds, by rules: used where no language model says it.

Only plain signs count: that work has stopped, data or money is being lost, or security is at risk;
that many people are hit; that somebody has a deadline; or that they say themselves there is no
hurry. Impatience alone ("ASAP!!!") makes nothing urgent, only high.
"""

from __future__ import annotations

import re

_NO_HURRY = re.compile(
    r"\b(?:no (?:rush|hurry)|not urgent|isn't urgent|whenever you (?:can|have time)|low priority"
    r"|just (?:curious|wondering)|out of curiosity|when you get a chance)\b"
)
_URGENT = re.compile(
    r"\b(?:(?:we|site|system|service|app|everything|production|prod)(?: is| are|'re|'s)? "
    r"(?:completely |totally |all )?down|outage"
    r"|(?:nobody|no one|none of us|everyone|everybody|whole (?:team|company))"
    r"(?: \w+){0,2} (?:can(?:not|'t|t)?|is unable to|locked out|blocked)"
    r"|(?:lost|losing|deleted|missing) (?:all )?(?:of )?(?:our |my |the )?(?:data|files|documents)"
    r"|data (?:loss|breach|leak)|losing (?:money|customers|sales)"
    r"|(?:hacked|phish(?:ed|ing)|ransomware|compromised|security (?:breach|incident)|stolen)"
    r"|work has stopped|cannot work at all|can't work at all)\b"
)
_HIGH = re.compile(
    r"\b(?:urgent(?:ly)?|asap|a\.s\.a\.p|immediately|right now|emergency|critical|top priority"
    r"|(?:deadline|due|presentation|demo|launch|audit)(?: is)? (?:today|tomorrow|in an hour)"
    r"|by (?:today|tonight|end of day|eod)|locked out|blocked|charged (?:twice|three times))\b"
)


def urgency_of(text: str) -> str:
    """`low`, `normal`, `high` or `urgent`."""
    said = text.lower().replace("\u2019", "'")
    if _NO_HURRY.search(said):
        return "low"
    if _URGENT.search(said):
        return "urgent"
    return "high" if _HIGH.search(said) else "normal"
