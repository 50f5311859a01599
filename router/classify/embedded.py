"""Decides with the embedding model alone: no network, no key, a few milliseconds.

A message that is not sure as a whole is read sentence by sentence too, and the surest reading
counts: the sentence that says what is wanted drowns in a long mail otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from router.classify.bands import Choice, choose
from router.classify.clean import clean, sentences
from router.classify.explain import alternatives, neighbours, reason
from router.classify.profiles import Profile, profiles_digest
from router.classify.report import FitReport, fit_report
from router.classify.scorer import Reading, Scorer
from router.classify.settings import RoutingSettings
from router.ports import Encoder
from router.records import BASIS_POINTS, DecidedBy, Decision, basis_points

MAX_SENTENCES = 12
SHORTEST_SENTENCE = 3
"""Words; anything shorter says too little alone."""
REMEMBERED = 256
"""So many readings are kept (1 MB): splitting a message looks at the same texts again."""


class EmbeddedRouter:
    """The router agent's own classifier, fitted to the specialists when it is made.

    `cache` is a folder where the vectors of examples are kept from start to start.
    """

    def __init__(
        self,
        encoder: Encoder,
        profiles: Sequence[Profile],
        settings: RoutingSettings | None = None,
        cache: Path | None = None,
    ) -> None:
        self.profiles = tuple(profiles)
        self.settings = settings or RoutingSettings()
        self.digest = profiles_digest(self.profiles)
        self._encoder = encoder
        self._scorer = Scorer(encoder, self.profiles, cache) if self.profiles else None
        self._remembered = lru_cache(REMEMBERED)(self._reading)

    def decide(self, text: str, questions: int = 0) -> Decision:
        """The decision for a text as it was written, taken for one matter.

        `questions` is how many clarifying questions its ticket has had.
        """
        found = self.read(text)
        if found is None or self._scorer is None:
            why = "There are no words to decide on." if self.profiles else "No specialist is there."
            return self._blank(choose({}, self.settings), why)
        return self._decided(found, self._scorer, questions)

    def choose(self, text: str) -> tuple[Choice, float]:
        """What a text leads to and how sure that is, without all that `decide` says about it."""
        found = self.read(text)
        if found is None:
            return choose({}, self.settings), 0.0
        return self._choice(found), float(found.probabilities.max())

    def read(self, text: str) -> Reading | None:
        """The surest reading of a text, or None if there are no words or no specialists."""
        whole = clean(text)
        if not whole or self._scorer is None:
            return None
        found = self._remembered(self._scorer, whole)
        parts = [part for part in sentences(whole) if len(part.split()) >= SHORTEST_SENTENCE]
        if len(parts) <= 1 or found.probabilities.max() >= self.settings.go:
            return found
        readings = [found, *(self._remembered(self._scorer, one) for one in parts[:MAX_SENTENCES])]
        return max(readings, key=lambda reading: float(reading.probabilities.max()))

    def knows(self, name: str) -> bool:
        """Whether there is a specialist `name`."""
        return any(profile.name == name for profile in self.profiles)

    def title(self, name: str) -> str:
        """What people call the specialist `name`."""
        return next((p.title for p in self.profiles if p.name == name), name)

    def report(self) -> FitReport:
        """How well the specialists' examples tell them apart."""
        if self._scorer is None:
            return FitReport(accuracy=0.0, specialists=(), confusions=())
        return fit_report(self.profiles, self._scorer.rows, self._scorer.held_out.values)

    @staticmethod
    def _reading(scorer: Scorer, text: str) -> Reading:
        return scorer.read([text])[0]

    def _decided(self, found: Reading, scorer: Scorer, questions: int) -> Decision:
        choice = self._choice(found, questions)
        second, first = np.sort(np.append(found.probabilities, 0.0))[-2:].tolist()
        return replace(
            self._blank(choice, reason(choice, found, scorer.rows, self.profiles)),
            confidence_bp=basis_points(first),
            margin_bp=basis_points(first - second),
            threshold_bp=basis_points(self.settings.threshold(self.profiles[found.best].name)),
            novelty_bp=basis_points(min(1.0, found.variance)),
            alternatives=alternatives(choice, found, self.profiles, self.settings),
            neighbours=neighbours(found, scorer.rows, self.profiles),
        )

    def _choice(self, found: Reading, questions: int = 0) -> Choice:
        names = (profile.name for profile in self.profiles)
        chances = dict(zip(names, found.probabilities.tolist(), strict=True))
        return choose(chances, self.settings, questions)

    def _blank(self, choice: Choice, why: str) -> Decision:
        return Decision(
            band=choice.band,
            specialist=choice.specialist,
            confidence_bp=0,
            decided_by=DecidedBy.EMBEDDED,
            reason=why,
            escalation=choice.escalation,
            candidates=choice.candidates,
            novelty_bp=BASIS_POINTS,
            model=self._encoder.name,
            model_digest=self._encoder.digest,
            examples_digest=self.digest,
        )
