"""What must stay true of each door, tried without a desk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from frontdesk import AuditEntry, DraftReply, HttpFailed, HttpReply, WebRequest

from acme_watch.checks import RivalsCheck
from acme_watch.commands import count
from acme_watch.observers import Pager, Siem
from acme_watch.pages import status
from acme_watch.place import TOKEN
from acme_watch.sources import Changes


class Collector:
    """The collector, as far as a door sees of it; also the door's context."""

    def __init__(self, answer: Any = None, code: int = 200) -> None:
        self.answer, self.code = answer, code
        self.sent: list[tuple[str, str, Any]] = []

    @property
    def http(self) -> Collector:
        return self

    async def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> HttpReply:
        assert headers == {"Authorization": "Bearer s3cret"}
        self.sent.append((method, url.rpartition("/")[2], json))
        return HttpReply(self.code, _json(self.answer))

    def secret(self, name: str) -> str:
        assert name == TOKEN
        return "s3cret"

    def log(self, message: str, **fields: str | int | bool) -> None:
        pass


def _json(value: Any) -> str:
    return json.dumps(value)


def entry(number: int, kind: str) -> AuditEntry:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return AuditEntry(number, f"e{number}", kind, "T-1", "system:desk", at, '{"v":1}')


async def test_the_collector_gets_every_entry() -> None:
    collector = Collector({})
    await Siem().observe([entry(0, "ticket:opened"), entry(1, "route:decided")], collector)
    ((method, path, sent),) = collector.sent
    assert (method, path) == ("POST", "entries")
    assert [line["id"] for line in sent] == ["e0", "e1"]


async def test_what_the_collector_does_not_take_comes_again() -> None:
    with pytest.raises(HttpFailed):
        await Siem().observe([entry(0, "ticket:opened")], Collector({}, 503))


async def test_only_an_escalation_pages() -> None:
    collector = Collector({})
    await Pager().observe([entry(0, "ticket:opened"), entry(1, "ticket:escalated")], collector)
    assert [sent["key"] for _, _, sent in collector.sent] == ["e1"]


def test_a_rival_is_named_only_by_the_requester() -> None:
    draft = DraftReply("Unlike Globex, we do.", "Do you do it?", "reply", "product")
    assert [finding.code for finding in RivalsCheck().check(draft)] == ["rival"]
    asked = DraftReply("Like Globex, we do.", "Do you do it like globex?", "reply", "product")
    assert not RivalsCheck().check(asked)


async def test_changes_become_articles() -> None:
    change = {"title": "T", "source": "https://a.example", "text": "x", "updated": "2026-01-02"}
    (article,) = await Changes().fetch(Collector([change]))
    assert (article.title, str(article.updated)) == ("T", "2026-01-02")


async def test_the_page_says_how_many() -> None:
    shown = await status(WebRequest("GET", "", {}, {}, b""), Collector({"entries": 3}))
    assert shown.text == "The collector has 3 entries.\n"


def test_the_command_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "collected.jsonl"
    file.write_text('{"kind":"a"}\n{"kind":"b"}\n{"kind":"a"}\n')
    assert count([str(file)]) == 0
    assert capsys.readouterr().out.split() == ["2", "a", "1", "b"]
    assert count([]) == 2
