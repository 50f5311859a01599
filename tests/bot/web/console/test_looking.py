"""Who looks is on record, and what they may not see is not shown."""

from pathlib import Path

from storage.looking import ids_digest
from storage.people.roles import Role
from tests.bot.web.consoles import console_of, send


async def test_each_search_and_each_view_is_an_entry(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        client = await bench.enter("rita", Role.REVIEWER)
        decision = (await bench.rows("route:decided"))[0].id
        await client.get("/log?kind=route:decided&below=70")
        await client.get(f"/entries/{decision}")
        ((actor, searched),) = await bench.entries("audit:searched")
        assert actor == f"human:{bench.accounts.ref('local', '', 'rita')}"
        assert searched["filter"] == {"below_bp": "7000", "kind": "route:decided"}
        assert searched["count"] == 1
        ((_, viewed),) = await bench.entries("audit:viewed")
        assert viewed["digest"] == ids_digest([decision])


async def test_lead_sees_who_looked(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        await (await bench.enter("rita", Role.REVIEWER)).get("/log?words=secret")
        lead = await bench.enter("lena", Role.LEAD)
        text = (await lead.get("/access")).text
        assert "rita" in text
        assert "<q>secret</q>" in text


async def test_time_that_nobody_understands_is_said_so(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        client = await bench.enter("rita", Role.REVIEWER)
        text = (await client.get("/log?when=someday")).text
        assert "is no time" in text
        assert "is no number" in (await client.get("/log?below=much")).text


async def test_name_of_a_ticket_leads_to_it_and_words_to_a_search(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        client = await bench.enter("rita", Role.REVIEWER)
        ticket = bench.receipts[0].ticket
        assert (await client.get(f"/find?q={ticket.lower()}")).headers["location"] == (
            f"/tickets/{ticket}"
        )
        assert (await client.get("/find?q=charged twice")).headers["location"] == (
            "/log?words=charged+twice"
        )


async def test_last_admin_cannot_lock_everybody_out(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        admin = await bench.enter("ada", Role.ADMIN)
        ref = bench.accounts.ref("local", "", "ada")
        await send(admin, f"/people/{ref}/roles", roles="reviewer")
        found = await bench.accounts.find(ref)
        assert found is not None
        assert found.roles == {Role.ADMIN}


async def test_nobody_ends_sessions_of_others_but_an_admin(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        rita, noor = (
            await bench.enter("rita", Role.REVIEWER),
            await bench.enter("noor", Role.REVIEWER),
        )
        theirs = (
            await bench.site.state.access.sessions.of(bench.accounts.ref("local", "", "noor"))
        )[0]
        assert (await send(rita, f"/me/sessions/{theirs.id}/end")).status_code == 404
        assert (await noor.get("/")).status_code == 200
        admin = await bench.enter("ada", Role.ADMIN)
        await send(admin, f"/people/sessions/{theirs.id}/end")
        assert (await noor.get("/")).status_code == 303
