"""What people do with an app's surfaces: press, fill in, submit, close, command, shortcut."""

from __future__ import annotations

from typing import Any

from bot.sandbox import interactions
from bot.sandbox.acts import MessageActs
from bot.sandbox.api_chat import keep_ephemeral
from bot.sandbox.api_views import check_view, push_view, replace_view, stack_of
from bot.sandbox.block_rules import elements_of, find_element
from bot.sandbox.delivery import Delivery
from bot.sandbox.errors import SlackError
from bot.sandbox.records import Json, Message, User, View
from bot.sandbox.state import Workspace
from bot.sandbox.typed_text import rich_text


class SurfaceActs(MessageActs):
    """The people's side of buttons, modals, commands and shortcuts."""

    async def press(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
        team: str | None = None,
    ) -> Delivery:
        """Use a button, menu or feedback button in a message. `value` is what was chosen."""
        workspace = self.core.workspace(team)
        person = workspace.user(user)
        message = self._visible(workspace, person, self.where(channel, person, team).id, ts)
        block, element = _find(message.blocks, action_id, block_id, value)
        action = interactions.action_of(workspace, block, element, value)
        body = interactions.message_clicked(self.core, workspace, person, message, [action])
        return await self._ask("block_actions", body["trigger_id"], body)

    def _visible(self, workspace: Workspace, person: User, channel_id: str, ts: str) -> Message:
        hidden = workspace.ephemerals.get(ts)
        if hidden and hidden.only_for == person.id and hidden.channel == channel_id:
            return hidden
        return workspace.message(channel_id, ts)

    async def _ask(self, name: str, key: str, body: Json) -> Delivery:
        return await self.core.deliveries.ask("interactive", name, key, body)

    def modal(self, user: str, *, team: str | None = None) -> View | None:
        """Return the modal someone sees, or None."""
        workspace = self.core.workspace(team)
        stack = stack_of(workspace, workspace.user(user).id)
        return stack[-1] if stack else None

    def home(self, user: str, *, team: str | None = None) -> View | None:
        """Return someone's App Home, or None when nothing was published."""
        workspace = self.core.workspace(team)
        return workspace.homes.get(workspace.user(user).id)

    async def press_in_view(
        self,
        user: str,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
        values: Json | None = None,
        in_home: bool = False,
        team: str | None = None,
    ) -> Delivery:
        """Use a button or menu in someone's open modal, or in their App Home."""
        workspace = self.core.workspace(team)
        person = workspace.user(user)
        view = self.home(user, team=team) if in_home else self.modal(user, team=team)
        if view is None:
            raise SlackError("view_not_found")
        block, element = _find(view.body["blocks"], action_id, block_id, value)
        action = interactions.action_of(workspace, block, element, value)
        state = read_inputs(view, values or {})
        body = interactions.view_clicked(self.core, workspace, person, view, (action, state))
        return await self._ask("block_actions", body["trigger_id"], body)

    async def submit(
        self, user: str, values: Json | None = None, *, team: str | None = None
    ) -> Json:
        """Submit the open modal; `values` maps block or action ids to what was filled in.

        Returns the field errors by block id, empty when the app accepted it.
        """
        workspace = self.core.workspace(team)
        person = workspace.user(user)
        view = self.modal(user, team=team)
        if view is None:
            raise SlackError("view_not_found")
        state = read_inputs(view, values or {})
        missing = missing_inputs(view, state)
        if missing:
            return missing
        body = interactions.view_submitted(self.core, workspace, person, view, state)
        delivery = await self._ask("view_submission", body["trigger_id"], body)
        if not delivery.acknowledged:
            return {"": "We had some trouble connecting. Try again?"}
        return self._follow(workspace, person, view, delivery.response or {})

    def _follow(self, workspace: Workspace, person: User, view: View, answer: Json) -> Json:
        action = answer.get("response_action")
        if action == "errors":
            errors: Json = answer["errors"]
            return errors
        if action == "clear":
            workspace.modals[person.id] = []
        elif action == "update":
            replace_view(workspace, view, check_view(answer["view"], "modal"))
        elif action == "push":
            push_view(workspace, person.id, check_view(answer["view"], "modal"))
        elif view.id in workspace.modals.get(person.id, []):
            workspace.modals[person.id].remove(view.id)
        workspace.feed.changed()
        return {}

    async def close_view(
        self, user: str, *, everything: bool = False, team: str | None = None
    ) -> Delivery | None:
        """Close the open modal, or the whole stack; the app hears of it if it asked to."""
        workspace = self.core.workspace(team)
        person = workspace.user(user)
        view = self.modal(user, team=team)
        if view is None:
            return None
        stack = workspace.modals[person.id]
        workspace.modals[person.id] = [] if everything else stack[:-1]
        workspace.feed.changed()
        if not view.body.get("notify_on_close"):
            return None
        body = interactions.view_closed(self.core, workspace, person, view, cleared=everything)
        return await self._ask("view_closed", view.id, body)

    async def command(
        self, user: str, channel: str, line: str, *, team: str | None = None
    ) -> Delivery:
        """Type a slash command such as `/frontdesk help`; an answer shows as ephemeral."""
        workspace = self.core.workspace(team)
        person = workspace.user(user)
        place = self.where(channel, person, team)
        command, _, text = line.partition(" ")
        body = interactions.slash_command(
            self.core, workspace, person, place, (command, text.strip())
        )
        delivery = await self.core.deliveries.ask(
            "slash_commands", command, body["trigger_id"], body
        )
        answer = delivery.response or {}
        if not delivery.acknowledged:
            answer = {"text": f'{command} failed with the error "operation_timeout"'}
        if answer.get("text") or answer.get("blocks"):
            self.answer(workspace, place.id, person.id, answer)
        return delivery

    def answer(
        self,
        workspace: Workspace,
        channel_id: str,
        user_id: str,
        answer: Json,
        *,
        thread_ts: str | None = None,
    ) -> Message:
        """Show what a command or response URL was answered with."""
        place = workspace.channels[channel_id]
        message = self.core.conversations.draft(workspace, place, workspace.bot)
        message.text = str(answer.get("text", ""))
        message.blocks = list(answer.get("blocks") or [rich_text(message.text)])
        message.thread_ts = answer.get("thread_ts") or thread_ts
        if answer.get("response_type") == "in_channel":
            return self.core.conversations.post(workspace, place, message)
        message.only_for = user_id
        keep_ephemeral(workspace, message)
        return message

    async def shortcut(
        self,
        user: str,
        callback_id: str,
        *,
        channel: str | None = None,
        ts: str | None = None,
        team: str | None = None,
    ) -> Delivery:
        """Run a message shortcut on a message, or a global one when no message is given."""
        workspace = self.core.workspace(team)
        person = workspace.user(user)
        if channel is None or ts is None:
            body = interactions.global_shortcut(self.core, workspace, person, callback_id)
            return await self._ask("shortcut", body["trigger_id"], body)
        message = workspace.message(self.where(channel, person, team).id, ts)
        body = interactions.message_shortcut(self.core, workspace, person, message, callback_id)
        return await self._ask("message_action", body["trigger_id"], body)

    async def options(
        self, user: str, action_id: str, query: str, *, team: str | None = None
    ) -> list[Json]:
        """Look up the options of an external select in the open modal."""
        workspace = self.core.workspace(team)
        person = workspace.user(user)
        view = self.modal(user, team=team)
        if view is None:
            raise SlackError("view_not_found")
        block, element = _find(view.body["blocks"], action_id, None, None)
        place = {"container": {"type": "view", "view_id": view.id}, "view": view.to_json()}
        body = interactions.options_wanted(
            self.core, workspace, person, place, (block, element, query)
        )
        delivery = await self._ask("block_suggestion", workspace.new_id("S"), body)
        return list((delivery.response or {}).get("options", []))


def _find(
    blocks: list[Json], action_id: str, block_id: str | None, value: Any
) -> tuple[Json, Json]:
    exact = value if isinstance(value, str) else None
    found = find_element(blocks, action_id, block_id=block_id, value=exact)
    found = found or find_element(blocks, action_id, block_id=block_id)
    if found is None:
        known = sorted({e["action_id"] for b in blocks for e in _usable(b)})
        raise SlackError("action_not_found", known=known)
    return found


def _usable(block: Json) -> list[Json]:
    return [element for element in elements_of(block) if "action_id" in element]


def read_inputs(view: View, values: Json) -> Json:
    """Return `state.values` from what was filled in, with defaults for the rest."""
    state: Json = {}
    for block in view.body.get("blocks", []):
        for element in _usable(block):
            if block["type"] != "input" and element["type"] in {"button", "overflow"}:
                continue
            action_id = element["action_id"]
            fallback = interactions.default_of(element)
            value = values.get(action_id, values.get(block["block_id"], fallback))
            state.setdefault(block["block_id"], {})[action_id] = interactions.chosen(element, value)
    return state


def missing_inputs(view: View, state: Json) -> Json:
    """Return what Slack itself complains of before it submits: required fields left empty."""
    errors = {}
    for block in view.body.get("blocks", []):
        if block["type"] == "input" and not block.get("optional"):
            held = state[block["block_id"]][block["element"]["action_id"]]
            if not any(value for name, value in held.items() if name != "type"):
                errors[block["block_id"]] = "Please complete this required field."
    return errors
