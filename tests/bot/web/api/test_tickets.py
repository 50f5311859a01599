"""Tickets by the API: opened once, answered by the same desk, shown, rated, kept apart."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from frontdesk import Escalation, EscalationReason
from router.door_facts import Scope
from storage.doors.tokens import Tokens
from storage.queries import Queries
from tests.bot.web.api.helpers import program, working

PROBLEM = "application/problem+json"


async def test_a_ticket_is_answered_by_the_same_desk_and_shown_with_its_decision(
    tmp_path: Path,
) -> None:
    async with working(tmp_path) as ana:
        ticket = await ana.opened("Where is my bill?", requester="customer-1")
        shown = await ana.answered(ticket)

        kinds = [
            entry.kind for entry in await Queries(ana.app.store).entries(ticket=ticket, limit=99)
        ]

    assert [one["author"] for one in shown["messages"]] == ["requester", "desk"]
    assert shown["messages"][1]["text"] == "About Where is my bill?: it is done."
    assert shown["source"] == "api"
    assert shown["decisions"][0]["specialist"] == "billing"
    assert {"route:decided", "reply:approved", "post:intended", "post:done"} <= set(kinds)


async def test_the_same_key_does_the_same_thing_once(tmp_path: Path) -> None:
    async with program(tmp_path) as ana:
        body = {"text": "Where is my bill?"}
        answers = await asyncio.gather(
            *(ana.post("/tickets", body, **{"idempotency-key": "one"}) for _ in range(8))
        )
        other = await ana.post("/tickets", {"text": "Else"}, **{"idempotency-key": "one"})
        listed = (await ana.get("/api/tickets")).json()

    assert {one.status_code for one in answers} == {201}
    assert len({one.text for one in answers}) == 1
    assert other.status_code == 409
    assert other.headers["content-type"] == PROBLEM
    assert len(listed["tickets"]) == 1


async def test_a_ticket_goes_on_with_the_same_reference_and_by_its_messages(
    tmp_path: Path,
) -> None:
    async with working(tmp_path) as ana:
        first = await ana.opened("Where is my bill?", reference="order 7", requester="c1")
        await ana.answered(first)
        again = await ana.opened("And the one of May?", reference="order 7", requester="c1")
        await ana.answered(first, 4)
        more = await ana.post(f"/tickets/{first}/messages", {"text": "Thanks, and June?"})
        shown = await ana.answered(first, 6)

    assert again == first
    assert more.json()["ticket"] == first
    assert [one["text"] for one in shown["messages"] if one["author"] == "requester"] == [
        "Where is my bill?",
        "And the one of May?",
        "Thanks, and June?",
    ]


async def test_what_is_wrong_is_told_as_a_problem(tmp_path: Path) -> None:
    async with program(tmp_path, api_bytes=2_000) as ana:
        answers = [
            await ana.post("/tickets", {"text": ""}),
            await ana.post("/tickets", {"text": "x", "unknown": 1}),
            await ana.post("/tickets", {"text": "x" * 3_000}),
            await ana.get("/api/tickets/T-NOWHERE"),
            await ana.get("/api/nowhere"),
            await ana.post("/tickets", {"text": "x", "callback_url": "http://169.254.169.254/"}),
            await ana.post("/tickets", {"text": "x", "callback_url": "http://example.com/"}),
        ]

    assert [one.status_code for one in answers] == [422, 422, 413, 404, 404, 422, 422]
    for one in answers:
        assert one.headers["content-type"] == PROBLEM
        assert one.json()["status"] == one.status_code
        assert one.json()["detail"]


async def test_who_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    async with program(tmp_path, api_rate="3/minute") as ana:
        answers = [await ana.get("/api/tickets") for _ in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60


async def test_who_may_not_is_kept_out_and_on_record_without_any_secret(tmp_path: Path) -> None:
    async with program(tmp_path) as ana:
        tokens = Tokens(ana.app.store)
        gone, expired = await ana.token(), await ana.token(expires=datetime.now(UTC))
        reads = await ana.token(scopes=[Scope.READ])
        await tokens.revoke(gone.about.id)

        async def status(token: str | None) -> int:
            headers = {"authorization": f"Bearer {token}"} if token else {}
            return (
                await ana.http.post("/api/tickets", json={"text": "x"}, headers=headers)
            ).status_code

        statuses = [
            await status(one) for one in (None, "fd_wrong", gone.token, expired.token, reads.token)
        ]
        queries = Queries(ana.app.store)
        entries = await queries.entries(kind="auth:denied", oldest_first=True)
        leaves = [(await queries.entry(entry.id)).leaf for entry in entries]

    assert statuses == [401, 401, 401, 401, 403]
    assert [leaf["body"]["why"] for leaf in leaves] == [
        "no_token",
        "unknown_token",
        "revoked",
        "expired",
        "scope",
    ]
    for secret in ("fd_wrong", gone.token, expired.token, reads.token):
        assert secret not in str(leaves)


async def test_refusals_fill_the_record_only_so_far(tmp_path: Path) -> None:
    async with program(tmp_path, api_denied_rate="5/minute") as ana:
        statuses = [(await ana.http.get("/api/tickets")).status_code for _ in range(9)]
        known = (await ana.get("/api/tickets")).status_code
        entries = await Queries(ana.app.store).entries(kind="auth:denied")

    assert statuses == [401] * 5 + [429] * 4
    assert known == 200
    assert len(entries) == 5


async def test_a_token_expires_by_the_clock(tmp_path: Path) -> None:
    now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    with freeze_time(now) as clock:
        async with program(tmp_path) as ana:
            made = await ana.token(expires=now + timedelta(hours=1))
            headers = {"authorization": f"Bearer {made.token}"}
            before = await ana.http.get("/api/tickets", headers=headers)
            clock.move_to(now + timedelta(hours=1))
            after = await ana.http.get("/api/tickets", headers=headers)

    assert (before.status_code, after.status_code) == (200, 401)


async def test_pages_hold_every_ticket_once(tmp_path: Path) -> None:
    async with program(tmp_path) as ana:
        made = [await ana.opened(f"Question {number}") for number in range(7)]
        address, found = "/api/tickets?limit=3&source=api", []
        while address:
            page = (await ana.get(address)).json()
            found += [one["id"] for one in page["tickets"]]
            address = page["next"]
        none = (await ana.get("/api/tickets?source=slack")).json()

    assert found == made[::-1]
    assert none == {"tickets": [], "next": None}


async def test_filters_narrow_a_list_and_unknown_ones_are_refused(tmp_path: Path) -> None:
    async with working(tmp_path) as ana:
        ticket = await ana.opened()
        await ana.answered(ticket)
        found = {
            query: [one["id"] for one in (await ana.get(f"/api/tickets?{query}")).json()["tickets"]]
            for query in (
                "status=answered",
                "status=closed",
                "priority=normal",
                "priority=urgent",
                "specialist=billing",
                "specialist=technical",
                "since=2020-01-01T00:00:00Z",
                "since=2090-01-01T00:00:00%2B01:00",
            )
        }
        wrong = [
            (await ana.get(f"/api/tickets?{query}")).status_code
            for query in ("status=odd", "priority=odd", "since=yesterday", "limit=0", "limit=101")
        ]

    assert [query for query, ids in found.items() if ids == [ticket]] == [
        "status=answered",
        "priority=normal",
        "specialist=billing",
        "since=2020-01-01T00:00:00Z",
    ]
    assert wrong == [422] * 5


async def test_a_token_of_one_workspace_sees_no_other(tmp_path: Path) -> None:
    async with program(tmp_path) as ana:
        ticket = await ana.opened()
        other = await ana.token(workspace="T2")
        headers = {"authorization": f"Bearer {other.token}"}
        shown = await ana.http.get(f"/api/tickets/{ticket}", headers=headers)
        listed = await ana.http.get("/api/tickets", headers=headers)
        said = await ana.http.post(
            f"/api/tickets/{ticket}/messages", json={"text": "I am Ana"}, headers=headers
        )

    assert (shown.status_code, said.status_code) == (404, 404)
    assert listed.json()["tickets"] == []


async def test_a_score_names_the_decision_and_the_version_that_it_is_about(tmp_path: Path) -> None:
    async with working(tmp_path) as ana:
        ticket = await ana.opened()
        shown = await ana.answered(ticket)
        for score in (2, 5):
            rated = await ana.post(f"/tickets/{ticket}/satisfaction", {"score": score})
            assert rated.status_code == 200
        wrong = await ana.post(f"/tickets/{ticket}/satisfaction", {"score": 6})
        queries = Queries(ana.app.store)
        entries = await queries.entries(kind="satisfaction:given", oldest_first=True)
        leaf = (await queries.entry(entries[-1].id)).leaf["body"]
        after = (await ana.get(f"/api/tickets/{ticket}")).json()

    assert wrong.status_code == 422
    assert len(entries) == 2
    assert leaf == {
        "score": 5,
        "decision": shown["decisions"][0]["entry"],
        "specialist": "billing",
        "version": "1",
    }
    assert after["satisfaction"] == 5


@pytest.mark.parametrize("page", ["/api/docs", "/api/openapi.json"])
async def test_the_api_documents_itself_without_a_token(tmp_path: Path, page: str) -> None:
    async with program(tmp_path) as ana:
        answer = await ana.http.get(page)

    assert answer.status_code == 200
    assert "/tickets/{ticket}/messages" in answer.text
    assert "cdn." not in answer.text


async def test_what_needs_a_person_stays_with_them(tmp_path: Path) -> None:
    async with working(tmp_path) as ana:
        ana.helper.says = lambda text: Escalation(EscalationReason.OUT_OF_SCOPE, "Nothing there.")
        ticket = await ana.opened("Something odd")
        shown = await ana.answered(ticket)

    assert shown["status"] == "waiting_for_staff"
    assert shown["messages"][1]["text"].endswith("with everything from this thread.")
