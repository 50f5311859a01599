"""Planted instructions must not speak through a reply, nor bring out the desk's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from router.records import CheckResult, Objection
from router.validate.addresses import readable
from router.validate.check import result
from router.validate.draft import Draft
from router.validate.hidden import straight
from router.validate.inbound import DROP, PRIOR, RULES
from router.validate.sentences import line_at

_OUTBOUND = {
    "injection.role": re.compile(
        r"<\|[a-z_]{2,20}\|>|\[/?INST\]|<</?SYS>>|^\W{0,3}(?:system|assistant|human)\s?:(?=\s)"
        r"|\"trust\"\s*:\s*\"(?:may_ask|data_only)\"|\"quoted\"\s*:\s*\"",
        re.I | re.M,
    ),
    "injection.leak": re.compile(
        r"\bmy (?:system |initial |hidden |original |secret )(?:prompt|instructions|message|key)"
        r"|\bmy (?:prompt|instructions) (?:is|are|says?|reads?|tells?)\b"
        r"|\bhere (?:is|are) (?:my|the) (?:system |initial |full )?(?:prompt|instructions)\b"
        r"|\bthe (?:secret|hidden) (?:key|word|code|password|phrase) is\b|\bi (?:was|am|have been) "
        r"(?:instructed|told|programmed|configured|prompted) (?:to|not to|that)\b",
        re.I,
    ),
    "injection.obeyed": re.compile(
        rf"\b{DROP}\b (?:all |any )?(?:of )?(?:the |your |my )?{PRIOR} {RULES}\b"
        r"|\b(?:ignoring|disregarding|overriding) (?:all |my |the |any )*(?:previous|prior|earlier"
        r"|original|system)\b|\bi am now (?:dan|in|free|unrestricted|jailbroken)\b"
        r"|\b(?:jailbreak|developer mode|dan mode)[^.!?\n]{0,20}\b(?:enabled|activated|successful)"
        r"|\bas (?:dan|an? (?:unrestricted|unfiltered|uncensored))\b|\bstaying in character\b"
        r"|\bpwned\b|\bhacked by\b|\bi have been (?:hacked|pwned|jailbroken|compromised)\b",
        re.I,
    ),
}
_RUN = 8
"""So many words in a row of a confidential text are a leak."""


class InjectionEcho:
    """The draft does not speak for somebody who planted instructions, nor gives away the desk's.

    `confidential` are prompt texts and instructions: eight words in a row of them are a leak,
    unless a cited source has them too.
    """

    id = "injection_echo"
    version = 1

    def __init__(self, confidential: Sequence[str] = ()) -> None:
        self._confidential = frozenset(run for text in confidential for run in _runs(text))

    def check(self, draft: Draft) -> CheckResult:
        """Object to each place that does."""
        text = straight(readable(draft.text))
        return result(self, self._objections(text, readable(draft.sources)))

    def _objections(self, text: str, sources: str) -> Iterator[Objection]:
        for code, pattern in _OUTBOUND.items():
            for match in pattern.finditer(text):
                if match.group() not in sources:
                    line = line_at(text, match.start())
                    yield Objection(code, f"Line {line} repeats or obeys planted instructions.")
        if not self._confidential.isdisjoint(_runs(text)) and (
            self._confidential & set(_runs(text)) - set(_runs(sources))
        ):
            yield Objection("injection.leak", "The draft repeats the desk's own instructions.")


def _runs(text: str) -> Iterator[int]:
    words = re.findall(r"\w+", text.lower())
    return (hash(tuple(words[at : at + _RUN])) for at in range(len(words) - _RUN + 1))
