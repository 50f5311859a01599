"""Looking at one answer: is it of the right kind, and are its sources the ones it was given?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from frontdesk.checks import MOST_CHARACTERS, NAME, fact
from frontdesk.contract import (
    Citation,
    Escalation,
    EscalationReason,
    Finding,
    Handoff,
    Passage,
    Question,
    Reply,
)


def objections(answer: object, given: Sequence[Passage], scene: str) -> Iterator[Finding]:
    """What is wrong with `answer`, where `given` are the passages that searches found."""
    said = (getattr(answer, name, "") for name in ("text", "reason", "summary", "note"))
    yield from (finding for text in said for finding in _too_long(text, scene))
    match answer:
        case Reply():
            yield from _reply(answer, given, scene)
        case Question():
            if not answer.text.strip():
                yield Finding("empty", f"{scene}, it asked a question without a text")
        case Handoff():
            if not NAME.fullmatch(answer.to):
                yield Finding("bad_handoff", f"{scene}, it handed over to {answer.to!r}: no name")
        case Escalation():
            if not isinstance(answer.reason, EscalationReason):
                text = f"{scene}, it escalated for {answer.reason!r}; take an EscalationReason"
                yield Finding("bad_escalation", text)
        case _:
            text = f"{scene}, `answer` returned {type(answer).__name__}; return a Reply, Question, "
            yield Finding("no_answer", text + "Handoff or Escalation")


def strangers(
    specialist: object, answer: object, colleagues: Collection[str] | None
) -> Iterator[Finding]:
    """What is wrong with whom `answer` hands over to; `colleagues` are the names that exist."""
    if not isinstance(answer, Handoff):
        return
    if answer.to == fact(specialist, "name"):
        yield Finding("bad_handoff", "it handed a matter over to itself")
    elif colleagues is not None and answer.to not in colleagues:
        there = ", ".join(sorted(colleagues)) or "nobody else"
        yield Finding("bad_handoff", f"it handed over to {answer.to!r}; there is {there}")


def _too_long(text: object, scene: str) -> Iterator[Finding]:
    if isinstance(text, str) and len(text) > MOST_CHARACTERS:
        message = f"{scene}, it said {len(text):,} characters, and {MOST_CHARACTERS:,} is the most"
        yield Finding("too_long", message)


def _reply(reply: Reply, given: Sequence[Passage], scene: str) -> Iterator[Finding]:
    if not reply.text.strip():
        yield Finding("empty", f"{scene}, it replied without a text")
    if not reply.citations:
        text = f"{scene}, it replied without a citation: such a reply is not posted; "
        yield Finding("no_citation", text + "cite a passage or return an Escalation")
    found = {passage.id: passage for passage in given}
    for citation in reply.citations:
        yield from _citation(citation, found.get(citation.passage), scene)


def _citation(citation: Citation, passage: Passage | None, scene: str) -> Iterator[Finding]:
    if passage is None:
        text = f"{scene}, it cited {citation.passage!r}, which no search found"
        yield Finding("unknown_citation", text)
        return
    if citation.quote not in passage.text:
        text = f"{scene}, it quoted words that are not in {passage.title!r}"
        yield Finding("false_quote", text)
    if (citation.title, citation.source) != (passage.title, passage.source):
        text = f"{scene}, a citation's title or address differs from the passage's: Citation.of()"
        yield Finding("unknown_citation", text)
