"""assistant.threads.* and agents.sessions.*: status line, prompts, titles, the stop button."""

from __future__ import annotations

from bot.sandbox.arguments import Arguments
from bot.sandbox.bounds import trim
from bot.sandbox.core import Core
from bot.sandbox.errors import SlackError, invalid_arguments
from bot.sandbox.records import Json, Prompts, Session, ThreadStatus
from bot.sandbox.state import Workspace

SESSION_STATES = {"active", "processing", "suspended", "closed"}
STOP_EVENT = "agent_session_stopped"
STOP_WARNING = "missing_agent_session_stopped_event_subscription"
MAX_PROMPTS = 4
MAX_LOADING_MESSAGES = 10
MAX_TITLE = 200
MAX_THREADS = 2_000


def _thread(workspace: Workspace, args: Arguments) -> tuple[str, str]:
    channel = workspace.channel_for_bot(args.need("channel_id"))
    thread_ts = args.need("thread_ts")
    if thread_ts not in workspace.messages.get(channel.id, {}):
        raise SlackError("invalid_thread_ts", detail="Thread not found")
    return channel.id, thread_ts


async def set_status(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `assistant.threads.setStatus`; an empty status clears the line."""
    del core
    key = _thread(workspace, args)
    if "status" not in args:
        raise invalid_arguments("missing required field: status")
    loading = args.items("loading_messages")
    if len(loading) > MAX_LOADING_MESSAGES:
        raise invalid_arguments("no more than 10 items allowed [json-pointer:/loading_messages]")
    workspace.statuses.pop(key, None)
    if args.text("status"):
        shown = [str(message) for message in loading]
        workspace.statuses[key] = ThreadStatus(args.text("status"), shown, workspace.clock())
        trim(workspace.statuses, MAX_THREADS)
    workspace.feed.changed()
    return {"ok": True}


async def set_title(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `assistant.threads.setTitle`."""
    del core
    key = _thread(workspace, args)
    _rename(workspace, key, args.need("title"))
    return {"ok": True}


def _rename(workspace: Workspace, key: tuple[str, str], title: str) -> Session:
    session = workspace.sessions.setdefault(key, Session(status="active"))
    session.title = title[:MAX_TITLE]
    workspace.feed.changed()
    return session


async def set_suggested_prompts(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `assistant.threads.setSuggestedPrompts`; without a thread they greet the person."""
    del core
    channel = workspace.channel_for_bot(args.need("channel_id"))
    prompts = args.items("prompts")
    if not 0 < len(prompts) <= MAX_PROMPTS:
        raise invalid_arguments("prompts must have 1 to 4 items")
    if any(not (prompt.get("title") and prompt.get("message")) for prompt in prompts):
        raise invalid_arguments("each prompt needs a title and a message")
    thread_ts = args.text("thread_ts")
    if thread_ts:
        _thread(workspace, args)
    workspace.prompts[channel.id, thread_ts] = Prompts(prompts, args.text("title"))
    trim(workspace.prompts, MAX_THREADS)
    workspace.feed.changed()
    return {"ok": True}


def set_session(
    workspace: Workspace, channel_id: str, thread_ts: str, args: Arguments, argument: str = "status"
) -> Session:
    """Set a session's lifecycle status; a new session also takes its title from the call."""
    status = args.need(argument)
    if status not in SESSION_STATES:
        raise SlackError("invalid_status")
    key = (channel_id, thread_ts)
    if key not in workspace.sessions:
        title = args.text("title")[:MAX_TITLE]
        workspace.sessions[key] = Session(status, title, args.optional("initiator_user_id"))
        trim(workspace.sessions, MAX_THREADS)
    workspace.sessions[key].status = status
    workspace.feed.changed()
    return workspace.sessions[key]


def _session_thread(workspace: Workspace, args: Arguments) -> tuple[str, str]:
    channel = workspace.channel_for_bot(args.need("channel_id"))
    if workspace.bot.id not in channel.members:
        raise SlackError("not_authorized")
    if not args.text("thread_ts"):
        raise SlackError("thread_ts_required")
    return channel.id, args.text("thread_ts")


async def set_session_status(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `agents.sessions.setStatus`."""
    channel_id, thread_ts = _session_thread(workspace, args)
    if len(args.text("title")) > MAX_TITLE:
        raise invalid_arguments("title must be at most 200 characters")
    if "initiator_user_id" in args:
        workspace.user(args.text("initiator_user_id"))
    session = set_session(workspace, channel_id, thread_ts, args)
    answer: Json = {
        "ok": True,
        "status": session.status,
        "agent_status": session.status,
        "title": session.title,
    }
    if STOP_EVENT not in core.app.events:
        answer |= {"warning": STOP_WARNING, "response_metadata": {"warnings": [STOP_WARNING]}}
    return answer


async def rename_session(core: Core, workspace: Workspace, args: Arguments) -> Json:
    """Handle `agents.sessions.rename`."""
    del core
    key = _session_thread(workspace, args)
    title = args.need("title")
    if key not in workspace.sessions:
        raise SlackError("session_not_found")
    if len(title) > MAX_TITLE:
        raise invalid_arguments("title must be at most 200 characters")
    return {"ok": True, "title": _rename(workspace, key, title).title}
