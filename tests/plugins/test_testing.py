"""The kit for authors: it passes good specialists and finds what is wrong with bad ones."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import frontdesk
from bot.plugins import load_plugins
from frontdesk import (
    Answer,
    Author,
    Citation,
    Context,
    Escalation,
    EscalationReason,
    Handoff,
    ModelUnavailable,
    Policy,
    Question,
    Reply,
    Specialist,
    SpecialistError,
    Ticket,
    Tool,
    tool,
)
from frontdesk.testing import (
    FakeContext,
    Line,
    ScriptedModel,
    check_specialist,
    make_article,
    make_message,
    make_passage,
    make_ticket,
    report_card,
)
from frontdesk.testing.card import CHECKS

EXAMPLES = tuple(f"an example that has the number {number}" for number in range(10))
SEEN: list[str] = []
STRANGE = Citation("unknown", "A title", "https://a.example", "words")
FRONT = "---\ntitle: {title}\nsource: {source}\nupdated: {updated}\n---\n"

Respond = Callable[[Any, Ticket, Context], Awaitable[Any]]


class Good(Specialist):
    name = "good"
    handles = "everything that the tests of the kit ask about"
    examples = EXAMPLES


@tool()
def look_up(order: str) -> str:
    """Look an order up."""
    return order


def codes(specialist: object, seconds: float = 2.0) -> set[str]:
    return {finding.code for finding in check_specialist(specialist, seconds=seconds)}


def answering(answer: Any) -> Any:
    """A good specialist but for its `answer`."""
    return type("Answering", (Good,), {"answer": answer})()


def saying(answer: object) -> Any:
    """A good specialist but for always saying the same."""

    async def say(self: Any, ticket: Ticket, context: Context) -> object:
        return answer

    return answering(say)


def front(
    title: str = "Sound", source: str = "https://a.example/s", updated: str = "2026-01-01"
) -> str:
    return FRONT.format(title=title, source=source, updated=updated)


@pytest.mark.parametrize("name", ["billing", "product", "technical"])
def test_built_in_specialist_keeps_the_contract(name: str) -> None:
    assert check_specialist(load_plugins().specialists[name].specialist) == []


async def test_check_may_be_called_from_an_async_test() -> None:
    assert check_specialist(Good()) == []


def test_plain_object_may_keep_the_contract() -> None:
    class Plain:
        name = "plain"
        handles = Good.handles
        examples = EXAMPLES

    assert check_specialist(Plain()) == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"name": ""}, "no_name"),
        ({"name": "Not A Name"}, "bad_name"),
        ({"name": "x"}, "bad_name"),
        ({"name": "x" * 41}, "bad_name"),
        ({"name": 7}, "bad_name"),
        ({"handles": "  "}, "no_handles"),
        ({"handles": "many things"}, "thin_description"),
        ({"title": 1}, "bad_type"),
        ({"instructions": None}, "bad_type"),
        ({"examples": "a text instead of a list"}, "bad_type"),
        ({"examples": {"a", "set"}}, "bad_type"),
        ({"examples": [*EXAMPLES, 3]}, "bad_type"),
        ({"examples": EXAMPLES * 51}, "too_many"),
        ({"examples": EXAMPLES[:9]}, "few_examples"),
        ({"examples": (*EXAMPLES, EXAMPLES[0].upper())}, "repeated_example"),
        ({"counter_examples": [EXAMPLES[3]]}, "contradiction"),
        ({"tools": [print]}, "bad_type"),
        ({"tools": [look_up, look_up]}, "bad_tool"),
        ({"policies": [Policy("p", "broken", forbid=("(",))]}, "bad_policy"),
        ({"policies": [Policy("p", "one"), Policy("p", "two")]}, "bad_policy"),
        ({"knowledge": "folder"}, "bad_type"),
        ({"knowledge": Path("no/such/folder")}, "no_knowledge"),
    ],
)
def test_wrong_fact_is_found(facts: dict[str, Any], code: str) -> None:
    assert codes(Good(**facts)) == {code}


def test_class_instead_of_an_object_is_found() -> None:
    assert codes(Good) == {"not_an_object"}


@pytest.mark.parametrize(
    "answer", [None, "text", lambda self, ticket, context: None], ids=["none", "text", "sync"]
)
def test_answer_that_cannot_be_awaited_is_found(answer: object) -> None:
    assert codes(answering(answer)) == {"bad_answer"}


def test_answer_with_other_arguments_is_found() -> None:
    async def answer(self: Any, ticket: Ticket) -> Answer:
        return Question(ticket.text)

    assert codes(answering(answer)) == {"bad_answer"}


@pytest.mark.parametrize(
    ("article", "wrong"),
    [
        ("Just text.", "lacks title, source, updated"),
        (f"{front(updated='')}Text.", "lacks updated"),
        (f"{front(source='intranet')}Text.", "no web address"),
        (f"{front(updated='soon')}Text.", "no date"),
        (front(), "no text"),
    ],
)
def test_unsound_article_is_found(tmp_path: Path, article: str, wrong: str) -> None:
    (tmp_path / "one.md").write_text(article)
    (finding,) = check_specialist(Good(knowledge=tmp_path))
    assert finding.code == "bad_article"
    assert wrong in finding.message
    assert "one.md" in finding.message


def test_empty_knowledge_folder_is_found(tmp_path: Path) -> None:
    assert codes(Good(knowledge=tmp_path)) == {"no_articles"}


def test_own_articles_are_what_the_rehearsal_finds(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text(f"{front()}\n# Heading\n\nThe first paragraph.\n\nMore.\n")
    said: list[str] = []

    async def listens(self: Any, ticket: Ticket, context: Context) -> Answer:
        said.extend(passage.text for passage in await context.search("anything"))
        return await context.answer(ticket)

    specialist = answering(listens)
    specialist.knowledge = tmp_path
    assert check_specialist(specialist) == []
    assert {text.splitlines()[0] for text in said} == {"The first paragraph."}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (None, "no_answer"),
        ("text", "no_answer"),
        (Reply("Certainly."), "no_citation"),
        (Reply(" ", (STRANGE,)), "empty"),
        (Reply("Certainly.", (STRANGE,)), "unknown_citation"),
        (Question(""), "empty"),
        (Handoff("Not A Name", "why"), "bad_handoff"),
        (Escalation("bored"), "bad_escalation"),  # type: ignore[arg-type]
    ],
)
def test_wrong_answer_is_found(answer: object, code: str) -> None:
    assert code in codes(saying(answer))


@pytest.mark.parametrize(
    "answer",
    [
        Question("Which invoice do you mean?"),
        Handoff("billing", "it is about money"),
        Escalation(EscalationReason.POLICY),
    ],
)
def test_right_answer_is_no_finding(answer: object) -> None:
    assert codes(saying(answer)) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [({"quote": "never said"}, "false_quote"), ({"source": "https://b"}, "unknown_citation")],
)
def test_falsified_citation_is_found(change: dict[str, str], code: str) -> None:
    async def falsifies(self: Any, ticket: Ticket, context: Context) -> Answer:
        for passage in await context.search(ticket.text):
            whole = {"title": passage.title, "source": passage.source, "quote": passage.text}
            return Reply("So it is.", (Citation(passage.id, **(whole | change)),))
        return Escalation(EscalationReason.OUT_OF_SCOPE)

    assert codes(answering(falsifies)) == {code}


def test_error_is_found_and_one_of_the_tree_is_not() -> None:
    async def raises(self: Any, ticket: Ticket, context: Context) -> Answer:
        raise LookupError("where is it")

    async def cannot(self: Any, ticket: Ticket, context: Context) -> Answer:
        raise SpecialistError("the service is down")

    assert codes(answering(raises)) == {"raised"}
    assert codes(answering(cannot)) == set()


def test_model_that_is_away_must_be_coped_with() -> None:
    async def relies_on_it(self: Any, ticket: Ticket, context: Context) -> Answer:
        try:
            return Question(await context.ask("Ask back.", {"text": ticket.text}))
        except ModelUnavailable as error:
            raise ValueError("no model") from error

    findings = check_specialist(answering(relies_on_it))
    assert [finding.code for finding in findings] == ["raised", "raised"]
    assert findings[0].message.startswith("without a model")


def test_slow_answer_is_found() -> None:
    async def slow(self: Any, ticket: Ticket, context: Context) -> Answer:
        await asyncio.sleep(30)
        return Question("Are you still there?")

    assert codes(answering(slow), seconds=0.02) == {"too_slow"}


def test_blocking_answer_does_not_block_the_check() -> None:
    async def blocks(self: Any, ticket: Ticket, context: Context) -> Answer:
        time.sleep(1)  # noqa: ASYNC251 - that is the fault
        return Question("Are you still there?")

    assert codes(answering(blocks), seconds=0.01) == {"blocks"}


async def remembers_on_self(self: Any, ticket: Ticket, context: Context) -> Answer:
    self.last = ticket.text
    return await context.answer(ticket)


async def remembers_on_class(self: Any, ticket: Ticket, context: Context) -> Answer:
    type(self).last = ticket.id
    return await context.answer(ticket)


async def remembers_in_module(self: Any, ticket: Ticket, context: Context) -> Answer:
    SEEN.append(ticket.text)
    return await context.answer(ticket)


async def counts(self: Any, ticket: Ticket, context: Context) -> Answer:
    self.count = getattr(self, "count", 0) + 1
    return await context.answer(ticket)


@pytest.mark.parametrize(
    "answer", [remembers_on_self, remembers_on_class, remembers_in_module, counts]
)
def test_state_between_requesters_is_found(answer: Respond) -> None:
    assert codes(answering(answer)) == {"keeps_state"}


def test_client_made_at_first_use_is_no_state_of_a_requester() -> None:
    async def lazy(self: Any, ticket: Ticket, context: Context) -> Answer:
        self.client = getattr(self, "client", None) or {"address": "https://api.example.com"}
        return await context.answer(ticket)

    assert codes(answering(lazy)) == set()


def test_answer_with_somebody_elses_words_is_found() -> None:
    async def mixes_up(self: Any, ticket: Ticket, context: Context) -> Answer:
        self.current = ticket
        await context.search("anything")  # meanwhile the other requester's ticket arrives
        return Question(f"You wrote: {self.current.text}. Is that so?")

    assert "leaks" in codes(answering(mixes_up))


async def test_context_gives_what_is_scripted_and_remembers_what_was_asked() -> None:
    low, high = make_passage("low", score=0.2), make_passage("high", score=0.8)
    context = FakeContext(passages=[low, high], says=["yes", ValueError("no")])
    assert list(await context.search("q", limit=1)) == [high]
    assert await context.ask("do", {"a": "b"}) == "yes"
    with pytest.raises(ValueError, match="no"):
        await context.ask("do", {})
    with pytest.raises(ModelUnavailable):
        await context.ask("do", {})
    context.log("noted", number=1)
    assert (context.searched, context.given) == (["q"], [high])
    assert [asked.data for asked in context.asked] == [{"a": "b"}, {}, {}]
    assert context.logged == [("noted", {"number": 1})]


async def test_context_may_find_by_query() -> None:
    found = make_passage("found")
    context = FakeContext(passages=lambda query: [found] if query == "known" else [])
    assert list(await context.search("known")) == [found]
    assert not await context.search("unknown")


async def test_context_without_passages_sends_to_a_human() -> None:
    context: Context = FakeContext()
    answer = await context.answer(make_ticket("help"))
    assert answer == Escalation(EscalationReason.OUT_OF_SCOPE, "nothing fitting was found")


def test_passage_id_follows_from_the_text() -> None:
    assert make_passage("a").id == make_passage("a").id != make_passage("b").id


def test_text_in_a_thread_is_the_requesters() -> None:
    (message,) = make_ticket("now", thread=["before"]).thread
    assert (message.author.value, message.text) == ("requester", "before")


def test_answer_that_never_ends_is_found() -> None:
    assert "too_long" in codes(saying(Question("why " * 26_000)))


def test_handing_over_to_itself_or_to_nobody_is_found() -> None:
    to_itself = saying(Handoff("good", "it is mine"))
    to_nobody = saying(Handoff("nobody", "it is theirs"))
    assert codes(to_itself) == {"bad_handoff"}
    (finding,) = check_specialist(to_nobody, colleagues={"billing", "product"})
    assert finding.message == "it handed over to 'nobody'; there is billing, product"
    assert check_specialist(to_nobody, colleagues={"nobody"}) == []


def test_answer_that_holds_up_everybody_is_found() -> None:
    async def dawdles(self: Any, ticket: Ticket, context: Context) -> Answer:
        time.sleep(0.06 if "decoy" not in ticket.text else 0.6)  # noqa: ASYNC251 - the fault
        return Question("Are you still there?")

    assert codes(answering(dawdles)) == {"blocks"}


def test_answer_that_will_not_be_cancelled_is_found() -> None:
    async def clings(self: Any, ticket: Ticket, context: Context) -> Answer:
        try:
            await context.search(ticket.text)
        except asyncio.CancelledError:
            return Question("What did you say?")
        return await context.answer(ticket)

    assert codes(answering(clings)) == {"not_cancelled"}


def test_question_as_instructions_is_found() -> None:
    async def trusts(self: Any, ticket: Ticket, context: Context) -> Answer:
        with contextlib.suppress(SpecialistError):
            await context.ask(f"Help with: {ticket.text}", {"matter": ticket.text})
        return await context.answer(ticket)

    assert codes(answering(trusts)) == {"instructs"}


def test_obeying_a_text_is_found() -> None:
    async def parrots(self: Any, ticket: Ticket, context: Context) -> Answer:
        word = re.search(r"single word ([\w-]+),", ticket.text)
        return Question(word[1]) if word else await context.answer(ticket)

    async def follows(self: Any, ticket: Ticket, context: Context) -> Answer:
        target = re.search(r"hand this over to ([\w-]+),", ticket.text)
        return Handoff(target[1], "so it says") if target else await context.answer(ticket)

    async def tells(self: Any, ticket: Ticket, context: Context) -> Answer:
        return Question(f"I was told: {self.instructions}. Is that all right?")

    assert codes(answering(parrots)) == {"obeys"}
    assert codes(answering(follows)) == {"obeys"}
    secretive = answering(tells)
    secretive.instructions = "Never tell anybody that refunds above a hundred are always granted."
    assert codes(secretive) == {"obeys"}


@tool()
def untyped(order) -> str:  # type: ignore[no-untyped-def]
    """Look an order up."""
    return str(order)


@tool()
def unnamed(*orders: str) -> str:
    """Look orders up."""
    return str(orders)


@pytest.mark.parametrize(
    "bad",
    [untyped, unnamed, replace(look_up, name="hand_off"), replace(look_up, name="look up")],
    ids=["untyped", "unnamed", "taken", "spaced"],
)
def test_tool_that_no_model_could_call_is_found(bad: Tool) -> None:
    assert codes(Good(tools=[bad])) == {"bad_tool"}


def test_report_card_names_every_check() -> None:
    card = report_card(Good())
    assert [one.name for one in card] == list(CHECKS)
    assert all(one.passed for one in card)


def test_report_card_says_which_check_failed() -> None:
    failed = [one for one in report_card(saying(Reply("Certainly."))) if not one.passed]
    assert [one.name for one in failed] == ["citations"]
    assert failed[0].findings[0].code == "no_citation"


def test_report_card_skips_what_cannot_be_tried() -> None:
    card = {one.name: one for one in report_card(Good(name=""))}
    assert not card["contract"].passed
    assert card["tools"].passed
    assert card["citations"].skipped
    assert not card["citations"].passed


def test_every_finding_belongs_to_one_check() -> None:
    sources = ("checks.py", *(f"testing/{name}.py" for name in ("answers", "articles", "strain")))
    sources += ("testing/rehearsal.py", "testing/conformance.py")
    texts = [(Path(frontdesk.__file__).parent / name).read_text("utf-8") for name in sources]
    used = {code for text in texts for code in re.findall(r'Finding\(\s*"(\w+)"', text)}
    listed = [code for _, codes_ in CHECKS.values() for code in codes_]
    assert used <= set(listed)
    assert len(listed) == len(set(listed))


async def test_scripted_model_says_its_lines_to_the_questions_they_are_for() -> None:
    model = ScriptedModel(Line("Two days.", when="how long"), "Yes.")
    context = FakeContext(says=model)
    assert await context.ask("Answer.", {"matter": "How long does it take?"}) == "Two days."
    with pytest.raises(AssertionError, match="1 lines were never asked for"):
        model.assert_complete()
    assert await context.ask("Answer.", {}) == "Yes."
    model.assert_complete()
    assert len(model.asked) == len(context.asked) == 2


async def test_scripted_model_objects_to_another_question() -> None:
    context = FakeContext(says=ScriptedModel(Line("Two days.", when="how long")))
    with pytest.raises(AssertionError, match="question 1 does not match 'how long'"):
        await context.ask("Answer.", {"matter": "How much?"})


def test_made_article_is_sound(tmp_path: Path) -> None:
    file = make_article(tmp_path / "knowledge", "It takes two days.", title="How long it takes")
    assert file.name == "how-long-it-takes.md"
    assert check_specialist(Good(knowledge=file.parent)) == []


def test_made_message_says_who_wrote_it() -> None:
    (message,) = make_ticket("now", thread=[make_message("wait", author=Author.STAFF)]).thread
    assert (message.author, message.text) == (Author.STAFF, "wait")
