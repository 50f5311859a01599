"""A specialist gets what was granted to exactly its manifest, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from frontdesk import (
    Answer,
    Author,
    Context,
    EscalationReason,
    Handoff,
    HttpReply,
    NotGranted,
    Permissions,
    Question,
    Specialist,
    ThreadScope,
    Ticket,
    tool,
)
from frontdesk.permissions import Origin
from router.answer.brief import Brief
from router.answer.context import DeskContext
from router.answer.permit import OF_THE_DESK, Manifest, Permit
from router.answer.run import Installed, SpecialistRunner
from router.answer.tools import ToolBox
from router.endings import refused_handoff
from router.model import ToolCall, ToolResult
from router.records import Matter, PluginRef, ThreadMessage
from tests.router.fakes import NOON, conversation, decision

ASKS = Permissions(hosts=("api.example.com",), secrets=("token",))


class Outside:
    """A world outside that says yes to everything."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    async def request(self, method: str, url: str, **more: Any) -> HttpReply:
        self.urls.append(url)
        return HttpReply(200, '{"state": "sent"}')

    def secret(self, name: str) -> str | None:
        return {"token": "open sesame", "other": "not yours"}.get(name)


class Asks(Specialist):
    """Does with its context what the test wants."""

    name = "asks"
    permissions = ASKS
    use: Any = None

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        return await type(self).use(ticket, context)  # type: ignore[no-any-return]


class NeverAsked:
    async def answer(self, specialist: Specialist, ticket: Ticket, context: Context) -> Answer:
        raise AssertionError("these specialists answer by themselves")


def brief(**given: Any) -> Brief:
    return Brief(conversation(**given), 0, Matter("help", decision("asks")))


def context(permit: Permit, outside: Outside | None = None) -> DeskContext:
    return DeskContext(
        brief(),
        Asks(),
        knowledge=None,
        answerer=NeverAsked(),
        asker=None,
        permit=permit,
        outside=outside or Outside(),
    )


GRANTED = Permit.granted(Manifest.of(Asks()))
UNGRANTED = Permit.without_grant(Manifest.of(Asks()))


async def test_a_granted_host_is_reached() -> None:
    outside = Outside()
    reply = await context(GRANTED, outside).http.request("GET", "https://api.example.com/orders/7")
    assert reply.json() == {"state": "sent"}
    assert outside.urls == ["https://api.example.com/orders/7"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.net/",
        "http://api.example.com/",
        "https://api.example.com:8443/",
        "https://api.example.com.evil.example.net/",
        "https://api.example.com@evil.example.net/",
        "https://user:word@api.example.com/",
        "https://evil.example.net/https://api.example.com",
        "https://evil.example.net\\@api.example.com/",
        "file:///etc/passwd",
        "//api.example.com/",
        "https:///",
        "",
    ],
)
async def test_no_other_place_is_reached(url: str) -> None:
    outside = Outside()
    with pytest.raises(NotGranted):
        await context(GRANTED, outside).http.request("GET", url)
    assert outside.urls == []


async def test_nothing_is_reached_without_a_grant() -> None:
    bare = context(UNGRANTED)
    with pytest.raises(NotGranted, match="frontdesk plugins grant asks"):
        await bare.http.request("GET", "https://api.example.com/")
    with pytest.raises(NotGranted, match="frontdesk plugins grant asks"):
        bare.secret("token")
    with pytest.raises(NotGranted):
        bare.found("It is sent.", title="Order 7", source="https://api.example.com/orders/7")


async def test_own_secrets_are_given_and_no_others() -> None:
    assert context(GRANTED).secret("token") == "open sesame"
    with pytest.raises(NotGranted, match="may not use the secret 'other'"):
        context(GRANTED).secret("other")


async def test_a_secret_that_is_not_set_says_so() -> None:
    class Empty(Outside):
        def secret(self, name: str) -> str | None:
            return None

    with pytest.raises(NotGranted, match="is not set"):
        context(GRANTED, Empty()).secret("token")


async def test_what_a_service_said_can_be_cited_and_is_among_the_passages() -> None:
    at_work = context(GRANTED)
    said = at_work.found("It is sent.", title="Order 7", source="https://api.example.com/orders/7")
    assert at_work.retrieved == {said.id: said}
    with pytest.raises(NotGranted, match="may not cite"):
        at_work.found("It is sent.", title="Order 7", source="https://evil.example.net/7")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"hosts": ("api.example.com", "api.example.com")}, True),
        ({"hosts": ("api.example.com", "other.example.com")}, False),
        ({"secrets": ()}, False),
        ({"thread": ThreadScope.ALL}, False),
        ({"handoff": True}, False),
    ],
)
def test_a_grant_fits_exactly_what_was_asked(change: Mapping[str, Any], same: bool) -> None:
    changed = Asks(permissions=replace(ASKS, **change))
    assert (Manifest.of(changed).digest == Manifest.of(Asks()).digest) is same


def test_a_tool_that_changes_something_needs_a_grant_too() -> None:
    @tool(changes=True)
    def cancel(order: str) -> str:
        """Cancel an order."""
        return order

    with_tool = Asks(tools=(cancel,))
    assert Manifest.of(with_tool).digest != Manifest.of(Asks()).digest
    assert Manifest.of(Specialist(name="plain", tools=(cancel,))).needs_grant
    assert not Manifest.of(Specialist(name="plain")).needs_grant


def runner(specialist: Specialist, permit: Permit) -> SpecialistRunner:
    installed = Installed(specialist, PluginRef("asks", "acme", "1", "0" * 64), None, permit)
    return SpecialistRunner({"asks": installed}, NeverAsked(), outside=Outside())


async def test_using_what_was_not_granted_ends_with_a_human_who_reads_why() -> None:
    async def use(ticket: Ticket, context: Context) -> Answer:
        return Question((await context.http.request("GET", "https://evil.example.net/")).text)

    Asks.use = staticmethod(use)
    answered = await runner(Asks(), GRANTED).answer(brief())
    assert answered.answer.reason is EscalationReason.PERMISSION  # type: ignore[union-attr]
    assert "may not reach https://evil.example.net:443" in answered.answer.note  # type: ignore[union-attr]
    assert not answered.turned


@pytest.mark.parametrize(
    ("permit", "seen"),
    [
        (replace(UNGRANTED, thread=ThreadScope.NONE), []),
        (UNGRANTED, ["mine", "the desk's"]),
        (OF_THE_DESK, ["mine", "staff's", "theirs", "the desk's"]),
    ],
)
async def test_a_specialist_sees_as_much_of_the_thread_as_it_may(
    permit: Permit, seen: list[str]
) -> None:
    said = (
        (Author.REQUESTER, "mine"),
        (Author.STAFF, "staff's"),
        (Author.BYSTANDER, "theirs"),
        (Author.DESK, "the desk's"),
    )
    thread = tuple(
        ThreadMessage(f"m{number}", author, "ref", text, NOON)
        for number, (author, text) in enumerate(said)
    )
    got: list[str] = []

    async def use(ticket: Ticket, context: Context) -> Answer:
        got.extend(message.text for message in ticket.thread)
        return Question("Which one?")

    Asks.use = staticmethod(use)
    await runner(Asks(), permit).answer(brief(thread=thread))
    assert got == seen


def test_a_hand_off_without_a_grant_is_refused_and_goes_to_a_human() -> None:
    handoff = Handoff("billing", "it is about money", "they want an invoice")
    assert runner(Asks(), UNGRANTED).refuse_handoff(brief(), handoff, 3) == "not_granted"
    assert refused_handoff("not_granted", handoff).reason is EscalationReason.PERMISSION


async def test_a_tool_gets_the_context_and_the_model_never_sees_it() -> None:
    @tool()
    async def order_state(number: int, context: Context) -> str:
        """Look an order up."""
        return (await context.http.request("GET", f"https://api.example.com/{number}")).text

    tools = ToolBox((order_state,), context(GRANTED))
    assert set(tools.specs[0].schema["properties"]) == {"number"}
    result = await tools.use(ToolCall("c1", "order_state", {"number": 7}))
    assert isinstance(result, ToolResult)
    assert result.text == '{"state": "sent"}'


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("api.example.com", Origin("https", "api.example.com", 443)),
        ("API.example.com.", Origin("https", "api.example.com", 443)),
        ("http://build.internal", Origin("http", "build.internal", 80)),
        ("api.example.com:8443", Origin("https", "api.example.com", 8443)),
    ],
)
def test_hosts_are_compared_by_origin(address: str, origin: Origin) -> None:
    assert Origin.of(address) == origin
