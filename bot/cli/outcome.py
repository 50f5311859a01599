"""How a turn ended and how it was decided, as the chat shows it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.cli.wording import bar
from bot.percent import percent
from router.answer.run import SpecialistRunner
from router.records import Decision, Outcome, OutcomeKind, Part

ENDED = {
    OutcomeKind.REPLIED: "checked and sent",
    OutcomeKind.ASKED: "asked back",
    OutcomeKind.ESCALATED: "to a human",
    OutcomeKind.HELD: "checked, and held for staff",
}


def outcome_view(outcome: Outcome, specialists: SpecialistRunner) -> RenderableType:
    """The reply, its sources, who gave it and why, and what the validator agent said."""
    if outcome.kind is OutcomeKind.QUIET:
        return Text("  (noted; nothing to answer)\n", style="dim")
    return Group(
        _indented(Text(outcome.text)),
        *(_indented(Text(line, style="dim")) for line in _sources(outcome)),
        *(_indented(Text(_part(part, specialists), style="green")) for part in outcome.parts),
        _indented(Text(f"ticket {outcome.ticket}\n", style="dim")),
    )


def why_view(decision: Decision) -> RenderableType:
    """Everything that was considered in one decision."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("Specialist", overflow="fold")
    table.add_column("Sure", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("Needs", justify="right", no_wrap=True)
    table.add_column("Why not", overflow="fold")
    for other in decision.alternatives:
        table.add_row(
            Text(other.specialist),
            bar(other.confidence_bp),
            percent(other.confidence_bp),
            percent(other.threshold_bp),
            Text(other.why_not or "chosen", style="" if other.why_not else "green"),
        )
    head = Text.assemble((decision.band, "bold"), f": {decision.reason}")
    by = Text(f"decided by: {decision.decided_by}\n", style="dim")
    return Group(_indented(head), _indented(table), _indented(by))


def _sources(outcome: Outcome) -> Iterator[str]:
    """Each article once, however often it is quoted."""
    cited = dict.fromkeys((s.title, s.source) for part in outcome.parts for s in part.sources)
    for number, (title, source) in enumerate(cited, start=1):
        yield f"[{number}] {title}\n    {source}"


def _part(part: Part, specialists: SpecialistRunner) -> str:
    who = specialists.title(part.specialist) if part.specialist else "Nobody yet"
    ended = ENDED.get(part.kind, part.kind)
    if part.escalation:
        ended = f"{ended} ({part.escalation.replace('_', ' ')})"
    return f"{who} · {ended} · {part.decision.reason}"


def _indented(what: RenderableType) -> Padding:
    return Padding(what, (0, 0, 0, 2), expand=False)
