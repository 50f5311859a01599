"""How far a specialist may go: which rule wins, and what each mode lets people see."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk import EscalationReason
from router.modes import Mode, ModeRule, Modes
from router.records import OutcomeKind
from tests.router.fakes import Says, conversation
from tests.router.test_flow import GOOD, PASSAGE, Parts

HERE = conversation(workspace="T1", channel="C1")
RULES = st.lists(
    st.builds(
        ModeRule,
        st.sampled_from(["*", "billing", "technical"]),
        st.sampled_from(list(Mode)),
        st.sampled_from(["", "T1", "T2"]),
        st.sampled_from(["", "C1", "C2"]),
    )
)


def with_modes(*rules: str, says: object = GOOD) -> Parts:
    parts = Parts(Says("billing", says))  # type: ignore[arg-type]
    parts.desk = replace(parts.desk, modes=Modes(map(ModeRule.parse, rules)))
    return parts


@pytest.mark.parametrize(
    ("rules", "mode"),
    [
        ([], Mode.AUTO),
        (["*=draft"], Mode.DRAFT),
        (["billing=auto", "*=draft"], Mode.AUTO),
        (["*@T1=shadow", "billing=auto"], Mode.SHADOW),
        (["billing@T1=auto", "*@T1/C1=off"], Mode.OFF),
        (["billing@T2=off", "billing@T1/C2=off"], Mode.AUTO),
        (["billing=draft", "billing=shadow"], Mode.SHADOW),
    ],
)
def test_rule_that_says_most_about_the_place_wins(rules: list[str], mode: Mode) -> None:
    assert Modes(map(ModeRule.parse, rules)).of("billing", HERE) is mode


@given(RULES, RULES)
def test_rules_about_other_places_change_nothing(
    rules: list[ModeRule], others: list[ModeRule]
) -> None:
    elsewhere = [rule for rule in others if not rule.fits("billing", "T1", "C1")]
    assert Modes(rules).of("billing", HERE) is Modes([*elsewhere, *rules]).of("billing", HERE)


@given(RULES)
def test_what_is_closed_is_off_whatever_the_rules_say(rules: list[ModeRule]) -> None:
    modes = Modes(rules)
    modes.closed = frozenset({"billing"})
    assert modes.of("billing", HERE) is Mode.OFF


@pytest.mark.parametrize("text", ["billing", "billing=on", "=auto", "billing@T1", ""])
def test_what_is_no_rule_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not like billing=auto"):
        ModeRule.parse(text)


async def test_specialist_that_is_off_is_not_asked_and_a_person_is() -> None:
    parts = with_modes("billing=off")
    (part,) = (await parts.desk.turn("m1")).parts
    assert part.escalation is EscalationReason.POLICY
    assert "answer:drafted" not in parts.store.kinds()


async def test_shadow_drafts_and_checks_on_record_and_says_nothing() -> None:
    parts = with_modes("billing=shadow")
    (part,) = (await parts.desk.turn("m1")).parts
    assert part.escalation is EscalationReason.POLICY
    assert {"answer:drafted", "reply:approved"} <= set(parts.store.kinds())
    assert not any(PASSAGE.text in said for said in parts.board.said)


async def test_specialist_without_a_rule_starts_as_it_is_told() -> None:
    parts = with_modes()
    parts.desk.modes.first = {"billing": Mode.DRAFT}
    assert (await parts.desk.turn("m1")).kind is OutcomeKind.HELD
    parts = with_modes("billing=auto")
    parts.desk.modes.first = {"billing": Mode.DRAFT}
    assert (await parts.desk.turn("m1")).kind is OutcomeKind.REPLIED
