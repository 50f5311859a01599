"""The check that an author's test runs: does this specialist keep the contract?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from frontdesk.checks import fact, repeated, unmet
from frontdesk.contract import Finding, Passage, Ticket
from frontdesk.testing.articles import Article, articles, as_passages, unsound
from frontdesk.testing.makers import make_passage, make_ticket
from frontdesk.testing.rehearsal import rehearse

FEWEST_EXAMPLES = 10
FEWEST_WORDS = 5


def check_specialist(
    specialist: object,
    *,
    tickets: Sequence[Ticket | str] = (),
    seconds: float = 5.0,
    colleagues: Collection[str] | None = None,
) -> list[Finding]:
    """Everything that is wrong with `specialist`; an empty list means that it keeps the contract.

    It is looked at (name, description, examples, policies, articles) and then made to answer two
    requesters' `tickets` (its own first examples if none are given) one after the other and side by
    side: with articles and a model, without a model, with nothing found, with a model that fails,
    and with a budget that is used up. Each answer must come within `seconds` and without blocking
    the event loop, be one of the four kinds and of bounded length, cite only what was found, hand
    over only to `colleagues` (to any name if they are not given), and hold nothing of the other
    requester. Then texts give it orders that it must not obey, and it is cancelled half-way.
    Nothing leaves the machine unless the specialist's own code does it.

        def test_specialist_keeps_the_contract():
            assert check_specialist(Refunds()) == []
    """
    findings = unmet(specialist)
    if findings:
        return findings
    folder = fact(specialist, "knowledge")
    known = articles(folder) if folder else []
    findings += [*_description(specialist), *(unsound(known) if folder else ())]
    two = _two(specialist, tickets)
    return findings + rehearse(specialist, two, _passages(known), seconds, colleagues)


def _description(specialist: object) -> Iterator[Finding]:
    if len(fact(specialist, "handles").split()) < FEWEST_WORDS:
        text = "`handles` says too little to tell this field from others; name what belongs to it"
        yield Finding("thin_description", text)
    examples = list(fact(specialist, "examples"))
    if len(examples) < FEWEST_EXAMPLES:
        text = f"{len(examples)} examples are few; with 10 to 40 the router knows what comes here"
        yield Finding("few_examples", text)
    plain = [_plain(example) for example in examples]
    for twice in repeated(plain):
        yield Finding("repeated_example", f"the example {twice!r} is there twice")
    counter = {_plain(example) for example in fact(specialist, "counter_examples")}
    for both in sorted(counter.intersection(plain)):
        yield Finding("contradiction", f"{both!r} is an example and a counter-example")


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _two(specialist: object, tickets: Sequence[Ticket | str]) -> tuple[Ticket, Ticket]:
    examples = fact(specialist, "examples")
    texts = [*tickets, *examples, "Can you help me with this?", "How does this work?"]
    first, second = texts[:2]
    return _ticket(first, "ticket-1"), _ticket(second, "ticket-2")


def _ticket(given: Ticket | str, name: str) -> Ticket:
    return given if isinstance(given, Ticket) else make_ticket(given, id=name)


def _passages(known: list[Article]) -> list[Passage]:
    return as_passages(known) or [make_passage("It takes two days.", title="How long it takes")]
