"""Every claim of a reply is covered by what it cites.

A sentence that stands word for word in a quote is covered. Any other must find nearly all of its
words, in nearly their order, in one place of one quote, and must agree with it in numbers, names,
negation and words such as "only" or "always". No understanding is attempted: what this cannot see
to be covered is not covered, and the specialist is asked to keep closer to its sources.

With an encoder, a sentence that has fewer of its words there may still pass when it means nearly
the same; all the other conditions stay.

The thresholds were set on BEGIN's development part and half of the FaithDial audit:
`python -m benchmarks.validation` prints what they catch and what they cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from frontdesk import Citation
from router.ports import Encoder
from router.records import CheckResult, Objection, basis_points
from router.validate.check import result
from router.validate.claims import Claim, claim
from router.validate.draft import Draft
from router.validate.hidden import straight, visible
from router.validate.phrases import claims_nothing
from router.validate.sentences import Sentence, sentences

COVERED = 0.85
"""The least share of a sentence's words that a place must hold."""
IN_ORDER = 0.7
"""The least share that it must hold in the same order."""
COVERED_IF_ALIKE = 0.6
"""The least share where the encoder finds the meaning alike."""
ALIKE = 0.85
"""The least cosine for that."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote may cover a sentence: one sentence, or two that follow each other."""

    text: str
    claim: Claim
    single: bool


@dataclass(frozen=True, slots=True)
class Cited:
    """What the citations say, taken apart once: `shown` is all of it in lower case."""

    verbatim: frozenset[str]
    places: tuple[Place, ...]
    shown: str

    @classmethod
    def of(cls, citations: Sequence[Citation]) -> Cited:
        """The quotes and titles of these citations."""
        verbatim: set[str] = set()
        places: list[Place] = []
        for citation in citations:
            found = [sentence.text for sentence in sentences(visible(citation.quote))]
            verbatim.update(_even(text) for text in (*found, citation.title))
            pairs = [f"{first} {second}" for first, second in pairwise(found)]
            places += [Place(text, claim(text), single=True) for text in found]
            places += [Place(text, claim(text), single=False) for text in pairs]
        shown = "\n".join([c.title for c in citations] + [place.text for place in places])
        return cls(frozenset(verbatim), tuple(places), straight(shown).lower())


class Grounding:
    """Every claim of a reply is covered by its citations. Questions and notices claim nothing.

    The score is the share of sentences that are covered.
    """

    id = "grounding"
    version = 1

    def __init__(self, encoder: Encoder | None = None) -> None:
        self.encoder = encoder

    def check(self, draft: Draft) -> CheckResult:
        """Object to each sentence that is not covered."""
        if draft.kind != "reply":
            return result(self)
        cited = Cited.of(draft.citations)
        said = sentences(visible(draft.text))
        objections = [o for sentence in said for o in self._objections(sentence, cited, draft)]
        bad = len({objection.message.split(" ")[1] for objection in objections})
        share = 1 - bad / len(said) if said else 1.0
        return result(self, objections, basis_points(share))

    def _objections(self, sentence: Sentence, cited: Cited, draft: Draft) -> Iterator[Objection]:
        text = sentence.text
        if _even(text) in cited.verbatim or claims_nothing(_without_sources(text, draft)):
            return
        fault = self._fault(text, cited)
        if fault:
            message = f"Sentence {sentence.number} {_MESSAGES[fault]}"
            yield Objection(f"grounding.{fault}", message)

    def _fault(self, text: str, cited: Cited) -> str:
        """Why a sentence is not covered; empty if it is."""
        said = claim(text)
        if not said.words:
            return "empty"
        if any(name not in cited.shown for name in said.names):
            return "name"
        near = [p for p in cited.places if shared(said, p.claim) >= COVERED_IF_ALIKE]
        covering = [place.claim for place in near if self._covers(said, text, place)]
        if not covering:
            return "uncovered"
        if not any(bool(said.negations) == bool(n.negations) for n in _nearest(said, near)):
            return "negation"
        return min((_disagreement(said, other) for other in covering), key=len)

    def _covers(self, said: Claim, text: str, place: Place) -> bool:
        if shared(said, place.claim) >= COVERED and in_order(said, place.claim) >= IN_ORDER:
            return True
        if self.encoder is None:
            return False
        first, second = self.encoder.encode([text, place.text])
        return float(first @ second) >= ALIKE


_MESSAGES = {
    "empty": "says something that no citation can cover. State the fact itself, or leave it out.",
    "name": "names something that no quote names. Cite where it stands, or leave it out.",
    "uncovered": "is not covered by any quote. Keep to the words of a quote, or leave it out.",
    "number": "has a number that its quote does not have. Take it from the quote.",
    "negation": "says yes where its quote says no, or the reverse. Keep to the quote.",
    "strict": "is stricter or broader than its quote. Keep to the words of the quote.",
}


def _disagreement(said: Claim, other: Claim) -> str:
    """In what a sentence differs from the place that has its words; empty if in nothing."""
    if not said.numbers <= other.numbers or not _same_units(said, other):
        return "number"
    return "" if said.strict <= other.strict else "strict"


def _same_units(said: Claim, other: Claim) -> bool:
    """Whether what follows each number follows it there too: 14 days are not 14 weeks."""
    near = {
        (number, word)
        for at, number in enumerate(other.words)
        for word in other.words[at + 1 : at + 3]
    }
    return all(pair in near for pair in pairwise(said.words) if pair[0] in said.numbers)


def _nearest(said: Claim, places: Sequence[Place]) -> list[Claim]:
    """The single sentences that hold the most of its words: two together may confuse a "not"."""
    shares = [(shared(said, place.claim), place.claim) for place in places if place.single]
    best = max((share for share, _ in shares), default=0.0)
    return [other for share, other in shares if share == best] or [p.claim for p in places]


def shared(said: Claim, other: Claim) -> float:
    """The share of a sentence's words that the other has."""
    there = set(other.words)
    return sum(word in there for word in said.words) / len(said.words)


def in_order(said: Claim, other: Claim) -> float:
    """The share of a sentence's words that the other has in the same order (as in ROUGE-L)."""
    row = [0] * (len(other.words) + 1)
    for word in said.words:
        above = 0
        for at, there in enumerate(other.words, start=1):
            above, row[at] = row[at], above + 1 if word == there else max(row[at], row[at - 1])
    return row[-1] / len(said.words)


def _without_sources(text: str, draft: Draft) -> str:
    """A line without the titles and addresses of what it cites; "Source" if nothing is left."""
    for citation in draft.citations:
        for shown in (citation.source, citation.title):
            if shown:
                text = text.replace(shown, " ")
    return " ".join(text.split()) if any(c.isalnum() for c in text) else "Source"


def _even(text: str) -> str:
    """A sentence as it is compared word for word: one case, one kind of space and quote mark."""
    text = straight(text).casefold()
    return " ".join(text.split()).strip(" .:;")
