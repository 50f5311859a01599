"""What goes out: once, in order, whole, and harmless."""

import asyncio
import json
from pathlib import Path

from bot.sandbox import Sandbox
from frontdesk import Reply
from tests.bot.slack.desks import BRISK, Bench, bench, citing, slower

CONTROLS = ("<!channel>", "<!here>", "<@U0AANA000>", "<https://evil.example/?q=1|refund here>")


async def test_lost_answer_to_a_post_makes_no_second_one(both: Bench) -> None:  # E
    both.slack.fault("chat.postMessage", "lost_response")
    asked = await both.slack.post("ana", "help", "@frontdesk hello there")
    await both.settled()
    assert len(both.answers(asked)) == 1
    assert both.slack.calls("chat.postMessage") == 1


async def test_dropped_post_is_made_once_in_the_end(both: Bench) -> None:  # E
    both.slack.fault("chat.postMessage", "drop", times=2)
    asked = await both.slack.post("ana", "help", "@frontdesk hello there")
    await both.settled()
    assert len(both.answers(asked)) == 1


async def test_server_error_at_posting_ends_in_one_reply(both: Bench) -> None:  # E
    both.slack.fault("chat.postMessage", "status", status=503)
    both.slack.fault("chat.postMessage", "error", error="internal_error")
    asked = await both.slack.post("ana", "help", "@frontdesk hello there")
    await both.settled()
    assert len(both.answers(asked)) == 1


async def test_thread_that_cannot_be_looked_at_is_not_posted_to_twice(desk: Bench) -> None:
    desk.slack.fault("chat.postMessage", "lost_response")
    desk.slack.fault("conversations.replies", "status", times=2)
    asked = await desk.slack.post("ana", "help", "@frontdesk hello there")
    await desk.settled()
    assert len(desk.answers(asked)) == 1
    assert desk.slack.calls("chat.postMessage") == 1


async def test_rate_limit_storm_keeps_order_and_loses_nothing(both: Bench) -> None:  # F
    first = await both.slack.post("ana", "help", "@frontdesk number 0")
    await both.answer(first)
    both.slack.fault("chat.postMessage", "rate_limited", times=3, seconds=0.2)
    for number in range(1, 4):
        again = await both.slack.post("ana", "help", f"number {number}", thread=first.ts)
        await both.slack.wait_for(lambda n=number: len(both.helper.asked) > n)
        await both.settled(within=15)
        assert again.thread_ts == first.ts
    said = [one.text.split(":")[0] for one in both.answers(first)]
    assert said == [f"About number {number}" for number in range(4)]


async def test_refused_post_is_tried_again_and_then_a_human_has_it(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with bench(slack, tmp_path) as desk:
        slack.fault("chat.postMessage", "error", error="is_archived", times=99)
        await slack.post("ana", "help", "@frontdesk hello there")
        await desk.settled()
        kinds = await desk.kinds()
    assert kinds.count("post:failed") >= 4
    assert kinds[-1] == "turn:ended"
    assert "ticket:escalated" in kinds


async def test_specialist_that_breaks_the_turn_ends_with_a_human(desk: Bench) -> None:
    def broken(draft: object) -> object:
        raise RuntimeError("broken")

    desk.app.desk.validator.judge = broken  # type: ignore[method-assign, assignment]
    asked = await desk.slack.post("ana", "help", "@frontdesk hello there")
    answer = await desk.answer(asked)
    assert "needs a person" in answer.text
    assert "RuntimeError" not in json.dumps(answer.to_json())


async def test_markup_and_links_of_a_model_are_dead(both: Bench) -> None:  # L
    text = " ".join(CONTROLS) + " see [your bank](https://evil.example/x) or https://evil.example"
    both.helper.says = lambda _: Reply(text)
    asked = await both.slack.post("ana", "help", "@frontdesk hello there")
    answer = await both.answer(asked)
    shown = json.dumps([answer.text, answer.blocks])
    assert "evil.example" not in shown
    assert not any(control in shown for control in ("<!", "<@", "<https://evil"))
    assert "&lt;!channel&gt;" in answer.text
    assert not answer.unfurls


async def test_source_is_linked_and_who_answered_is_said(both: Bench) -> None:
    source = "https://help.example.com/refunds"
    both.helper.says = lambda _: citing("A refund takes five days.", "Refunds | all", source)
    asked = await both.slack.post("ana", "help", "@frontdesk how long?")
    answer = await both.answer(asked)
    shown = json.dumps(answer.blocks)
    assert f"<{source}|Refunds / all>" in shown
    assert "*Billing*, because because." in shown
    assert "It can be wrong" in shown
    assert answer.text == "A refund takes five days."
    actions = [block for block in answer.blocks if block["type"] in {"actions", "context_actions"}]
    ids = [element["action_id"] for block in actions for element in block["elements"]]
    assert ids == ["feedback", "wrong_team", "talk_to_human"]


async def test_very_long_answer_is_split_and_nothing_is_lost(  # N
    slack: Sandbox, tmp_path: Path
) -> None:
    words = [f"word{number:05}" for number in range(7_000)]
    paragraphs = [" ".join(words[at : at + 60]) for at in range(0, len(words), 60)]
    async with bench(slack, tmp_path) as desk:
        desk.helper.says = lambda _: Reply("\n\n".join(paragraphs)[:60_000])
        asked = await slack.post("ana", "help", "@frontdesk tell me all")
        await desk.settled(within=30)
        answers = desk.answers(asked)
    assert len(answers) == 8
    assert "\n\n".join(one.text for one in answers) == "\n\n".join(paragraphs)[:60_000]
    buttons = [any(b["type"] == "actions" for b in one.blocks) for one in answers]
    assert buttons == [False] * 7 + [True]


async def test_piece_whose_answer_got_lost_is_not_posted_again(desk: Bench) -> None:
    desk.helper.says = lambda _: Reply("\n\n".join(f"{n} " + "x" * 990 for n in range(19)))
    desk.slack.fault("chat.postMessage", "lost_response", times=2)
    asked = await desk.slack.post("ana", "help", "@frontdesk tell me all")
    await desk.settled(within=30)
    assert len(desk.answers(asked)) == 3
    assert desk.slack.calls("chat.postMessage") == 3


async def test_status_is_shown_at_once_and_ends_with_the_answer(both: Bench) -> None:
    both.helper.free.clear()
    asked = await both.slack.post("ana", "help", "@frontdesk hello there")
    place = (asked.channel, asked.ts)
    workspace = both.slack.workspace
    await both.slack.wait_for(lambda: workspace.thread_status(*place), within=1.0)
    session = await both.slack.wait_for(lambda: workspace.sessions.get(place), within=1.0)
    assert session.status == "processing"
    await both.slack.wait_for(lambda: "Billing" in workspace.thread_status(*place).text)
    both.helper.free.set()
    await both.answer(asked)
    await both.slack.wait_for(lambda: workspace.sessions[place].status == "active")
    assert workspace.thread_status(*place) is None


async def test_conversation_in_a_direct_message_gets_a_title(desk: Bench) -> None:
    asked = await desk.slack.post("ana", "dm", "where is  my invoice?")
    await desk.answer(asked)
    session = desk.slack.workspace.sessions[asked.channel, asked.ts]
    assert session.title == "where is my invoice?"


async def test_status_ends_where_nothing_is_said(both: Bench) -> None:
    asked = await both.slack.post("ana", "help", "@frontdesk hello there")
    await both.answer(asked)
    await both.settled()
    both.helper.free.clear()
    place = (asked.channel, asked.ts)
    more = await both.slack.post("ana", "help", "and where is my bill?", thread=asked.ts)
    await both.slack.wait_for(lambda: both.slack.workspace.thread_status(*place))
    await both.slack.delete("ana", "help", more.ts)
    await both.slack.wait_until_settled()
    both.helper.free.set()
    await both.settled()
    await both.slack.wait_for(lambda: both.slack.workspace.thread_status(*place) is None)


async def test_status_that_is_refused_changes_nothing(desk: Bench) -> None:
    for method in ("assistant.threads.setStatus", "agents.sessions.setStatus"):
        desk.slack.fault(method, "error", error="feature_disabled", times=9)
    asked = await desk.slack.post("ana", "help", "@frontdesk hello there")
    assert "hello there" in (await desk.answer(asked)).text
    await desk.settled()
    assert desk.slack.calls("agents.sessions.setStatus") == 1


async def test_prompts_are_suggested_when_the_messages_tab_opens(desk: Bench) -> None:
    await desk.slack.open_home("ana", "messages")
    channel = desk.slack.workspace.direct_message(desk.slack.workspace.user("ana").id)
    prompts = await desk.slack.wait_for(lambda: desk.slack.workspace.prompts.get((channel.id, "")))
    assert [one["message"] for one in prompts.prompts] == ["Where is my bill?"]


async def test_shutdown_lets_a_running_turn_end(slack: Sandbox, tmp_path: Path) -> None:
    async with bench(slack, tmp_path, pace=slower(BRISK, grace=5)) as desk:
        desk.helper.free.clear()
        asked = await slack.post("ana", "help", "@frontdesk hello there")
        await slack.wait_for(lambda: desk.helper.asked)
        asyncio.get_running_loop().call_later(0.2, desk.helper.free.set)
    assert len(slack.answers("help", thread=asked.ts)) == 1
