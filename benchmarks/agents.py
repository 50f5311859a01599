"""What the agents cost, beside three roles written by hand on the bare SDK, in the same run.

    python -m benchmarks.agents [--quick]

Everybody asks the same local model server, which runs in a process of its own. The floor makes four
calls a ticket (route, answer, the answer after its tool, check) and keeps one SQLite row a
hand-off; ours is a worker that does the whole turn, with claims, steps that go on where they were,
the ledger, the checks and the limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.agents_runs import Measured, Plan, beside, run
from benchmarks.agents_server import Serving

FAULTS = 0.1
ROUNDS = 8
"""In so many rounds the desks take turns: a machine may be half as fast a minute later."""
WRONG = 0.18


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    floor: str
    ours: str
    target: str = ""
    held: bool | None = None


def costs(quick: bool) -> Iterator[Line]:
    """CPU, calls and tokens, 64 tickets at once on a server that answers at once."""
    tickets, rounds = (192, 1) if quick else (1_536, ROUNDS)
    desks = ("floor", "floor-aiohttp", "ours", "ours-batch")
    plans = [Plan(desk, Serving(), tickets, 64, rounds) for desk in desks]
    floor, aiohttp, ours, batch = beside(plans)
    ratio = ours.cpu / floor.cpu
    yield Line(
        "CPU per ticket, 64 at once, ms",
        f"{floor.cpu:.1f} (aiohttp {aiohttp.cpu:.1f})",
        f"{ours.cpu:.1f} = {ratio:.2f} x",
        "<= 3.0 x",
        ratio <= 3.0,
    )
    of_batch = f"{batch.cpu:.1f} = {batch.cpu / floor.cpu:.2f} x"
    yield Line("the same in a batch, as `triage` runs it", "", of_batch)
    calls = f"{ours.calls:.2f}"
    yield Line("model calls per ticket", f"{floor.calls:.2f}", calls, "<= 3.2", ours.calls <= 3.2)
    share = ours.fresh / floor.fresh
    yield Line(
        "input tokens per ticket, not from cache",
        f"{floor.fresh:.0f}",
        f"{ours.fresh:.0f} = {share:.2f} x",
        "<= 0.75 x",
        share <= 0.75,
    )
    yield Line("input tokens per ticket, all", f"{floor.tokens:.0f}", f"{ours.tokens:.0f}")
    yield _cascade(ours)
    yield Line("ends: replied / human / asked", _ends(floor), _ends(ours))


def latency(quick: bool) -> Iterator[Line]:
    """What the desk adds to the waiting for models, 256 tickets at once."""
    slow = Serving(latency_ms=300)
    floor, ours = (run(Plan(desk, slow, 256, 256)) for desk in ("floor", "ours"))
    ratio = ours.p50 / floor.p50
    yield Line(
        "p50 per ticket, 256 come at once, 300 ms a call, s",
        f"{floor.p50 / 1000:.2f}",
        f"{ours.p50 / 1000:.2f} = {ratio:.2f} x",
        "<= 1.2 x",
        ratio <= 1.2,
    )
    tickets = 256 if quick else 768
    floor, ours = (run(Plan(desk, slow, tickets, 256)) for desk in ("floor", "ours"))
    yield Line(
        "the same where 256 are always there, s",
        f"{floor.p50 / 1000:.2f}",
        f"{ours.p50 / 1000:.2f} = {ours.p50 / floor.p50:.2f} x",
    )
    alone = run(Plan("ours", slow, 24, 1))
    added = alone.p50 - 300 * round(alone.calls)
    yield Line("added to the models' own time, one at a time, ms", "", f"{added:.0f}")


def faults(quick: bool) -> Iterator[Line]:
    """A tenth of all answers is faulty, each kind as often as the others."""
    tickets = 192 if quick else 768
    floor, ours = (
        run(Plan(desk, Serving(fault_rate=FAULTS), tickets, 64))
        for desk in ("floor-aiohttp", "ours")
    )
    valid = _valid(ours)
    yield Line(
        f"valid tickets, {FAULTS:.0%} faulty answers",
        f"{_valid(floor):.1%}, {floor.lost} lost",
        f"{valid:.1%}, {ours.lost} lost",
        ">= 99 %, 0 lost",
        valid >= 0.99 and ours.lost == 0,
    )
    yield Line("ends: replied / human / asked", _ends(floor), _ends(ours))


def lies(quick: bool) -> Iterator[Line]:
    """The specialists' model is wrong in a share of tickets, the validator's approves it all."""
    tickets = 192 if quick else 768
    lying = Serving(approve_everything=True, wrong=WRONG)
    floor, ours = (run(Plan(desk, lying, tickets, 64)) for desk in ("floor-aiohttp", "ours"))
    yield Line(
        f"wrong replies posted, of {WRONG:.0%} wrong, all approved",
        f"{floor.wrong / tickets:.1%}",
        f"{ours.wrong / tickets:.1%}",
        "0",
        ours.wrong == 0,
    )


def _cascade(ours: Measured) -> Line:
    """Without the cheaper ways of deciding, each ticket would be one call of the router."""
    each = ours.routing / ours.routed if ours.routed else 0.0
    saved = (1 - ours.routed) * each
    return Line("router calls per ticket", "1.00", f"{ours.routed:.2f} (saves {saved:.0f} tokens)")


def _valid(measured: Measured) -> float:
    """A right reply, a question, or a human; wrong ones and lost ones are not."""
    return 1 - (measured.wrong + measured.lost) / measured.tickets


def _ends(measured: Measured) -> str:
    return f"{measured.right + measured.wrong} / {measured.human} / {measured.asked}"


def table(lines: list[Line]) -> Table:
    """The figures, for people."""
    made = Table("", "floor", "ours", "target", "", title="Agents")
    for line in lines:
        held = "" if line.held is None else "yes" if line.held else "no"
        made.add_row(line.what, line.floor, line.ours, line.target, held)
    return made


def main(quick: Annotated[bool, typer.Option("--quick", help="Fewer tickets.")] = False) -> None:
    """Measure and print; exit code 1 where a target is missed."""
    console = Console(soft_wrap=True)
    lines: list[Line] = []
    for part in (costs, latency, faults, lies):
        console.print(f"[dim]{(part.__doc__ or '').splitlines()[0]}[/]")
        lines += part(quick)
    console.print(table(lines))
    raise typer.Exit(int(any(line.held is False for line in lines)))


if __name__ == "__main__":
    typer.run(main)
