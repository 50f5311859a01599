"""Questions in customers' words: is each answered, from the right article, with what it asks for?

`answers_questions.json` has for each question the specialist, the articles that answer it, and
phrases of these of which the answer has one. Settings are tuned on one half and reported on the
other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.table import Table

from frontdesk import Escalation, Reply
from router.answer.extract import extract
from router.answer.knowledge.index import KnowledgeIndex
from router.answer.quoting import PASSAGES
from router.ports import Encoder

FILE = Path(__file__).with_name("answers_questions.json")
HALVES = ("tune", "held")


@dataclass(frozen=True, slots=True)
class Question:
    """A row of the file; `half` is one of `HALVES`."""

    specialist: str
    half: str
    text: str
    articles: list[str]
    says: list[str]

    def cited(self, answer: Reply | Escalation) -> bool:
        """The answer begins with a quotation from a right article."""
        return isinstance(answer, Reply) and _article(answer) in self.articles

    def said(self, answer: Reply | Escalation) -> bool:
        """The answer has a phrase that answers."""
        return isinstance(answer, Reply) and any(phrase in answer.text for phrase in self.says)


def questions() -> list[Question]:
    """All rows of the file."""
    return [Question(**row) for row in json.loads(FILE.read_text("utf-8"))]


def measured(shelf: Mapping[str, KnowledgeIndex], encoder: Encoder) -> Table:
    """A column for each half."""
    halves = [[q for q in questions() if q.half == half] for half in HALVES]
    columns = [_measures(half, shelf, encoder) for half in halves]
    heads = (f"{name} ({len(half)})" for name, half in zip(HALVES, halves, strict=True))
    table = Table("questions", *heads, title="Questions in customers' words")
    for name in columns[0]:
        table.add_row(name, *(column[name] for column in columns))
    return table


def _measures(
    half: list[Question], shelf: Mapping[str, KnowledgeIndex], encoder: Encoder
) -> dict[str, str]:
    answers = [extract(q.text, shelf[q.specialist].search(q.text, PASSAGES), encoder) for q in half]
    said = [q.said(answer) for q, answer in zip(half, answers, strict=True)]
    cited = [q.cited(answer) for q, answer in zip(half, answers, strict=True)]
    replies = [answer.text for answer in answers if isinstance(answer, Reply)]
    words = [len(text.split()) for text in replies]
    return {
        "answered": f"{len(replies) / len(half):.1%}",
        "of these, first quotation from a right article": f"{sum(cited) / len(replies):.1%}",
        "of these, with a phrase that answers": f"{sum(said) / len(replies):.1%}",
        "with a phrase that answers, of all": f"{sum(said) / len(half):.1%}",
        "words of an answer, mean / p95": f"{np.mean(words):.0f} / {np.percentile(words, 95):.0f}",
    }


def _article(answer: Reply) -> str:
    return answer.citations[0].source.rpartition("/")[2]
