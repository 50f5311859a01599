"""`frontdesk audit sample` and `audit review`: judging decisions from the command line."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot.cli.console import FOUND, OK, AsJson, command, out, say_json
from bot.cli.reviewing import As, opened
from frontdesk import SettingsError
from router.review_facts import CaseQuery, Judgement
from storage.conversations import microseconds
from storage.people.roles import Role
from storage.queries import Queries
from storage.reviews.bounds import sample_size
from storage.reviews.judging import NewOpinion
from storage.reviews.rules import RULES
from storage.reviews.tables import CaseState
from storage.reviews.views import CaseRow, ItemView, next_for

review = typer.Typer(no_args_is_help=True, help="Cases: decisions that people judge.")

Case = Annotated[str, typer.Argument(help="The case, such as R-0K3M9X7Q2ABC.")]


@command
async def sample(
    case: Annotated[
        str, typer.Argument(help="The case; without it, how many items it takes.")
    ] = "",
    share: Annotated[float, typer.Option(help="Per cent of failures to be seen.")] = 5.0,
    confidence: Annotated[float, typer.Option(help="How sure, in per cent.")] = 95.0,
    as_json: AsJson = False,
) -> int:
    """Draw a case's sample again and compare; or say how large a sample has to be.

    Exit code 1 if the case holds other items than its checkpoint gives.
    """
    if not case:
        return _size(round(share * 100), round(confidence * 100), as_json=as_json)
    async with opened() as desk:
        drawn = await desk.reviews.redraw(case)
    if drawn is None:
        raise SettingsError(f"{case} is not drawn yet: `frontdesk audit review draw {case}`")
    if as_json:
        say_json(asdict(drawn))
    else:
        out.print(f"Root at {drawn.checkpoint_size} entries: {drawn.root}")
        out.print(f"Seed SHA-256(root || {drawn.case}): {drawn.seed}")
        out.print(f"{len(drawn.sample)} of {drawn.population}, digest {drawn.population_digest}")
        for entry in drawn.sample:
            out.print(f"  {entry}")
        same = "[green]The same items[/] as" if drawn.same else "[bold red]Not the items[/] that"
        out.print(f"{same} the case holds.")
    return OK if drawn.same else FOUND


@review.command("open")
@command
async def open_(
    *,
    by: As,
    items: Annotated[int, typer.Option(min=1, max=2000, help="How many to judge.")] = 59,
    since: Annotated[datetime | None, typer.Option(help="Decisions from then on, UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Decisions before then, UTC.")] = None,
    specialist: Annotated[str | None, typer.Option(help="Only this specialist's.")] = None,
    below: Annotated[int | None, typer.Option(help="Less sure than so many per cent.")] = None,
    rule: Annotated[str | None, typer.Option(help="Only what this rule of the queue is about.")] = (
        None
    ),
    as_json: AsJson = False,
) -> None:
    """Open a case; its items are drawn with the next signed root, which nobody can choose."""
    if rule is not None and rule not in {one.name for one in RULES}:
        raise SettingsError(f"no rule is called {rule!r}: {', '.join(one.name for one in RULES)}")
    query = CaseQuery(
        since_us=microseconds(since.replace(tzinfo=UTC)) if since else 0,
        until_us=microseconds(until.replace(tzinfo=UTC)) if until else None,
        specialist=specialist,
        below_bp=None if below is None else below * 100,
        rule=rule,
    )
    async with opened() as desk:
        person = await desk.person(by, Role.REVIEWER)
        name = await desk.reviews.open(person.ref, query, items)
        case, _, _ = await desk.reviews.case(name, person.ref)
    if as_json:
        say_json(asdict(case))
    else:
        out.print(f"{case.id}: {case.drawn} of {case.population} decisions to judge.")


@review.command()
@command
async def draw(case: Case) -> int:
    """Draw the items of a case that was opened while no checkpoint was signed."""
    async with opened() as desk:
        drawn = await desk.reviews.draw(case)
    out.print("Drawn." if drawn else "No checkpoint was signed since it was opened; try later.")
    return OK if drawn else FOUND


@review.command("list")
@command
async def list_(
    state: Annotated[CaseState | None, typer.Option(help="Only these.")] = None,
    as_json: AsJson = False,
) -> None:
    """List cases, newest first."""
    async with opened() as desk:
        cases = await desk.reviews.cases(state=state)
    if as_json:
        for case in cases:
            say_json(asdict(case))
        return
    table = Table("Case", "Opened", "State", "Judged", "Second opinions", "Of", title="Cases")
    for case in cases:
        judged = f"{case.judged}/{case.drawn}"
        opened_at = f"{case.opened:%Y-%m-%d %H:%M}"
        table.add_row(
            case.id,
            opened_at,
            case.state,
            judged,
            f"{case.open_seconds} open",
            str(case.population),
        )
    out.print(table)


@review.command()
@command
async def show(case: Case, by: As, as_json: AsJson = False) -> None:
    """Show a case as you see it: an opinion that waits for yours is hidden."""
    async with opened() as desk:
        person = await desk.person(by, Role.REVIEWER)
        row, items, stands = await desk.reviews.case(case, person.ref)
    if as_json:
        say_json({"case": asdict(row), "items": [asdict(one) for one in items]})
        return
    out.print(_head(row))
    for item in items:
        out.print(Text(f"{item.position:4}  {item.entry}  {item.ticket}  {_opinions(item)}"))
    if stands.bound_bp is not None:
        out.print(
            f"{stands.failures} failures in {stands.settled}; at most {_share(stands.bound_bp)}"
        )
    following = next_for(items)
    if following is not None:
        out.print(f"Next for you: item {following.position}.", style="dim")


@review.command()
@command
async def verdict(
    case: Case,
    item: Annotated[int, typer.Argument(min=1, help="Its number in the case.")],
    judgement: Annotated[Judgement, typer.Argument(help="What you say of it.")],
    by: As,
    comment: Annotated[str, typer.Option(help="Why, in a few words.")] = "",
) -> None:
    """Put your verdict on an item; it cannot be taken back."""
    async with opened() as desk:
        person = await desk.person(by, Role.REVIEWER)
        entry = await desk.reviews.judge(person.ref, (case, item), NewOpinion(judgement, comment))
    out.print(f"On record: {entry}")


@review.command()
@command
async def sign(
    case: Case,
    by: As,
    statement: Annotated[str, typer.Option(help="What you state, in your own words.")],
    as_json: AsJson = False,
) -> None:
    """Sign a case off once everything in it is judged."""
    async with opened() as desk:
        person = await desk.person(by, Role.LEAD)
        entry = await desk.reviews.sign(person.ref, case, statement)
        view = await Queries(desk.store).entry(entry)
    body = view.leaf["body"]
    if as_json:
        say_json({"entry": entry, **body})
        return
    out.print(f"Signed: {entry}")
    out.print(
        f"{body['failures']} failures in {body['reviewed']} of {body['population']}: "
        f"at most {_share(body['bound_bp'])}, at {_share(body['confidence_bp'])} confidence."
    )
    out.print(f"Bound to root {body['root']} at {body['size']} entries.")


@review.command()
@command
async def rebuild() -> None:
    """Make the review queue and the charts again, from the whole log."""
    async with opened() as desk:
        await desk.reviews.rebuild()
    out.print("Made again from the log.")


def _size(share_bp: int, confidence_bp: int, *, as_json: bool) -> int:
    try:
        size = sample_size(share_bp, confidence_bp)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    if as_json:
        say_json({"share_bp": share_bp, "confidence_bp": confidence_bp, "items": size})
    else:
        sure, failures = _share(confidence_bp), _share(share_bp)
        out.print(f"{size} items show a failure with {sure} if {failures} of all are failures.")
    return OK


def _head(case: CaseRow) -> str:
    of = f"{case.drawn} of {case.population} decisions"
    return f"{case.id}: {case.state}, {of}, {case.judged} judged"


def _opinions(item: ItemView) -> str:
    if item.hidden:
        return "first opinion hidden until yours is there"
    said = [one.judgement.value for one in (item.first, item.second) if one is not None]
    waits = item.twice and item.second is None
    return (", then ".join(said) or "open") + (", waits for a second reviewer" if waits else "")


def _share(basis_points: int) -> str:
    return f"{basis_points / 100:.2f} %"
