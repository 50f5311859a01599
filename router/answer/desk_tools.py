"""The tools with which a specialist's model ends its turn without a reply."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import AfterValidator, ValidationError

from frontdesk import Answer, Escalation, EscalationReason, Handoff, Question
from router.model import ToolCall, ToolSpec
from router.wanted import Wanted

MOST_CHARACTERS = 1_500


def _bounded(text: str) -> str:
    text = text.strip()
    if not 1 <= len(text) <= MOST_CHARACTERS:
        raise ValueError(f"give 1 to {MOST_CHARACTERS} characters")
    return text


Text = Annotated[str, AfterValidator(_bounded)]
Reason = Literal["unsure", "out_of_scope", "asked_for_human", "policy", "permission", "abuse"]


class AskRequester(Wanted):
    """Ask the requester one short question."""

    question: Text

    def answer(self) -> Answer:
        """The question."""
        return Question(self.question)


class HandOff(Wanted):
    """Give the matter to another specialist.

    The summary is all the other one gets to read: what is asked and what was found.
    """

    to: Text
    reason: Text
    summary: Text

    def answer(self) -> Answer:
        """The hand-off."""
        return Handoff(self.to, self.reason, self.summary)


class EscalateToHuman(Wanted):
    """Give the matter to a person, with a note on what was found so far."""

    reason: Reason
    note: Text

    def answer(self) -> Answer:
        """The escalation."""
        return Escalation(EscalationReason(self.reason), self.note)


DESK_TOOLS: Mapping[str, type[AskRequester | HandOff | EscalateToHuman]] = {
    "ask_requester": AskRequester,
    "hand_off": HandOff,
    "escalate_to_human": EscalateToHuman,
}


@lru_cache(maxsize=256)
def desk_specs(colleagues: tuple[str, ...]) -> tuple[ToolSpec, ...]:
    """The tools as the model sees them; `colleagues` are the names of the other specialists."""
    specs = []
    for name, arguments in DESK_TOOLS.items():
        schema = arguments.model_json_schema()
        if arguments is HandOff:
            if not colleagues:
                continue
            schema["properties"]["to"]["enum"] = list(colleagues)
        specs.append(ToolSpec(name, " ".join((arguments.__doc__ or "").split()), schema))
    return tuple(specs)


def desk_answer(call: ToolCall) -> Answer | str:
    """The answer that a call of such a tool is, or what is wrong with its arguments."""
    try:
        return DESK_TOOLS[call.name].model_validate(dict(call.arguments)).answer()
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in found)
