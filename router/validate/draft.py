"""A draft: what somebody wants the desk to say, with all that is needed to judge it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from frontdesk import Citation, Passage, Policy

MAX_CHARACTERS = 3_500
"""What a reader of a thread takes in, and well below what Slack cuts."""

Kind = Literal["reply", "question", "notice"]


@dataclass(frozen=True, slots=True)
class Draft:
    """Something that would be said if the validator lets it.

    `kind` is a specialist's "reply" or "question", or a "notice" of the desk itself. `question` is
    the matter it answers and `requester_texts` all that the requester wrote: their own data may be
    repeated to them. `passages` are the ones the desk really retrieved, which proves citations.
    `handed_off`: a hand-off is on record, so the draft may say so. `allowed_hosts` may be linked
    to beside the hosts of cited sources; `max_chars` is the longest `text` that may go out.
    `ticket` and `message` are what it belongs to on record.
    """

    kind: Kind
    text: str
    citations: tuple[Citation, ...] = ()
    specialist: str = ""
    policies: tuple[Policy, ...] = ()
    question: str = ""
    requester_texts: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    handed_off: bool = False
    allowed_hosts: frozenset[str] = frozenset()
    max_chars: int = MAX_CHARACTERS
    ticket: str = ""
    message: str | None = None

    @classmethod
    def notice(
        cls,
        text: str,
        question: str = "",
        *,
        citations: Sequence[Citation] = (),
        passages: Sequence[Passage] = (),
        handed_off: bool = False,
        max_chars: int = MAX_CHARACTERS,
    ) -> Draft:
        """Something the desk says by itself.

        Where it holds parts that were judged before, pass their citations: what these cover, their
        links and addresses, may stand in the whole as well.
        """
        return cls(
            kind="notice",
            text=text,
            citations=tuple(citations),
            question=question,
            requester_texts=(question,),
            passages=tuple(passages),
            handed_off=handed_off,
            max_chars=max_chars,
        )

    @property
    def sources(self) -> str:
        """All that the citations show: quotes, titles and addresses."""
        return "\n".join(part for c in self.citations for part in (c.quote, c.title, c.source))

    @property
    def known(self) -> str:
        """All that the requester has seen already or may see: own words and cited text."""
        return "\n".join((self.question, *self.requester_texts, self.sources))
