"""Citations must be real: quoted word for word from a passage that the desk retrieved."""

from __future__ import annotations

from collections.abc import Iterator

from frontdesk import Citation, Passage
from router.records import CheckResult, Objection
from router.validate.check import result
from router.validate.draft import Draft


class Citations:
    """Every citation is real, and a reply has at least one.

    White space may differ between a quote and its passage, nothing else.
    """

    id = "citations"
    version = 1

    def check(self, draft: Draft) -> CheckResult:
        """Object to each citation that cannot be proven."""
        return result(self, self._objections(draft))

    def _objections(self, draft: Draft) -> Iterator[Objection]:
        if draft.kind == "reply" and not draft.citations:
            yield Objection(
                "citation.none", "The reply cites nothing. Cite the passages that it stands on."
            )
        if draft.kind == "notice":
            return  # its parts were proven with their passages, which are not at hand any more
        passages = {passage.id: passage for passage in draft.passages}
        for number, citation in enumerate(draft.citations, start=1):
            if fault := _fault(citation, passages.get(citation.passage)):
                code, message = fault
                yield Objection(f"citation.{code}", f"Citation {number} {message}")


def _fault(citation: Citation, passage: Passage | None) -> tuple[str, str] | None:
    if passage is None:
        return "unknown", "names a passage that was not retrieved. Cite only retrieved passages."
    if citation.source != passage.source:
        return "source", "gives another source than its passage. Take it from the passage."
    quote = _spaced(citation.quote)
    if not quote or quote not in _spaced(passage.text):
        return "quote", "does not stand word for word in its passage. Quote it exactly."
    return None


def _spaced(text: str) -> str:
    return " ".join(text.split())
