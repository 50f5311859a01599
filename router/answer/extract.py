"""An answer without a model: what the articles say about it, word for word, with its sources.

Nothing is written here, only chosen: the section that answers best, more of its article if that
is nearly as good, and where several things were asked, a quotation for each that is left open.
Where nothing fits well enough a human gets it, with what was nearest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from frontdesk import Citation, Escalation, EscalationReason, Passage, Reply
from router.answer.knowledge.excerpt import Extent, excerpt
from router.answer.knowledge.ranking import Section, Weights, rank
from router.answer.knowledge.terms import Scores
from router.ports import Encoder


@dataclass(frozen=True, slots=True)
class ExtractSettings:
    """When something is quoted, and how much.

    `fits` is the least score of a passage (a chance, 0..1) that is quoted; below `near` a question
    is out of scope, between them the desk is unsure. How well sections answer is compared in
    cosines: the lead of the best section's article is quoted too if it is at most `lead` worse,
    another section of it if at most `beside`, any other section if it answers one of the things
    asked better by `adds`. `quotations` and `characters` are the most of a reply, `extent` says
    how much of a section is quoted.
    """

    fits: float = 0.57
    near: float = 0.1
    lead: float = 0.12
    beside: float = 0.25
    adds: float = 0.1
    quotations: int = 3
    characters: int = 1_200
    extent: Extent = field(default_factory=Extent)
    weights: Weights = field(default_factory=Weights)


DEFAULTS = ExtractSettings()


@dataclass(frozen=True, slots=True)
class _Quotation:
    """A run of pieces out of one section, and how well it answers each thing asked."""

    section: Section
    citation: Citation
    start: int
    end: int
    answers: Scores

    def repeats(self, other: _Quotation) -> bool:
        """It has words of the other one, or says the same."""
        same = self.citation.passage == other.citation.passage
        overlaps = self.start < other.end and other.start < self.end
        return (same and overlaps) or self.citation.quote in other.citation.quote


def extract(
    question: str,
    passages: Sequence[Passage],
    encoder: Encoder,
    settings: ExtractSettings = DEFAULTS,
) -> Reply | Escalation:
    """Answer `question` with quotations from `passages`, which were found for it.

    The reply's text is its quotations, one below the other, and nothing else; each of them is a
    citation and stands word for word in its passage. An escalation's note says what was nearest.
    """
    fitting = [passage for passage in passages if passage.score >= settings.fits]
    ranked = rank(question, fitting, encoder, settings.weights)
    citations = tuple(quotation.citation for quotation in _chosen(ranked, settings))
    if not citations:
        return _nothing(passages, settings)
    return Reply("\n\n".join(citation.quote for citation in citations), citations)


def _nothing(passages: Sequence[Passage], settings: ExtractSettings) -> Escalation:
    if not passages:
        note = "No article says anything about this."
        return Escalation(EscalationReason.OUT_OF_SCOPE, note)
    nearest = max(passages, key=lambda passage: passage.score)
    near = nearest.score >= settings.near
    return Escalation(
        EscalationReason.UNSURE if near else EscalationReason.OUT_OF_SCOPE,
        f'No article fits well enough to be quoted. The nearest is "{nearest.title}" '
        f"({nearest.source}), with a score of {nearest.score:.2f}; {settings.fits:.2f} is needed.",
    )


def _chosen(ranked: Sequence[Section], settings: ExtractSettings) -> list[_Quotation]:
    """The quotations of a reply, in reading order."""
    by_worth = sorted(ranked, key=_worth, reverse=True)
    best_of_each = (_quotation(section, section.worth, settings) for section in by_worth)
    quoted = [quotation for quotation in best_of_each if quotation]
    if not quoted:
        return []
    chosen = quoted[:1]
    for candidate in [*_open(ranked, chosen[0], settings), *_beside(quoted, settings)]:
        if _has_room(candidate, chosen, settings):
            chosen.append(candidate)
    # The lead of the best article says what the rest is about, so it is read first.
    return sorted(chosen, key=lambda quotation: not _leads(quotation, quoted[0]))


def _open(
    ranked: Sequence[Section], first: _Quotation, settings: ExtractSettings
) -> Iterator[_Quotation]:
    """What answers a thing asked clearly better than the first quotation does."""
    for thing, answered in enumerate(first.answers.tolist()):
        section = max(ranked, key=lambda section: float(section.answers[:, thing].max()))
        scores = section.answers[:, thing]
        if float(scores.max()) - answered >= settings.adds:
            added = _quotation(section, scores, settings)
            yield from [added] if added else []


def _beside(quoted: Sequence[_Quotation], settings: ExtractSettings) -> Iterator[_Quotation]:
    """More of the best article, if it is nearly as good: its lead, and its next best section."""
    best = quoted[0]
    others = [other for other in quoted[1:] if other.citation.source == best.citation.source]
    leads = [other for other in others if _leads(other, best)]
    for candidates, falls in ((leads, settings.lead), (others, settings.beside)):
        near = [q for q in candidates[:1] if _worth(best.section) - _worth(q.section) <= falls]
        yield from near


def _leads(quotation: _Quotation, best: _Quotation) -> bool:
    return quotation.section.is_lead and quotation.citation.source == best.citation.source


def _has_room(
    candidate: _Quotation, chosen: Sequence[_Quotation], settings: ExtractSettings
) -> bool:
    length = sum(quotation.end - quotation.start for quotation in (candidate, *chosen))
    return (
        len(chosen) < settings.quotations
        and length <= settings.characters
        and not any(candidate.repeats(quotation) for quotation in chosen)
    )


def _worth(section: Section) -> float:
    return float(section.worth.max())


def _quotation(section: Section, worth: Scores, settings: ExtractSettings) -> _Quotation | None:
    """The best of a section; None if it is too long to be quoted or makes no sense alone."""
    found = excerpt(
        section.passage.text, section.pieces, worth.tolist(), settings.extent, section.named
    )
    if found is None:
        return None
    citation = Citation.of(section.passage, section.passage.text[found.start : found.end])
    answers = section.answers[list(found.places)].max(axis=0)
    return _Quotation(section, citation, found.start, found.end, answers)
