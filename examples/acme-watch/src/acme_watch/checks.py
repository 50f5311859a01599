"""One more check of every draft: no reply names a competitor."""

from __future__ import annotations

import re
from collections.abc import Sequence

from frontdesk import DraftReply, Finding

RIVALS = re.compile(r"\b(?:initech|globex|hooli)\b", re.IGNORECASE)


class RivalsCheck:
    """Says no to a draft that names a competitor the requester did not name first."""

    name = "acme-rivals"
    version = 1

    def check(self, draft: DraftReply) -> Sequence[Finding]:
        """What is wrong with the draft."""
        asked = {name.lower() for name in RIVALS.findall(draft.question)}
        named = {name.lower() for name in RIVALS.findall(draft.text)} - asked
        return [Finding("rival", f"Do not name {name.capitalize()}.") for name in sorted(named)]
