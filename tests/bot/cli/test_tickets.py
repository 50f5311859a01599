"""`frontdesk tickets` and `frontdesk sla` as an operator uses them."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from storage.database import open_store
from tests.bot.cli.conftest import Told, kept_logs
from tests.storage import desk


class DaysAgo:
    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(days=4)


@pytest.fixture
def tickets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A record with one ticket that waits for staff since days, and one that was answered."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "200")

    async def filled() -> list[str]:
        store = open_store(url, clock=DaysAgo())
        waits = await store.receive(desk.delivery("d1", source="slack", workspace="T1"))
        await store.record(desk.escalated(waits))
        done = await store.receive(desk.delivery("d2", source="slack", workspace="T1"))
        await desk.answer(store, done)
        await store.close()
        return [waits.ticket, done.ticket]

    return asyncio.run(filled())


def run(*arguments: str) -> Told:
    with kept_logs():
        done = CliRunner().invoke(app, arguments, prog_name="frontdesk")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Told(done.stdout, done.stderr, done.exit_code)


def names(*filters: str) -> list[str]:
    told = run("tickets", "list", "--json", *filters)
    assert told.code == 0, told.stderr
    return [json.loads(line)["id"] for line in told.stdout.splitlines()]


def test_list_is_filtered(tickets: list[str]) -> None:
    waits, done = tickets
    assert names() == [done, waits]
    assert names("--status", "waiting_for_staff", "--status", "routed") == [waits]
    assert names("--assignee", "nobody", "--limit", "1") == [done]
    assert names("--priority", "urgent") == []
    assert run("tickets", "assign", waits, "--to", "U7", "--group", "Billing Team").code == 0
    assert names("--assignee", "U7") == [waits]
    assert names("--group", "billing-team") == [waits]
    assert names("--assignee", "U8") == []


def test_priority_tags_and_links_are_shown(tickets: list[str]) -> None:
    waits, done = tickets
    assert run("tickets", "prioritise", waits, "urgent").code == 0
    assert run("tickets", "tag", waits, "refund", "vip").code == 0
    assert run("tickets", "tag", waits, "--", "-vip").code == 0
    assert run("tickets", "link", waits, "duplicate_of", done).code == 0
    life = json.loads(run("tickets", "show", waits, "--json").stdout)["life"]
    assert (life["priority"], life["tags"]) == ("urgent", ["refund"])
    assert life["links"] == [{"link": "duplicate_of", "other": done, "from_here": True}]
    assert names("--tag", "refund") == [waits]
    shown = run("tickets", "show", done).stdout
    assert f"{waits} is duplicate of this" in shown


def test_resolved_is_reopened_once_and_what_is_impossible_is_refused(tickets: list[str]) -> None:
    waits, _ = tickets
    told = json.loads(run("tickets", "resolve", waits, "--reason", "will_not_do", "--json").stdout)
    assert (told["status"], told["resolution"]) == ("resolved", "will_not_do")
    again = run("tickets", "resolve", waits)
    assert (again.code, "is resolved: reopen it first" in again.stderr) == (3, True)
    assert run("tickets", "prioritise", waits, "low").code == 3
    assert run("tickets", "reopen", waits).code == 0
    refused = run("tickets", "reopen", waits)
    assert (refused.code, "only what is resolved can be" in refused.stderr) == (3, True)


@pytest.mark.parametrize(
    "arguments",
    [("assign",), ("assign", "--to", "U1", "--nobody"), ("tag", "no such tag!"), ("assign", "-x")],
)
def test_wrong_usage_says_so(tickets: list[str], arguments: tuple[str, ...]) -> None:
    act, *rest = arguments
    assert run("tickets", act, tickets[0], *rest).code == 2


def test_ticket_that_is_not_there_cannot_be_acted_on(tickets: list[str]) -> None:
    told = run("tickets", "resolve", "T-NONE")
    assert (told.code, "there is no ticket" in told.stderr) == (3, True)


def test_report_tells_late_ones_and_the_desks_own_answers_apart(tickets: list[str]) -> None:
    told = run("sla", "report", "--json")
    assert told.code == 1
    report = json.loads(told.stdout)
    first = next(one for one in report["targets"] if one["target"] == "first_response")
    assert (first["tickets"], first["late"], first["paused"]) == (2, 1, 1)
    assert (report["desk"]["answered"], report["desk"]["without_a_person"]) == (1, 1)
    assert "first response" in run("sla", "report").stdout
    assert run("sla", "report", "--days", "1").code == 0
