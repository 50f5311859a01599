"""How the embedded router decides labelled messages: right, wrong, asked, or for a human."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.table import Table

from bot.evaluation.measures import read
from bot.triage.reading import Row, read_tickets
from router.classify.embedded import EmbeddedRouter
from router.classify.matters import split_matters
from router.classify.profiles import Profile
from router.ports import Encoder
from router.records import Band, Decision

EXAMPLES = 20
"""A specialist gets so many, as the author of a plugin would write."""
MEASURED = 300
"""Messages of a set that are routed."""
ASKED, HUMAN = "asked", "human"
Labelled = tuple[str, str]
"""A text and the specialist that should answer it."""


@dataclass
class Routed:
    """How one set was routed: counts by what was expected and what was decided."""

    data: str
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, *decided: str) -> int:
        """Messages decided so."""
        return sum(n for (_, given), n in self.confusion.items() if given in decided)

    @property
    def total(self) -> int:
        """All messages."""
        return self.confusion.total()

    @property
    def right(self) -> int:
        """Messages that went where they belong."""
        return sum(n for (expected, given), n in self.confusion.items() if expected == given)

    @property
    def sent(self) -> int:
        """Messages that went to a specialist without a question."""
        return self.total - self.count(ASKED, HUMAN)

    @property
    def misrouted(self) -> int:
        """Messages that went to a specialist they do not belong to."""
        return self.sent - sum(
            n for (e, given), n in self.confusion.items() if e == given and given != HUMAN
        )


def routed_sets(folder: Path, encoder: Encoder) -> Iterator[Routed]:
    """Each set of messages grouped under departments: fitted to a few, measured on others."""
    for described in sorted(folder.glob("*/departments.json")):
        content = json.loads(described.read_text("utf-8"))
        if "departments" in content:
            rows = read(described.parent / "train.jsonl.gz")
            labels = {label: n for n, labels in content["departments"].items() for label in labels}
            found = [
                (str(row["text"]), labels[label])
                for row in rows
                if (label := row.get("category") or row.get("label")) in labels
            ]
            yield _measured(described.parent.name, found, content["descriptions"], encoder)


def routed_tickets(folder: Path, router: EmbeddedRouter) -> Iterator[Routed]:
    """Each file of tickets that says what is expected, decided by the installed specialists."""
    files = [*folder.glob("*.csv"), *folder.glob("*.jsonl")]
    for file in sorted(files):
        rows = [row for row in read_tickets(file) if isinstance(row, Row)]
        labelled = [(row.text, row.expected) for row in rows if row.expected]
        if labelled:
            yield _routed(file.name, labelled, router)


def _measured(name: str, found: list[Labelled], about: dict[str, str], encoder: Encoder) -> Routed:
    random.Random(11).shuffle(found)
    measured, pool = found[:MEASURED], found[MEASURED:]
    examples = {who: [text for text, label in pool if label == who][:EXAMPLES] for who in about}
    profiles = [Profile(who, who, text, tuple(examples[who])) for who, text in about.items()]
    return _routed(name, measured, EmbeddedRouter(encoder, profiles))


def _routed(name: str, labelled: Iterable[Labelled], router: EmbeddedRouter) -> Routed:
    routed = Routed(name)
    for text, expected in labelled:
        wanted = "+".join(sorted(expected.split("+")))
        routed.confusion[wanted, _decided(router, text)] += 1
    return routed


def _decided(router: EmbeddedRouter, text: str) -> str:
    """Where the matters of a text went, joined by `+` as in a file of tickets."""
    matters = split_matters(text, router, 0)
    return "+".join(sorted({_end(matter.decision) for matter in matters}))


def _end(decision: Decision) -> str:
    if decision.band is Band.ASK:
        return ASKED
    return decision.specialist if decision.band is Band.GO and decision.specialist else HUMAN


def summary(found: list[Routed]) -> Table:
    """One line a set."""
    made = Table("Set", "messages", "right", "misrouted", "asked", "human", title="Routing")
    for column in made.columns[1:]:
        column.justify = "right"
    for one in found:
        shares = (one.right, one.misrouted, one.count(ASKED), one.count(HUMAN))
        made.add_row(one.data, str(one.total), *(f"{n / one.total:.1%}" for n in shares))
    return made


def confusion(routed: Routed) -> Table:
    """Expected against decided."""
    given = sorted({given for _, given in routed.confusion})
    made = Table("Expected", *given, title=f"{routed.data}: expected and decided")
    for column in made.columns[1:]:
        column.justify = "right"
    for expected in sorted({expected for expected, _ in routed.confusion}):
        counts = [routed.confusion[expected, name] for name in given]
        made.add_row(expected, *(str(n) if n else "·" for n in counts))
    return made


def figures(routed: Routed) -> dict[str, object]:
    """The set as a program reads it."""
    return {
        "data": routed.data,
        "messages": routed.total,
        "right": routed.right,
        "misrouted": routed.misrouted,
        "asked": routed.count(ASKED),
        "human": routed.count(HUMAN),
        "confusion": [
            {"expected": expected, "decided": given, "messages": n}
            for (expected, given), n in sorted(routed.confusion.items())
        ],
    }
