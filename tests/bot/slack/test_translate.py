"""Events as the desk understands them, by Slack's own shapes."""

from typing import Any

import pytest

from bot.slack.translate import Deleted, Edited, Ignored, Me, Wrote, hear
from router.records import Addressee

ME = Me("U0BOT", "B0BOT")


def body(**event: Any) -> dict[str, Any]:
    message = {
        "type": "message",
        "user": "U1",
        "text": "hello",
        "ts": "1700000000.000100",
        "channel": "C1",
        "channel_type": "channel",
        "team": "T1",
    }
    return {"team_id": "T1", "event_id": "Ev1", "event": {**message, **event}}


def wrote(**event: Any) -> Wrote:
    heard = hear(body(**event), ME)
    assert isinstance(heard, Wrote)
    return heard


@pytest.mark.parametrize(
    ("event", "rule"),
    [
        ({"user": "U0BOT"}, "own"),
        ({"bot_id": "B0BOT", "user": "U9"}, "own"),
        ({"bot_id": "B1"}, "bot"),
        ({"app_id": "A1"}, "bot"),
        ({"subtype": "bot_message", "user": None}, "subtype:bot_message"),
        ({"user": "USLACKBOT"}, "nobody"),
        ({"user": None}, "nobody"),
        ({"hidden": True}, "hidden"),
        ({"subtype": "channel_join"}, "subtype:channel_join"),
        ({"subtype": "channel_topic"}, "subtype:channel_topic"),
        ({"subtype": "assistant_app_thread"}, "subtype:assistant_app_thread"),
    ],
)
def test_what_nobody_wrote_to_us_starts_nothing(event: dict[str, Any], rule: str) -> None:
    assert hear(body(**event), ME) == Ignored(rule)


def test_mention_and_message_of_one_post_have_one_id() -> None:
    text = "<@U0BOT> hello"
    message = wrote(text=text)
    mention = wrote(text=text, type="app_mention", channel_type=None)
    assert message.delivery == mention.delivery
    assert message.delivery.id == "T1:C1:1700000000.000100"
    assert message.delivery.text == "hello"


def test_reply_belongs_to_its_root() -> None:
    delivery = wrote(thread_ts="1699999999.000200").delivery
    assert delivery.conversation == "C1:1699999999.000200"


@pytest.mark.parametrize(
    ("event", "addressee"),
    [
        ({"text": "hello"}, Addressee.THREAD),
        ({"text": "<@U0BOT|desk> hello"}, Addressee.DESK),
        ({"text": "<@U5> lunch?"}, Addressee.OTHERS),
        ({"text": "<@U5> and <@U0BOT>"}, Addressee.DESK),
        ({"text": "<@U5> hi", "channel_type": "im"}, Addressee.DESK),
    ],
)
def test_who_is_addressed(event: dict[str, Any], addressee: Addressee) -> None:
    assert wrote(**event).delivery.addressee is addressee


def test_entities_are_resolved_once() -> None:
    text = wrote(
        text="a &lt; b &amp;amp; <https://x.example|x.example> <#C2|general>"
    ).delivery.text
    assert text == "a < b &amp; https://x.example #general"


def test_files_and_broadcasts_are_messages() -> None:
    assert wrote(subtype="file_share").delivery.text == "hello"
    assert wrote(subtype="thread_broadcast").delivery.text == "hello"


def test_people_of_other_companies_are_known() -> None:
    assert wrote(user_team="T9").outside
    assert not wrote(user_team="T1").outside


def changed(before: str, after: str, **message: Any) -> Any:
    new = {"user": "U1", "text": after, "ts": "1.1", "edited": {"ts": "2.0"}, **message}
    old = {"user": "U1", "text": before, "ts": "1.1"}
    return hear(
        body(subtype="message_changed", message=new, previous_message=old, hidden=True, ts="3.0"),
        ME,
    )


def test_edit_names_what_it_replaces() -> None:
    heard = changed("old", "<@U0BOT> new")
    assert isinstance(heard, Edited)
    assert heard.old == "T1:C1:1.1"
    assert heard.new.delivery.id == "T1:C1:1.1:2.0"
    assert heard.new.delivery.text == "new"


def test_unfurls_spaces_and_edits_by_bots_are_no_edits() -> None:
    assert changed("same text", "Same  text") == Ignored("same_text")
    assert changed("old", "new", bot_id="B0BOT") == Ignored("own")
    assert changed("old", "new", bot_id="B1") == Ignored("bot")
    assert changed("old", "new", subtype="tombstone") == Ignored("subtype:tombstone")


def test_deletion_names_what_is_gone() -> None:
    previous = {"user": "U1", "text": "x", "ts": "1.1"}
    event = {"subtype": "message_deleted", "deleted_ts": "1.1", "previous_message": previous}
    assert hear(body(**event), ME) == Deleted("T1:C1:1.1")
    ours = {**event, "previous_message": {**previous, "bot_id": "B0BOT"}}
    assert hear(body(**ours), ME) == Ignored("own")


def test_workspace_is_where_the_app_is_installed() -> None:
    shared = body(text="<@U0BOT> hi") | {"authorizations": [{"team_id": "T7"}]}
    heard = hear(shared, ME)
    assert isinstance(heard, Wrote)
    assert heard.delivery.workspace == "T7"
