"""The gate: who starts a turn, and by which rule the others do not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from frontdesk import Author
from router.gate import SIDE_CHAT, admit
from router.records import Addressee, Superseded, ThreadMessage
from tests.router.fakes import NOON, conversation


def heard(author: Author, text: str = "something", minutes: float = 1.0) -> ThreadMessage:
    return ThreadMessage("m0", author, "x", text, NOON - timedelta(minutes=minutes))


DESK, BEN, ANA = heard(Author.DESK), heard(Author.BYSTANDER), heard(Author.REQUESTER)
LONG_AGO = replace(BEN, at=NOON - SIDE_CHAT - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({}, "requester"),
        ({"owned_by_human": True}, "owned_by_human"),
        ({"superseded": Superseded.NEWER_MESSAGE}, "grouped"),
        ({"superseded": Superseded.STAFF}, "staff"),
        ({"superseded": Superseded.RETRACTED}, "retracted"),
        ({"addressee": Addressee.OTHERS}, "addressed_to_others"),
        ({"quiet": True}, "requester"),
        ({"quiet": True, "addressee": Addressee.THREAD}, "quiet"),
        ({"thread": (DESK,), "addressee": Addressee.THREAD}, "requester"),
        ({"thread": (DESK, BEN), "addressee": Addressee.THREAD}, "side_chat"),
        ({"thread": (DESK, BEN, ANA), "addressee": Addressee.THREAD}, "side_chat"),
        ({"thread": (DESK, LONG_AGO), "addressee": Addressee.THREAD}, "requester"),
        ({"thread": (DESK, BEN)}, "requester"),
        ({"thread": (BEN,), "addressee": Addressee.THREAD, "asked": ("billing",)}, "requester"),
        ({"thread": (BEN,), "addressee": Addressee.THREAD, "grouped": 1}, "requester"),
    ],
)
def test_rule_by_which_a_message_is_let_in_or_kept_out(given: dict[str, Any], rule: str) -> None:
    gate = admit(conversation(**given))
    assert gate.rule == rule
    assert gate.admitted == (rule == "requester")


@pytest.mark.parametrize("author", [Author.STAFF, Author.BYSTANDER, Author.DESK])
def test_only_the_requester_starts_a_turn(author: Author) -> None:
    talk = conversation()
    talk = replace(talk, message=replace(talk.message, author=author))
    assert admit(talk).rule == "not_the_requester"


def test_pleasantry_is_kept_out_once_the_desk_has_spoken() -> None:
    assert admit(conversation("thanks!")).admitted
    assert not admit(conversation("thanks!", thread=(DESK,))).admitted


def test_thanks_to_the_person_who_has_the_ticket_is_only_thanks() -> None:
    assert admit(conversation("thanks!", owned_by_human=True)).rule == "thanks"
    talk = conversation("here it is", owned_by_human=True)
    staff = replace(talk, message=replace(talk.message, author=Author.STAFF))
    assert admit(staff).rule == "not_the_requester"
