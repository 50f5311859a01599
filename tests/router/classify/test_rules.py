from __future__ import annotations

import pytest

from frontdesk import EscalationReason
from router.classify.rules import rule_for
from router.classify.smalltalk import pleasantry


@pytest.mark.parametrize(
    "text",
    [
        "I want to talk to a human",
        "can I speak with a real person please?",
        "agent please",
        "Human!",
        "connect me to a live agent",
        "please transfer me to your manager",
        "I need a human",
        "is there a real person here",
        "let me talk to someone",
        "not a bot please",
    ],
)
def test_wish_for_a_human_is_heard(text: str) -> None:
    rule = rule_for(text)
    assert rule is not None
    assert rule.escalation is EscalationReason.ASKED_FOR_HUMAN


@pytest.mark.parametrize(
    "text",
    [
        "can a human-readable export be made",
        "how do I add a person to my board",
        "I want to talk to someone's calendar through the API",
        "the agent on my server does not start",
        "can I assign a task to a real person and a team",
        "is there a manager role for humans and bots?",
        "thanks, but my invoice is still wrong",
        "ok and how do I cancel?",
        "hello, I cannot log in",
        "your bot killed my process, why?",
        "The damn export fails again and again!",
        "good morning, is the API down?",
        "great, now it crashes",
        "yes, the second invoice",
        "1",
    ],
)
def test_rules_do_not_fire_on_real_matters(text: str) -> None:
    assert rule_for(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("thanks!", "thanks"),
        ("Thank you so much for your help :pray:", "thanks"),
        ("ok great, that worked. cheers", "thanks"),
        ("Hi there", "greeting"),
        ("good morning everyone!", "greeting"),
        ("how are you?", "greeting"),
        ("ok", "acknowledgement"),
        ("bye, have a nice day", "goodbye"),
    ],
)
def test_small_talk_is_told_by_its_kind(text: str, kind: str) -> None:
    assert pleasantry(text) == kind
    rule = rule_for(text)
    assert rule is not None
    assert rule.id == f"smalltalk:{kind}"


@pytest.mark.parametrize("text", ["", "\0", "\N{PARTY POPPER}", "...", "<@U123> :wave:"])
def test_message_without_words_is_empty(text: str) -> None:
    rule = rule_for(text)
    assert rule is not None
    assert rule.id == "empty"


def test_insult_is_abuse() -> None:
    rule = rule_for("you are all fucking idiots")
    assert rule is not None
    assert rule.escalation is EscalationReason.ABUSE


@pytest.mark.parametrize(
    "text",
    [
        "My account was hacked!",
        "I think our workspace has been compromised",
        "somebody else logged into my account last night",
        "There are logins from Russia in my list",
        "I see sign-ins that I do not recognise",
        "we noticed a security breach in our workspace",
        "there is suspicious activity on my profile",
    ],
)
def test_break_in_goes_to_a_person_at_once(text: str) -> None:
    rule = rule_for(text)
    assert rule
    assert (rule.id, rule.escalation) == ("security", EscalationReason.POLICY)


@pytest.mark.parametrize(
    "text",
    ["Your answer is wrong", "that is not what I asked", "you didn't answer my question at all"],
)
def test_complaint_about_an_answer_goes_to_a_person(text: str) -> None:
    rule = rule_for(text)
    assert rule
    assert rule.id == "complaint"


@pytest.mark.parametrize(
    "text",
    [
        "How do I turn on alerts for new logins?",
        "Do you have documents about data breaches and how you prevent them?",
        "I cannot log in to my account",
        "Where do I see the sessions of my account?",
        "My card was charged by someone at your company twice",
        "The invoice is not correct",
        "Is this the right answer to question 3 of the setup?",
    ],
)
def test_questions_that_sound_alike_are_no_break_in_and_no_complaint(text: str) -> None:
    assert rule_for(text) is None
