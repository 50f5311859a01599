"""`frontdesk chat`: talk to the desk in the terminal."""

from __future__ import annotations

import getpass
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rich.status import Status
from rich.text import Text

from bot.app import App
from bot.cli.console import command, err, out
from bot.cli.desk import opened_desk
from bot.cli.entries import entries_view
from bot.cli.lines import typed_line
from bot.cli.outcome import outcome_view, why_view
from bot.messengers import RecordOnly
from frontdesk import PostError, StoreError
from router.records import Conversation, Delivery, Outcome
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
        out.print(outcome_view(self.last, self.app.desk.specialists), soft_wrap=False)


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
    async with opened_desk(messenger) as app:
        out.print(greeting(app), soft_wrap=False)
        talk = Talk(app, messenger)
        while (line := await typed_line("you:")) is not None:
            if not await obey(talk, line.strip()):
                break


def greeting(app: App) -> Text:
    """Who is there, and how to go on."""
    names = ", ".join(app.desk.specialists.titles.values()) or "nobody"
    there = f"  Specialists: {names}.\n/help lists the commands, /quit leaves.\n"
    return Text.assemble(("Frontdesk", "bold"), there)


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


def show_why(talk: Talk) -> None:
    """Show who was considered for the last message."""
    if talk.last is None:
        out.print("Nothing was decided yet: write something first.\n", style="yellow")
        return
    for part in talk.last.parts:
        out.print(why_view(part.decision), soft_wrap=False)


async def show_trace(talk: Talk) -> None:
    """Show the audit entries of the ticket so far."""
    if talk.last is None:
        out.print("There is no ticket yet: write something first.\n", style="yellow")
        return
    queries = Queries(talk.app.store)
    entries = await queries.entries(ticket=talk.last.ticket, oldest_first=True, limit=500)
    out.print(entries_view(entries, talk.last.ticket), soft_wrap=False)
    out.print(f"  `frontdesk audit show {talk.last.ticket}` tells it in full.\n", style="dim")
