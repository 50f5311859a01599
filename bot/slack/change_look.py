"""How a change that a tool proposed looks on a card: exactly what would run, and two buttons."""

from __future__ import annotations

import json
from collections.abc import Mapping

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.slack import escape
from router.validate.hidden import visible
from storage.change_tables import ChangeState
from storage.changes_done import Change

RUN = "change_run"
DECLINE = "change_decline"
MOST_SHOWN = 2_400
"""Characters of the arguments on a card. What cannot be shown whole cannot be let run here."""
MOST_RESULT = 600
MOST_TITLE = 60

_STANDS: Mapping[ChangeState, str] = {
    ChangeState.PROPOSED: "Nothing was run. It waits for one of you.",
    ChangeState.CONFIRMED: "{by} lets it run; it is about to.",
    ChangeState.BEGUN: "{by} let it run; it is running.",
    ChangeState.DECLINED: "{by} does not want it to run.",
    ChangeState.DONE: "{by} let it run, and it did.",
    ChangeState.FAILED: "{by} let it run, and it failed. Look whether anything was changed.",
    ChangeState.UNCLEAR: "{by} let it run, and nobody knows whether it did. Please look there.",
}


def change_blocks(change: Change, *, open_: bool) -> list[Block]:
    """A proposed change; with buttons while it waits and the card is `open_`."""
    shown = pretty(change)
    who = f"*{escape.escaped(change.specialist)}* wants to run `{escape.escaped(change.tool)}`:"
    text = f"{who}\n```{escape.escaped(shown)[:MOST_SHOWN]}```\n{stands(change)}"
    blocks: list[Block] = [SectionBlock(text=MarkdownTextObject(text=text))]
    if open_ and change.state is ChangeState.PROPOSED:
        buttons = [_decline(change)]
        if is_shown_whole(change):
            buttons.insert(0, _run(change))
        blocks.append(ActionsBlock(block_id=f"change:{change.proposal}", elements=buttons))
    return blocks


def stands(change: Change) -> str:
    """How far it has come, who decided, and what it gave."""
    by = f"<@{change.by}>" if change.by else "Somebody"
    said = _STANDS[change.state].format(by=by)
    if change.state is ChangeState.PROPOSED and change.is_erased:
        said = "What it would have run with was erased, so it cannot be let run."
    elif change.state is ChangeState.PROPOSED and not is_shown_whole(change):
        said += " It is too long to be shown whole here, so it cannot be let run from here."
    if change.result:
        said += f"\n> {escape.escaped(' '.join(change.result.split())[:MOST_RESULT])}"
    return said


def pretty(change: Change) -> str:
    """The arguments for people, with nothing hidden in them.

    Backticks would end the block that shows them, and what nobody can see would run unseen.
    """
    text = json.dumps(json.loads(change.arguments), indent=2, ensure_ascii=False)
    return "".join(letter if _is_plain(letter) else _written(letter) for letter in text)


def is_shown_whole(change: Change) -> bool:
    """Whether a person sees everything that would run."""
    return not change.is_erased and len(escape.escaped(pretty(change))) <= MOST_SHOWN


def _is_plain(letter: str) -> bool:
    return letter == "\n" or (letter != "`" and bool(visible(letter)))


def _written(letter: str) -> str:
    return "\\u0060" if letter == "`" else json.dumps(letter)[1:-1]


def _run(change: Change) -> ButtonElement:
    ask = ConfirmObject(
        title="Let it run?",
        text=PlainTextObject(text="It runs once, with exactly what the card shows."),
        confirm="Run it",
        deny="Not now",
    )
    text = PlainTextObject(text=f"Run {change.tool}"[:MOST_TITLE])
    return ButtonElement(
        action_id=RUN, text=text, value=change.proposal, style="primary", confirm=ask
    )


def _decline(change: Change) -> ButtonElement:
    text = PlainTextObject(text="Do not run it")
    return ButtonElement(action_id=DECLINE, text=text, value=change.proposal)
