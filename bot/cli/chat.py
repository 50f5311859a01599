"""`frontdesk chat`: talk to the desk in the terminal."""

from __future__ import annotations

import asyncio
import getpass
import sys
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rich.padding import Padding
from rich.status import Status
from rich.table import Table
from rich.text import Text

from bot.app import App, open_app
from bot.cli.console import command, err, out
from bot.messengers import RecordOnly
from bot.settings import load_settings
from frontdesk import PostError, StoreError
from router.records import BASIS_POINTS, Conversation, Decision, Delivery, Outcome, OutcomeKind
from storage.queries import Queries

SOURCE = "chat"
ASK_FOR_HUMAN = "Please let me talk to a person."
HELP = """\
Write as a customer would. Also:
  /why     who was considered for the last message, how sure, and why not
  /trace   the audit entries of this ticket
  /human   ask for a person
  /new     begin a new ticket
  /quit    leave
"""
STEPS = {"decide": "choosing who answers", "check": "checking the answer"}


@dataclass
class Talk:
    """One chat. `thread` changes with each new ticket."""

    app: App
    messenger: Waiting
    person: str = field(default_factory=getpass.getuser)
    thread: str = field(default_factory=lambda: uuid.uuid4().hex)
    last: Outcome | None = None

    async def say(self, text: str) -> None:
        """Send one message and show how its turn ends."""
        receipt = await self.app.store.receive(
            Delivery(
                id=uuid.uuid4().hex,
                source=SOURCE,
                text=text,
                at=datetime.now(UTC),
                author_id=self.person,
                conversation=self.thread,
            )
        )
        with self.messenger.waiting():
            self.last = await self.app.desk.turn(receipt.message)
        show_outcome(self.last, self.app)


class Waiting(RecordOnly):
    """Shows in the terminal what the desk is doing while a turn runs."""

    def __init__(self) -> None:
        self._status = err.status("")

    def waiting(self) -> Status:
        """The wait indicator, as a context."""
        self._status.update("reading…")
        return self._status

    async def progress(self, conversation: Conversation, step: str) -> None:
        """Name the step in the wait indicator."""
        name, _, specialist = step.partition(":")
        self._status.update(STEPS.get(name) or f"{specialist.capitalize()} is looking it up")


@command
async def chat() -> None:
    """Talk to the desk in the terminal; it says who answers, why, how sure, and its sources."""
    await converse()


async def converse() -> None:
    """Open the desk and talk until the requester leaves."""
    messenger = Waiting()
    async with open_app(load_settings(), messenger) as app:
        names = ", ".join(app.desk.specialists.titles.values()) or "nobody"
        out.print(f"[bold]Frontdesk[/]  specialists: {names}.  /help lists the commands.\n")
        talk = Talk(app, messenger)
        while (line := await read_line()) is not None:
            if not await obey(talk, line.strip()):
                break


async def read_line() -> str | None:
    """A line from the terminal, or None at its end. Without a terminal it reads plain lines."""
    try:
        if sys.stdin.isatty():
            return await asyncio.to_thread(out.input, "[bold cyan]you:[/] ")
        line = await asyncio.to_thread(sys.stdin.readline)
    except EOFError:
        return None
    if line.strip():
        out.print(Text(f"you: {line.strip()}", style="cyan"))
    return line or None


async def obey(talk: Talk, line: str) -> bool:
    """Do what a line asks for; say whether to go on."""
    match line:
        case "":
            pass
        case "/quit" | "/exit":
            return False
        case "/help":
            out.print(HELP)
        case "/new":
            talk.thread, talk.last = uuid.uuid4().hex, None
            out.print("A new ticket begins with your next message.\n", style="dim")
        case "/why":
            show_why(talk)
        case "/trace":
            await show_trace(talk)
        case _ if line.startswith("/") and line != "/human":
            out.print("There is no such command; /help lists them.\n", style="yellow")
        case _:
            await answer(talk, ASK_FOR_HUMAN if line == "/human" else line)
    return True


async def answer(talk: Talk, text: str) -> None:
    """Send a message; what fails is said in plain words and the chat goes on."""
    try:
        await talk.say(text)
    except (StoreError, PostError) as error:
        err.print(f"That did not work, and nothing is lost: {error}", style="red", markup=False)


def show_outcome(outcome: Outcome, app: App) -> None:
    """Show the reply, who gave it and why, its sources and the verdict."""
    if outcome.kind is OutcomeKind.QUIET:
        out.print("(noted; nothing to answer)\n", style="dim")
        return
    out.print(Padding(Text(outcome.text), (0, 0, 0, 2)), soft_wrap=False)
    for part in outcome.parts:
        for number, source in enumerate(part.sources, start=1):
            out.print(Text(f"  [{number}] {source.title}  {source.source}", style="dim"))
    for part in outcome.parts:
        who = app.desk.specialists.title(part.specialist) if part.specialist else "Nobody yet"
        ended = f"to a human: {part.escalation}" if part.escalation else part.kind
        out.print(Text(f"  {who} · {part.decision.reason} · {ended}", style="green"))
    out.print(Text(f"  ticket {outcome.ticket}\n", style="dim"))


def show_why(talk: Talk) -> None:
    """Show who was considered for the last message."""
    if talk.last is None:
        out.print("Nothing was decided yet: write something first.\n", style="yellow")
        return
    for part in talk.last.parts:
        out.print(why_table(part.decision), soft_wrap=False)


def why_table(decision: Decision) -> Table:
    """Everything that was considered in one decision."""
    title = f"{decision.band}: {decision.reason} (decided by {decision.decided_by})"
    table = Table("Specialist", "Confidence", "", "Threshold", "Why not", title=Text(title))
    for other in decision.alternatives:
        bar = "█" * round(20 * other.confidence_bp / BASIS_POINTS)
        share = f"{other.confidence_bp / 100:.1f} %"
        needed = f"{other.threshold_bp / 100:.0f} %"
        table.add_row(other.specialist, share, bar, needed, Text(other.why_not or "chosen"))
    return table


async def show_trace(talk: Talk) -> None:
    """Show the audit entries of the ticket so far."""
    if talk.last is None:
        out.print("There is no ticket yet: write something first.\n", style="yellow")
        return
    queries = Queries(talk.app.store)
    for entry in await queries.entries(ticket=talk.last.ticket, oldest_first=True, limit=500):
        out.print(Text(f"  {entry.at:%H:%M:%S.%f}  {entry.kind:<18} {entry.actor:<22} {entry.id}"))
    out.print()
