"""Whether what was posted is what was approved, word for word, where the texts can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from router.facts import AnswerDrafted, PostIntended, ReplyApproved
from router.human_facts import DraftApproved
from router.records import OutcomeKind

READ = {AnswerDrafted.kind: "draft", DraftApproved.kind: "draft", PostIntended.kind: "post"}
"""Which text of which kind of entry is compared."""

KINDS = frozenset({*READ, ReplyApproved.kind})
"""The kinds of entries that say something about words."""


@dataclass(slots=True)
class Words:
    """The drafts of one turn, and which of them may go out."""

    _drafts: dict[tuple[int, int], str | None] = field(default_factory=dict)
    _approved: list[tuple[int, int]] = field(default_factory=list)
    _edited: list[str | None] = field(default_factory=list)

    def objections(self, kind: str, body: Mapping[str, Any], text: str | None) -> Iterator[str]:
        """What is wrong with the words of this entry; `text` is None where nobody can read it."""
        if kind == AnswerDrafted.kind:
            self._drafts[body["part"], body["attempt"]] = text
        elif kind == ReplyApproved.kind:
            self._approved.append((body["part"], body["attempt"]))
        elif kind == DraftApproved.kind and body["edited"]:
            self._edited.append(text)
        elif (
            body.get("outcome") == OutcomeKind.REPLIED
            and text is not None
            and not self._may_say(text)
        ):
            yield "a reply was about to be posted that is not the one that was approved"

    def _may_say(self, post: str) -> bool:
        """Several parts are one post, so it has an approved text in it, and maybe more."""
        said = [self._drafts.get(which) for which in self._approved]
        known = [one for one in (*said, *self._edited) if one is not None]
        return len(known) < len(said) + len(self._edited) or any(one in post for one in known)
