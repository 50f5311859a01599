"""Every entry is told: in a sentence where there is one, else by its fields."""

from datetime import UTC, datetime

import pytest

from bot.cli.story import SENTENCES, TELLERS, told
from router import facts, human_facts, notice_facts, ticket_facts
from router.facts import Fact
from storage.queries import EntryRow, EntryView

OF_NO_TICKET = {"desk:started", "desk:stopped"}


def entry(kind: str, body: dict[str, object], **texts: str) -> EntryView:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    row = EntryRow(
        "01", "T-1", 1, None, kind, "system:desk", None, now, now, None, None, None, None, None
    )
    return EntryView(row, {"body": body}, texts)


def kinds() -> set[str]:
    modules = (facts, human_facts, ticket_facts, notice_facts)
    defined = [one for module in modules for one in vars(module).values()]
    return {
        one.kind
        for one in defined
        if isinstance(one, type) and issubclass(one, Fact) and "kind" in vars(one)
    }


def test_every_kind_of_a_ticket_has_a_sentence() -> None:
    assert kinds() - OF_NO_TICKET - set(SENTENCES) - set(TELLERS) == set()


def test_escalation_is_told_with_its_reason_and_note() -> None:
    tale = told(entry("ticket:escalated", {"reason": "out_of_scope"}, note="nobody's field"))

    assert (tale.sentence, tale.quoted) == ("It goes to a human: out of scope.", "nobody's field")


def test_rejection_names_each_objection() -> None:
    check = {"check": "links", "passed": False, "objections": [{"message": "unknown host"}]}
    tale = told(entry("reply:rejected", {"verdict": {"checks": [check]}}))

    assert tale.sentence.endswith("rejected it: 0 checks passed, 1 did not.")
    assert tale.notes == ("links: unknown host",)


@pytest.mark.parametrize("kind", sorted({*TELLERS, "something:new"}))
def test_entry_of_another_shape_is_told_by_its_fields(kind: str) -> None:
    tale = told(entry(kind, {"odd": ["a_b", 7]}))

    assert tale.sentence
    assert tale.notes == ("odd: a b, 7",) or kind in {"post:intended", "draft:approved"}
