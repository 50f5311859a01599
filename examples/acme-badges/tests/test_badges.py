"""What must stay true of this specialist: every rule, and that no model is ever asked."""

from __future__ import annotations

import pytest
from frontdesk import Answer, Author, Escalation, EscalationReason, Question, Reply
from frontdesk.testing import (
    FakeContext,
    check_specialist,
    make_message,
    make_passage,
    make_ticket,
)

from acme_badges import register_specialists
from acme_badges.specialist import ASK, BadgesSpecialist


async def ask(text: str, *thread: str, asked: bool = False) -> tuple[Answer, FakeContext]:
    context = FakeContext(passages=[make_passage("Reception prints it.")], says=["made up"] * 9)
    before = [make_message(one) for one in thread]
    if asked:
        before.append(make_message(ASK, author=Author.DESK))
    return await BadgesSpecialist().answer(make_ticket(text, thread=before), context), context


def test_the_hook_offers_the_specialist() -> None:
    assert [one.name for one in register_specialists()] == ["badges"]


def test_the_specialist_keeps_the_contract() -> None:
    assert check_specialist(BadgesSpecialist()) == []


@pytest.mark.parametrize(
    ("text", "looked_up"),
    [
        ("We have a guest tomorrow", "badge for a visitor"),
        ("A colleague starts on Monday", "badge for newcomers"),
        ("It does not open the lab", "badge does not open a door"),
    ],
)
async def test_a_known_matter_is_quoted(text: str, looked_up: str) -> None:
    answer, context = await ask(text)
    assert isinstance(answer, Reply)
    assert context.searched == [looked_up]


@pytest.mark.parametrize("text", ["I lost my badge", "It was STOLEN", "my badge is missing"])
async def test_a_lost_badge_goes_to_a_person_at_once(text: str) -> None:
    answer, _ = await ask(text)
    assert isinstance(answer, Escalation)
    assert answer.reason is EscalationReason.POLICY


async def test_an_unclear_matter_is_asked_about_once() -> None:
    answer, _ = await ask("Something with my badge")
    assert answer == Question(ASK)
    answer, _ = await ask("I do not know", "Something with my badge", asked=True)
    assert isinstance(answer, Escalation)


async def test_an_answer_to_the_question_is_understood() -> None:
    answer, context = await ask("the first", "Something with my badge for a visitor", asked=True)
    assert isinstance(answer, Reply)
    assert context.searched == ["badge for a visitor"]


async def test_no_model_is_asked() -> None:
    for text in ("We have a guest", "I lost it", "Something"):
        _, context = await ask(text)
        assert context.asked == []
