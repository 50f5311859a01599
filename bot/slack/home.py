"""The Home tab: my tickets, what I may set, what the desk is; for staff the queue."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import Option
from slack_sdk.models.views import View

from bot.slack import card_look, modals
from bot.slack.acting import Actor
from bot.slack.blocks import context
from bot.slack.card_look import cut
from bot.slack.listening import Ack, actor_of, attempt, open_form, open_view
from bot.slack.office import Office
from bot.slack.ticket_lines import described
from bot.slack.translate import team_of
from router.ticket_life import DONE
from storage.cases import TicketLine
from storage.tables import TicketStatus

log = logging.getLogger("frontdesk.slack.home")

Body = dict[str, Any]
NEW, REFRESH, LANGUAGE, ERASE = "home_new", "home_refresh", "home_language", "home_erase"
LANGUAGES: Mapping[str, str] = {
    "": "The language I write in",
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "pt": "Português",
    "nl": "Nederlands",
    "ja": "日本語",
}
AUTO = "auto"
NO_MORE = DONE | {TicketStatus.ANSWERED}
MOST_SECTION = 2_900


@dataclass(frozen=True, slots=True)
class About:
    """What people have a right to know. `models` is empty where no language model is used."""

    models: tuple[str, ...] = ()
    retention: str = "until it is erased"
    contact: str = ""

    def text(self) -> str:
        """The notice."""
        how = (
            f"Answers are written by software with these language models: {', '.join(self.models)}."
            if self.models
            else "Answers are quoted from help articles by software; no language model is used."
        )
        contact = f" Questions about this: {self.contact}." if self.contact else ""
        return (
            f"{how} They can be wrong: check what matters, and ask for a person whenever you want. "
            f"What you write to me is kept encrypted, {self.retention}; the record of decisions "
            f"holds no text.{contact}"
        )


@dataclass(frozen=True, slots=True)
class Home:
    """Draws the tab and listens to its buttons."""

    office: Office
    about: About = field(default_factory=About)

    def register(self, app: AsyncApp) -> None:
        """Listen for its buttons; `opened` is for whoever hears events."""
        self.office.redraw = self.draw
        app.action(NEW)(self.new)
        app.action(REFRESH)(self.refresh)
        app.action(LANGUAGE)(self.language)
        app.action(ERASE)(self.erase)

    async def opened(self, body: Mapping[str, Any]) -> None:
        """Draw the tab for whoever opened it.

        Raises:
            PostError: Slack did not take it.
        """
        event = body["event"]
        if event.get("tab", "home") == "home":
            await self.draw(await self.office.actor(team_of(body), str(event["user"])))

    async def draw(self, actor: Actor) -> None:
        """Draw the tab for somebody.

        Raises:
            PostError: Slack did not take it.
        """
        mine = await self.office.cases.mine(actor.ref, actor.team)
        queue = await self._queue(actor.team) if actor.staff else None
        language = await self.office.humans.setting(actor.ref, "language")
        view = View(type="home", blocks=self.blocks(mine, queue, language)).to_dict()
        await self.office.calls(actor.team, "views_publish", user_id=actor.user, view=view)

    def blocks(
        self, mine: Sequence[TicketLine], queue: Sequence[Block] | None, language: str
    ) -> list[Block]:
        """What stands there; `queue` is None for who is no staff."""
        open_ = [line for line in mine if line.status not in NO_MORE]
        recent = [line for line in mine if line.status in NO_MORE]
        blocks: list[Block] = [] if queue is None else [*queue, DividerBlock()]
        blocks += self._list("My open tickets", open_, "You have no open ticket.")
        blocks.append(_buttons(_button(NEW, "New ticket", "primary"), _button(REFRESH, "Refresh")))
        if recent:
            blocks += self._list("Recent answers", recent, "")
        blocks += [DividerBlock(), _header("Settings"), _settings(language)]
        blocks.append(_buttons(_button(ERASE, "Delete my data", "danger")))
        return [*blocks, DividerBlock(), _header("About"), context(self.about.text())]

    async def new(self, ack: Ack, body: Body) -> None:
        """Open the form for a new ticket."""
        await open_form(self.office, ack, body)

    async def refresh(self, ack: Ack, body: Body) -> None:
        """Draw the tab anew."""
        await ack()
        self.office.later(self.draw(await actor_of(self.office, body)))

    async def language(self, ack: Ack, body: Body) -> None:
        """Keep the language somebody wants to be answered in."""
        chosen = (body["actions"][0].get("selected_option") or {}).get("value") or AUTO
        value = chosen if chosen in LANGUAGES else ""

        async def act(actor: Actor) -> None:
            await self.office.humans.set(actor.ref, "language", value)

        await attempt(self.office, ack, body, act)

    async def erase(self, ack: Ack, body: Body) -> None:
        """Ask whether somebody really wants to be forgotten."""

        async def act(actor: Actor) -> None:
            await open_view(self.office, body, modals.erase())

        await attempt(self.office, ack, body, act)

    async def _queue(self, team: str) -> list[Block]:
        """What waits for staff, to be taken over, or is with them, to be handed back."""
        blocks: list[Block] = [_header("Queue")]
        for line in await self.office.cases.queue(team):
            case = await self.office.cases.of_ticket(line.ticket)
            action = card_look.HAND_BACK if line.owner else card_look.TAKE_OVER
            section = _section(described(line, self.office.titles))
            if case is not None:
                section.accessory = card_look.button(action, case)
            blocks.append(section)
        return blocks if len(blocks) > 1 else [*blocks, _section("Nothing waits for staff.")]

    def _list(self, title: str, lines: Sequence[TicketLine], none: str) -> list[Block]:
        texts = [described(line, self.office.titles) for line in lines] or [none]
        return [_header(title), *map(_section, texts)]


def _settings(language: str) -> SectionBlock:
    options = {
        value: Option(value=value or AUTO, text=PlainTextObject(text=text))
        for value, text in LANGUAGES.items()
    }
    element = StaticSelectElement(
        action_id=LANGUAGE,
        options=list(options.values()),
        initial_option=options.get(language, options[""]),
    )
    return SectionBlock(text=MarkdownTextObject(text="Answer me in"), accessory=element)


def _section(text: str) -> SectionBlock:
    return SectionBlock(text=MarkdownTextObject(text=cut(text, MOST_SECTION)))


def _header(text: str) -> HeaderBlock:
    return HeaderBlock(text=PlainTextObject(text=text))


def _button(action: str, text: str, style: str | None = None) -> ButtonElement:
    return ButtonElement(action_id=action, text=PlainTextObject(text=text), style=style)


def _buttons(*elements: ButtonElement) -> ActionsBlock:
    return ActionsBlock(elements=list(elements))
