from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

import pytest

from frontdesk import Author
from router import facts
from router.records import Receipt
from storage.facts import MessageReceived
from storage.ledger import leaf
from storage.ledger.index import project
from tests.storage import desk

PLACE = leaf.Place("frontdesk.audit/00", "01a1-id", 3, b"\x07" * 32, 1_800_000_000_000_000, 1)


def test_leaf_has_exactly_these_bytes() -> None:
    fact = facts.HandoffMade(
        ticket="T-1",
        message="M-1",
        actor="plugin:billing",
        part=0,
        source="billing",
        target="technical",
        texts={"reason": "never in the leaf"},
    )
    made = leaf.build(fact, PLACE, leaf.Texts("5u", None, {"reason": "c0"}, {"reason": "d0"}))
    assert made.text == (
        '{"actor":{"id":"billing","type":"plugin"},"at":1800000000000000,'
        '"body":{"part":0,"refused":"","source":"billing","target":"technical"},'
        f'"build":{{"version":"{version("frontdesk")}"}},'
        '"commit":{"reason":"c0"},"id":"01a1-id","log":"frontdesk.audit/00","mac_kid":1,'
        '"message":"M-1","payload":{"reason":"d0"},'
        '"prev":"0707070707070707070707070707070707070707070707070707070707070707",'
        '"rec":1800000000000000,"src":{"channel":null,"team":null},"subject":"5u",'
        '"ticket":"T-1","tseq":3,"type":"handoff:made","v":1}'
    )
    assert "never" not in made.text


def test_message_keeps_the_time_it_was_written() -> None:
    fact = MessageReceived(
        ticket="T-1",
        message="M-1",
        actor="human:requester",
        source="test",
        delivery="d",
        author=Author.REQUESTER,
        written_us=17,
    )
    content = leaf.build(fact, PLACE, leaf.Texts()).content
    assert (content["at"], content["rec"]) == (17, PLACE.rec_us)


def test_decision_is_recorded_with_everything_considered_and_indexed() -> None:
    content = leaf.build(desk.routed(Receipt("M", "T", True)), PLACE, leaf.Texts("5u")).content
    assert content["body"]["decision"]["alternatives"][0]["why_not"] == "less likely"
    row = project(content)
    assert (row["specialist"], row["confidence_bp"], row["outcome"]) == ("billing", 9000, "go")
    assert (row["actor_type"], row["actor_id"], row["kind"]) == ("system", "desk", "route:decided")


def test_float_is_refused() -> None:
    fact = desk.routed(Receipt("M", "T", True))
    with pytest.raises(ValueError, match="float"):
        leaf.build(replace(fact, part=0.5), PLACE, leaf.Texts())  # type: ignore[arg-type]
