"""views.open, views.push, views.update, views.publish: modals and the App Home."""

from __future__ import annotations

import json
import secrets

from bot.sandbox.arguments import Arguments
from bot.sandbox.block_rules import MAX_VIEW_BLOCKS, check_blocks
from bot.sandbox.bounds import trim
from bot.sandbox.core import Core
from bot.sandbox.errors import SlackError, invalid_arguments, required
from bot.sandbox.records import Json, View
from bot.sandbox.state import Workspace

MAX_VIEW_BYTES = 250_000
MAX_STACK = 3
MAX_VIEWS = 1_000
TEXT_LIMITS = {"title": 24, "submit": 24, "close": 24}
FIELD_LIMITS = {"private_metadata": 3_000, "callback_id": 255}


def check_view(view: object, kind: str) -> Json:
    """Return a view's body with ids filled in, or raise what Slack would."""
    if not isinstance(view, dict) or view.get("type") != kind:
        raise invalid_arguments(f"view must be of type {kind} [json-pointer:/view/type]")
    if len(json.dumps(view)) > MAX_VIEW_BYTES:
        raise SlackError("view_too_large")
    if kind == "modal" and not view.get("title"):
        raise invalid_arguments("missing required field: title [json-pointer:/view]")
    for name, limit in TEXT_LIMITS.items():
        if view.get(name) and not 0 < len(view[name]["text"]) <= limit:
            raise invalid_arguments(f"must be 1 to {limit} characters [json-pointer:/view/{name}]")
    for name, limit in FIELD_LIMITS.items():
        if len(view.get(name) or "") > limit:
            raise invalid_arguments(
                f"must be at most {limit} characters [json-pointer:/view/{name}]"
            )
    try:
        blocks = check_blocks(view.get("blocks") or [], most=MAX_VIEW_BLOCKS)
    except SlackError as error:
        raise invalid_arguments(*error.more.get("errors", [error.name])) from error  # type: ignore[misc]
    _check_submit(view, blocks)
    return view | {"blocks": blocks}


def _check_submit(view: Json, blocks: list[Json]) -> None:
    has_input = any(block["type"] == "input" for block in blocks)
    if view["type"] == "modal" and has_input and not view.get("submit"):
        raise invalid_arguments("missing required field: submit [json-pointer:/view]")


def new_hash(workspace: Workspace) -> str:
    """Return a fresh view hash."""
    return f"{int(workspace.clock())}.{secrets.token_hex(4)}"


def make_view(workspace: Workspace, user_id: str, body: Json, below: View | None = None) -> View:
    """Keep a new view, on top of `below` if it's pushed."""
    view_id = workspace.new_id("V")
    view = View(
        id=view_id,
        user_id=user_id,
        team_id=workspace.team_id,
        app_id=workspace.app_id,
        bot_id=workspace.bot.bot_id or "",
        body=body,
        hash=new_hash(workspace),
        root_view_id=below.root_view_id if below else view_id,
        previous_view_id=below.id if below else None,
    )
    workspace.views[view.id] = view
    trim(workspace.views, MAX_VIEWS)
    return view


def stack_of(workspace: Workspace, user_id: str) -> list[View]:
    """Return someone's open modals, the topmost last."""
    return [workspace.views[view_id] for view_id in workspace.modals.get(user_id, [])]


def push_view(workspace: Workspace, user_id: str, body: Json) -> View:
    """Put a modal on top of someone's open ones."""
    stack = stack_of(workspace, user_id)
    if len(stack) >= MAX_STACK:
        raise SlackError("push_limit_reached")
    view = make_view(workspace, user_id, body, stack[-1] if stack else None)
    workspace.modals.setdefault(user_id, []).append(view.id)
    workspace.feed.changed()
    return view


def replace_view(workspace: Workspace, view: View, body: Json) -> View:
    """Give a view new content and a new hash."""
    view.body, view.hash = body, new_hash(workspace)
    workspace.feed.changed()
    return view


def _answer(view: View) -> Json:
    return {"ok": True, "view": view.to_json()}


def _trigger(args: Arguments) -> str:
    return args.text("trigger_id") or args.text("interactivity_pointer")


async def open_view(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `views.open`."""
    body = check_view(args.structure("view"), "modal")
    if not _trigger(args):
        raise required("trigger_id")
    trigger = core.triggers.exchange(_trigger(args))
    if trigger.view_id is None:
        workspace.modals[trigger.user_id] = []
    return _answer(push_view(workspace, trigger.user_id, body))


async def push(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `views.push`; the trigger must come from within a modal."""
    body = check_view(args.structure("view"), "modal")
    trigger = core.triggers.exchange(_trigger(args))
    if not workspace.modals.get(trigger.user_id):
        raise SlackError("not_found")
    return _answer(push_view(workspace, trigger.user_id, body))


async def update(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `views.update`; a given hash must be the current one."""
    del core
    view = workspace.views.get(args.text("view_id")) or _by_external_id(workspace, args)
    if view is None:
        raise SlackError("not_found")
    if args.text("hash") and args.text("hash") != view.hash:
        raise SlackError("hash_conflict")
    kind = str(view.body.get("type", "modal"))
    return _answer(replace_view(workspace, view, check_view(args.structure("view"), kind)))


def _by_external_id(workspace: Workspace, args: Arguments) -> View | None:
    wanted = args.text("external_id")
    if not (wanted or args.text("view_id")):
        raise required("view_id")
    views = workspace.views.values()
    return next((view for view in views if wanted and view.body.get("external_id") == wanted), None)


async def publish(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `views.publish`, which sets someone's App Home."""
    del core
    user = workspace.user(args.need("user_id"))
    body = check_view(args.structure("view"), "home")
    known = workspace.homes.get(user.id)
    if known is None:
        workspace.homes[user.id] = make_view(workspace, user.id, body)
        workspace.feed.changed()
        return _answer(workspace.homes[user.id])
    if args.text("hash") and args.text("hash") != known.hash:
        raise SlackError("hash_conflict")
    return _answer(replace_view(workspace, known, body))
