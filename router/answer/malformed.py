"""Whether what a plugin gave is an answer at all: kinds, types and sizes, before anyone uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from frontdesk import Answer, Citation, Escalation, EscalationReason, Handoff, Question, Reply
from frontdesk.checks import MOST_CHARACTERS, NAME

MOST_CITATIONS = 100

_HALVES = re.compile("[\ud800-\udfff]")


def malformed(answer: object) -> str:
    """What is wrong with something that a plugin gave as its answer; empty if nothing is."""
    if not isinstance(answer, Reply | Question | Handoff | Escalation):
        return f"returned {type(answer).__name__}, which is no answer"
    if isinstance(answer, Reply) and not _has_citations(answer):
        return f"returned citations that are none, or more than {MOST_CITATIONS}"
    if not all(map(_is_sound, _texts(answer))):
        return f"returned no text, or more than {MOST_CHARACTERS} characters"
    if isinstance(answer, Handoff) and not NAME.fullmatch(answer.to):
        return "handed over to what is no name"
    if isinstance(answer, Escalation) and not isinstance(answer.reason, EscalationReason):
        return "escalated for a reason that is none"
    return ""


def said(answer: Answer) -> str:
    """What an answer says, in one text."""
    match answer:
        case Reply() | Question():
            return answer.text
        case Handoff():
            return answer.reason
        case Escalation():
            return answer.note


def _has_citations(reply: Reply) -> bool:
    cited: object = reply.citations
    if not isinstance(cited, tuple) or len(cited) > MOST_CITATIONS:
        return False
    return all(isinstance(one, Citation) for one in cited)


def _texts(answer: Answer) -> Iterator[object]:
    yield said(answer)
    if isinstance(answer, Handoff):
        yield from (answer.to, answer.summary)
    if isinstance(answer, Reply):
        for cited in answer.citations:
            yield from (cited.passage, cited.title, cited.source, cited.quote)


def _is_sound(text: object) -> bool:
    """A bounded text that can be stored: no half characters, no NUL."""
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS or "\0" in text:
        return False
    return _HALVES.search(text) is None
