"""The plain form of a draft: not empty, not too long, nothing of a model's inner workings."""

from __future__ import annotations

import re

from router.records import CheckResult, Objection
from router.validate.check import result
from router.validate.draft import Draft
from router.validate.hidden import visible
from router.validate.sentences import line_at

_ARTEFACTS = {
    "artefact.model": re.compile(
        r"\bas an? (?:ai|artificial intelligence|large language)\b(?: language)?(?: model)?"
        r"|\bi(?:'m| am|\u2019m) (?:just |only )?an? (?:ai|(?:large )?language)"
        r" (?:model|assistant)"
        r"|\bmy (?:training data|knowledge cut-?off)\b|\bas of my last (?:update|training)",
        re.I,
    ),
    "artefact.placeholder": re.compile(
        r"\[(?:citation needed|source|insert [^\]\n]{0,40}|your [^\]\n]{0,40}|name|company name"
        r"|customer name|placeholder|todo|tbd|link)\](?!\()|\{\{[^}\n]{0,60}\}\}|\blorem ipsum\b"
        r"|【[^】\n]{0,40}】|\bcitation needed\b",
        re.I,
    ),
    "artefact.tool_call": re.compile(
        r"</?(?:function_calls?|tool_(?:use|call|result)s?|invoke|antml:\w+|thinking|scratchpad"
        r"|cite|answer|search_result|document)\b[^>\n]{0,80}>"
        r"|\"(?:tool_calls?|tool_use|function_call|tool_use_id)\"\s*:"
        r"|\"name\"\s*:\s*\"[^\"\n]{1,80}\"\s*,\s*\"(?:arguments|parameters|input)\"\s*:"
        r"|\"type\"\s*:\s*\"(?:tool_use|tool_result|function|text)\"",
        re.I,
    ),
}
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)", re.M)


class Length:
    """There is something to read, and not too much of it."""

    id = "length"
    version = 1

    def check(self, draft: Draft) -> CheckResult:
        """Object to an empty draft and to one above its limit."""
        objections = []
        if not visible(draft.text).strip():
            objections.append(Objection("length.empty", "The draft is empty. Write an answer."))
        if len(draft.text) > draft.max_chars:
            over = f"The draft has {len(draft.text)} characters; {draft.max_chars} may go out."
            objections.append(Objection("length.too_long", f"{over} Shorten it."))
        return result(self, objections)


class Artefacts:
    """Nothing of a model's inner workings: phrases about itself, tool calls, open code fences."""

    id = "artefacts"
    version = 1

    def check(self, draft: Draft) -> CheckResult:
        """Object to each artefact that no cited source has."""
        objections = [
            Objection(
                code,
                f"Line {line_at(draft.text, match.start())} shows a model's inner"
                " workings or a gap left open. Write plain words to the reader.",
            )
            for code, pattern in _ARTEFACTS.items()
            for match in pattern.finditer(draft.text)
            if match.group() not in draft.sources
        ]
        if len(_FENCE.findall(draft.text)) % 2:
            message = "A code block is opened and not closed. Close it."
            objections.append(Objection("artefact.open_code", message))
        return result(self, objections)
