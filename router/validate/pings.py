"""Nothing that the desk says may call people: no channel, group or user mentions."""

from __future__ import annotations

import html
import re

from router.records import CheckResult, Objection
from router.validate.check import result
from router.validate.draft import Draft
from router.validate.hidden import folded
from router.validate.sentences import line_at

_BROADCAST = re.compile(r"<!\s*[a-z]|(?<![a-z0-9])@(?:channel|here|everyone)(?![a-z0-9-])")
_MENTION = re.compile(r"<[@#]\s*[a-z0-9]")
_HANDLE = re.compile(r"(?<![\w.+/-])@[a-z][\w.-]*")


class Pings:
    """No mention of a channel, a group or a person, however it is written.

    A plain @name may stand where a cited source has it, as in the name of a package.
    """

    id = "pings"
    version = 1

    def check(self, draft: Draft) -> CheckResult:
        """Object to each mention."""
        text = unescaped(draft.text)
        sources = unescaped(draft.sources)
        found = [("ping.broadcast", match.start()) for match in _BROADCAST.finditer(text)]
        found += [("ping.mention", match.start()) for match in _MENTION.finditer(text)]
        found += [
            ("ping.handle", match.start())
            for match in _HANDLE.finditer(text)
            if match.group() not in sources
        ]
        return result(
            self,
            (
                Objection(
                    code,
                    f"Line {line_at(text, at)} mentions people or channels. Say it"
                    " without the @ or the markup.",
                )
                for code, at in found
            ),
        )


def unescaped(text: str) -> str:
    """The text as the last program in the row might read it, for comparing."""
    return folded(html.unescape(folded(text)))
