"""How well knowledge is found and quoted, on the example tickets and on public data.

    python -m benchmarks.answers DATA_FOLDER

The folder holds `tau2`, `clinc150`, `hwu64` and `banking77`; what is absent is skipped. What each
line measures stands in the line; `answers_expected.json` names for the example tickets of one
matter the articles that answer them, and words of which the answer has one of each group.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.answers_questions import measured
from frontdesk import Passage, Reply
from router.answer.extract import DEFAULTS, extract
from router.answer.knowledge.articles import Article, load_articles
from router.answer.knowledge.index import KnowledgeIndex
from router.answer.knowledge.markdown import blocks
from router.answer.knowledge.vectors import StoredVectors
from router.answer.quoting import PASSAGES
from router.classify.encoder import load_encoder
from router.ports import Encoder

HOME = Path(__file__).parents[1]
SPECIALISTS = ("billing", "technical", "product")
SAMPLE, SEED = 300, 11
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """Where the right article stood, 0 where it was not among those searched."""

    what: str
    ranks: Sequence[int]

    def recall(self, within: int) -> float:
        """Share of the questions whose article is among the first `within`."""
        return float(np.mean([0 < rank <= within for rank in self.ranks]))

    @property
    def mrr(self) -> float:
        """Mean reciprocal rank."""
        return float(np.mean([1 / rank if rank else 0.0 for rank in self.ranks]))


@dataclass(frozen=True, slots=True)
class Case:
    """An example ticket with what should be found and said."""

    text: str
    specialist: str
    articles: frozenset[str]
    says: Sequence[Sequence[str]]


def rows(path: Path) -> Rows:
    """The rows of a gzipped JSONL file; none if it is absent."""
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def slug(passage: Passage) -> str:
    """The article that a passage belongs to."""
    return passage.id.partition("/")[2].rpartition("#")[0]


def rank(index: KnowledgeIndex, question: str, wanted: frozenset[str]) -> int:
    """The place of the first wanted article, from 1; 0 if it is not among the first ten."""
    found = dict.fromkeys(slug(passage) for passage in index.search(question, 30))
    places = [place for place, name in enumerate(found, 1) if name in wanted and place <= 10]
    return min(places, default=0)


def cases() -> list[Case]:
    """The example tickets of one matter that the articles answer."""
    expected = json.loads((HOME / "benchmarks" / "answers_expected.json").read_text("utf-8"))
    with (HOME / "examples" / "tickets.csv").open(encoding="utf-8", newline="") as file:
        tickets = {row["id"]: row for row in csv.DictReader(file)}
    return [
        Case(
            tickets[name]["text"],
            tickets[name]["expected"],
            frozenset(answer["articles"]),
            answer["says"],
        )
        for name, answer in expected.items()
    ]


def shipped(encoder: StoredVectors) -> dict[str, KnowledgeIndex]:
    """The specialists' own knowledge."""
    home = HOME / "plugins" / "frontdesk_specialists"
    return {
        name: KnowledgeIndex.build(load_articles(name, home / name / "knowledge").articles, encoder)
        for name in SPECIALISTS
    }


def help_centre(folder: Path) -> list[Article]:
    """The bank's help centre of tau2, an article a document."""
    documents = rows(folder / "tau2" / "banking_knowledge_docs.jsonl.gz")
    return [
        Article("bank", row["id"], row["title"], f"https://bank.example/{row['id']}", None, found)
        for row in documents
        if (found := tuple(blocks(row["content"])))
    ]


def retrieval(
    shelf: dict[str, KnowledgeIndex], bank: KnowledgeIndex | None, folder: Path
) -> Iterator[Found]:
    """Whether the right article is found."""
    tickets = cases()
    ranks = [rank(shelf[case.specialist], case.text, case.articles) for case in tickets]
    yield Found("example tickets, the article that answers (labelled by hand)", ranks)
    if bank is None:
        return
    tasks = rows(folder / "tau2" / "banking_knowledge_tasks_half.jsonl.gz")
    told = [
        (task["user_scenario"]["instructions"], frozenset(task["required_documents"]))
        for task in tasks
        if isinstance(task["user_scenario"]["instructions"], str)
    ]
    ranks = [rank(bank, text, wanted) for text, wanted in told]
    yield Found("tau2 bank, a task's whole script, any document it requires", ranks)


def titles(bank: Sequence[Article], encoder: StoredVectors) -> Found:
    """Whether a document is found by its title when its title is not indexed."""
    bare = [Article(a.specialist, a.slug, "", a.source, None, a.blocks) for a in bank]
    index = KnowledgeIndex.build(bare, encoder)
    ranks = [rank(index, article.title, frozenset({article.slug})) for article in bank]
    return Found("tau2 bank, a document by its title (title not indexed)", ranks)


def quoting(shelf: dict[str, KnowledgeIndex], encoder: Encoder) -> Table:
    """What is answered of the example tickets, from where, and whether it says what it should."""
    tickets = cases()
    answers = []
    for case in tickets:
        passages = shelf[case.specialist].search(case.text, PASSAGES)
        answers.append(extract(case.text, passages, encoder))
    replied = [(c, a) for c, a in zip(tickets, answers, strict=True) if isinstance(a, Reply)]
    right = sum(a.citations[0].source.rpartition("/")[2] in c.articles for c, a in replied)
    groups = [(any(w in a.text for w in words)) for c, a in replied for words in c.says]
    wanted = sum(len(case.says) for case in tickets)
    table = Table("example tickets", "count", "share", title="Quoted answers")
    for name, count, of in (
        ("answered", len(replied), len(tickets)),
        ("of these, first quotation from the right article", right, len(replied)),
        ("of these, key words said", sum(groups), len(groups)),
        ("key words said, unanswered tickets counted", sum(groups), wanted),
    ):
        table.add_row(name, f"{count} / {of}", f"{count / max(of, 1):.1%}")
    return table


def refusing(shelf: dict[str, KnowledgeIndex], folder: Path, encoder: Encoder) -> Table:
    """The share of messages that are answered by each specialist although they are not theirs."""
    table = Table("not to be answered", *SPECIALISTS, "messages", title="Answered all the same")
    for name, texts in strangers(folder):
        shares = [
            np.mean([answered(shelf[specialist], text, encoder) for text in texts])
            for specialist in SPECIALISTS
        ]
        table.add_row(name, *(f"{share:.1%}" for share in shares), str(len(texts)))
    wrong = [[c.text for c in cases() if c.specialist != specialist] for specialist in SPECIALISTS]
    shares = [
        np.mean([answered(shelf[specialist], text, encoder) for text in texts])
        for specialist, texts in zip(SPECIALISTS, wrong, strict=True)
    ]
    counted = "/".join(str(len(texts)) for texts in wrong)
    table.add_row("tickets of the two others", *(f"{s:.1%}" for s in shares), counted)
    return table


def strangers(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Messages for nobody here, from near to far."""
    for name, paths in (
        ("CLINC150 out of scope", ("clinc150/oos_val", "clinc150/oos_train")),
        ("HWU64, home assistant", ("hwu64/valid",)),
        ("CLINC150 in scope (bank, travel, home)", ("clinc150/val",)),
        ("BANKING77, a bank's customers (look-alikes)", ("banking77/train",)),
    ):
        found = [row["text"] for path in paths for row in rows(folder / f"{path}.jsonl.gz")]
        if found:
            picked = random.Random(SEED).sample(found, min(SAMPLE, len(found)))
            yield name, picked
    counter = [
        text
        for name in SPECIALISTS
        for text in import_module(f"frontdesk_specialists.{name}").COUNTER_EXAMPLES
    ]
    yield "counter-examples of the specialists", counter


def answered(index: KnowledgeIndex, text: str, encoder: Encoder) -> bool:
    """Whether a message would be answered."""
    return isinstance(extract(text, index.search(text, PASSAGES), encoder), Reply)


def cost(bank: Sequence[Article], encoder: Encoder, texts: Sequence[str]) -> Table:
    """Time and memory of building and searching."""
    home = HOME / "plugins" / "frontdesk_specialists"
    own = [a for s in SPECIALISTS for a in load_articles(s, home / s / "knowledge").articles]
    table = Table(
        "articles",
        "passages",
        "first build s",
        "next build s",
        "memory MB",
        "search p50 / p99 ms",
        "search and quote p50 / p99 ms",
        title="Cost",
    )
    for articles in (own, bank):
        if articles:
            table.add_row(*(str(value) for value in _measured(articles, encoder, texts)))
    return table


def _measured(articles: Sequence[Article], encoder: Encoder, texts: Sequence[str]) -> list[Any]:
    with TemporaryDirectory() as folder:
        first, _ = _built(articles, StoredVectors(encoder, Path(folder)))
        before = psutil.Process().memory_info().rss
        stored = StoredVectors(encoder, Path(folder))
        again, index = _built(articles, stored)
        memory = (psutil.Process().memory_info().rss - before) / 2**20
    searches, both = [], []
    for text in texts:
        started = time.perf_counter()
        passages = index.search(text, PASSAGES)
        searches.append(time.perf_counter() - started)
        extract(text, passages, stored)
        both.append(time.perf_counter() - started)
    times = [
        f"{np.percentile(found, 50) * 1e3:.1f} / {np.percentile(found, 99) * 1e3:.1f}"
        for found in (searches, both)
    ]
    sizes = [len(articles), len(index.passages)]
    return [*sizes, f"{first:.1f}", f"{again:.2f}", f"{memory:.0f}", *times]


def _built(articles: Sequence[Article], encoder: StoredVectors) -> tuple[float, KnowledgeIndex]:
    started = time.perf_counter()
    index = KnowledgeIndex.build(articles, encoder)
    return time.perf_counter() - started, index


def main(folder: Path) -> None:
    """Measure and print."""
    console = Console()
    with TemporaryDirectory() as cache:
        model = load_encoder(Path(cache))
        # Cost first: afterwards the encoder remembers the questions.
        console.print(cost(help_centre(folder), model, [case.text for case in cases()]))
        encoder = StoredVectors(model, Path(cache))
        shelf = shipped(encoder)
        articles = help_centre(folder)
        bank = KnowledgeIndex.build(articles, encoder) if articles else None
        found = list(retrieval(shelf, bank, folder))
        found += [titles(articles, encoder)] if articles else []
        table = Table("retrieval", "questions", "R@1", "R@3", "R@5", "MRR")
        for line in found:
            shares = [f"{line.recall(within):.3f}" for within in (1, 3, 5)]
            table.add_row(line.what, str(len(line.ranks)), *shares, f"{line.mrr:.3f}")
        console.print(table)
        console.print(measured(shelf, encoder))
        console.print(quoting(shelf, encoder))
        console.print(refusing(shelf, folder, encoder))
        console.print(f"A passage is quoted from a score of {DEFAULTS.fits} on.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
