"""Signing in with a one-time link, and how sessions end."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from storage.people.accounts import LOCAL, OPERATOR
from storage.people.roles import Role
from tests.bot.web.consoles import Bench, console_of, send

IGNORED = ["asyncio", "aiosqlite", "uvicorn", "limits"]


async def a_link(bench: Bench, name: str = "ada", *roles: Role) -> str:
    ref = bench.accounts.ref(LOCAL, "", name)
    await bench.accounts.grant(ref, LOCAL, name, roles or [Role.REVIEWER], by=OPERATOR)
    return await bench.accounts.new_link(ref, by=OPERATOR)


async def test_link_signs_in_once(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        word = await a_link(bench)
        first, second = await bench.nobody(), await bench.nobody()
        assert "Sign in" in (await first.get(f"/sign-in/link/{word}")).text
        assert (await first.post("/sign-in/link", data={"word": word})).status_code == 303
        assert (await first.get("/")).status_code == 200
        again = await second.post("/sign-in/link", data={"word": word})
        assert again.status_code == 403
        assert "used already" in again.text
        assert (await second.get("/")).status_code == 303
        assert (await bench.entries("auth:denied"))[0][1]["why"] == "link"


async def test_opening_a_link_uses_nothing_up(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        word = await a_link(bench)
        nobody = await bench.nobody()
        for _ in range(3):
            assert "set-cookie" not in (await nobody.get(f"/sign-in/link/{word}")).headers
        assert (await nobody.post("/sign-in/link", data={"word": word})).status_code == 303


async def test_link_is_over_after_an_hour(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        word = await a_link(bench)
        nobody = await bench.nobody()
        with freeze_time(datetime.now(UTC) + timedelta(minutes=61), ignore=IGNORED):
            assert (await nobody.post("/sign-in/link", data={"word": word})).status_code == 403


@pytest.mark.parametrize(("minutes", "status"), [(59, 200), (61, 303)])
async def test_session_ends_when_it_is_not_used(tmp_path: Path, minutes: int, status: int) -> None:
    async with console_of(tmp_path) as bench:
        client = await bench.enter("rita", Role.REVIEWER)
        with freeze_time(datetime.now(UTC) + timedelta(minutes=minutes), ignore=IGNORED):
            assert (await client.get("/me")).status_code == status


async def test_session_ends_after_its_hours_however_much_it_is_used(tmp_path: Path) -> None:
    async with console_of(tmp_path, console_hours=2) as bench:
        client = await bench.enter("rita", Role.REVIEWER)
        began = datetime.now(UTC)
        statuses = []
        for minutes in (50, 100, 119, 121):
            with freeze_time(began + timedelta(minutes=minutes), ignore=IGNORED):
                statuses.append((await client.get("/me")).status_code)
        assert statuses == [200, 200, 200, 303]


async def test_somebody_who_loses_their_roles_is_out_at_the_next_click(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        client = await bench.enter("rita", Role.REVIEWER)
        admin = await bench.enter("ada", Role.ADMIN)
        ref = bench.accounts.ref(LOCAL, "", "rita")
        assert (await client.get("/")).status_code == 200
        await send(admin, f"/people/{ref}/roles")
        assert (await client.get("/")).status_code == 303
        ((_, body),) = await bench.entries("person:revoked")
        assert body == {"person": ref, "before": ["reviewer"], "sessions": 1}


async def test_somebody_who_tries_too_often_has_to_wait(tmp_path: Path) -> None:
    async with console_of(tmp_path, console_sign_ins=3) as bench:
        nobody, elsewhere = await bench.nobody(), await bench.nobody("198.51.100.7")
        guesses = [await nobody.post("/sign-in/link", data={"word": "guess"}) for _ in range(5)]
        assert [one.status_code for one in guesses] == [403, 403, 403, 429, 429]
        word = await a_link(bench)
        assert (await nobody.post("/sign-in/link", data={"word": word})).status_code == 429
        assert (await elsewhere.post("/sign-in/link", data={"word": word})).status_code == 303


async def test_flood_of_refusals_is_counted_and_does_not_fill_the_record(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        nobody = await bench.nobody()
        for _ in range(200):
            await nobody.get("/log")
        await bench.site.state.access.denials.flush()
        counts = [body["count"] for _, body in await bench.entries("auth:denied")]
        assert counts == [1, 199]


async def test_what_was_only_counted_is_on_record_when_the_site_stops(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        nobody = await bench.nobody()
        async with bench.site.router.lifespan_context(bench.site):
            for _ in range(3):
                await nobody.get("/log")
        counts = [body["count"] for _, body in await bench.entries("auth:denied")]
        assert counts == [1, 2]


async def test_network_address_is_in_no_entry(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        await (await bench.nobody("203.0.113.77")).get("/log")
        ((_, body),) = await bench.entries("auth:denied")
        assert len(body["origin"]) == 32
        assert "203.0.113.77" not in str(body)


async def test_who_can_write_to_the_database_makes_nobody_an_admin(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        await bench.enter("ada", Role.ADMIN)
        client = await bench.enter("rita", Role.REVIEWER)
        refs = [bench.accounts.ref(LOCAL, "", name) for name in ("ada", "rita")]
        with sqlite3.connect(tmp_path / "frontdesk.db") as database:
            database.execute(
                "UPDATE account SET sealed = (SELECT sealed FROM account WHERE person_ref = ?)"
                " WHERE person_ref = ?",
                refs,
            )
        database.close()
        assert (await client.get("/people")).status_code == 303


async def test_flood_from_many_addresses_fills_neither_record_nor_key_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.access.denials.MOST_KINDS", 3)
    async with console_of(tmp_path) as bench:
        assert bench.store.keys is not None
        before = len(list(bench.store.keys.subjects.everybody()))
        for number in range(9):
            await (await bench.nobody(f"203.0.113.{number}")).get("/log")
        assert len(list(bench.store.keys.subjects.everybody())) == before + 3
        await bench.site.state.access.denials.flush()
        assert sum(body["count"] for _, body in await bench.entries("auth:denied")) == 9


async def test_last_admin_cannot_invite_themselves_into_a_smaller_role(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        admin = await bench.enter("ada", Role.ADMIN)
        await send(admin, "/people", name="Ada", roles="reviewer")
        person = await bench.accounts.find(bench.accounts.ref(LOCAL, "", "ada"))
        assert person is not None
        assert person.roles == {Role.ADMIN}
