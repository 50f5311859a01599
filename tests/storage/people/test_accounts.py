"""Accounts: granted and revoked on record, sealed in the table."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, select

from storage.ledger.append import Appender
from storage.ledger.tables import ENTRY, INDEX
from storage.people.accounts import LOCAL, OPERATOR, UNREADABLE, Accounts
from storage.people.roles import Role, effective
from storage.people.searches import Searches
from storage.people.sessions import Sessions
from storage.people.tables import ACCOUNT, SAVED_SEARCH, WEB_SESSION
from storage.store import SqlStore


async def kinds(store: SqlStore) -> list[str]:
    query = select(INDEX.c.kind).where(INDEX.c.ticket_id == "desk").order_by(INDEX.c.ticket_seq)
    return await store.read(lambda db: list(db.execute(query).scalars()))


async def leaves(store: SqlStore) -> str:
    return await store.read(lambda db: "".join(db.execute(select(ENTRY.c.leaf)).scalars()))


@pytest.fixture
def accounts(store: SqlStore) -> Iterator[Accounts]:
    yield Accounts(store)


async def test_granted_roles_are_on_record_without_a_name(
    store: SqlStore, accounts: Accounts
) -> None:
    ref = accounts.ref(LOCAL, "", "rita")
    await accounts.grant(ref, LOCAL, "Rita Alvarez", [Role.REVIEWER], by=OPERATOR)
    person = await accounts.grant(ref, LOCAL, "Rita Alvarez", [Role.LEAD], by=OPERATOR)
    assert (person.name, person.roles) == ("Rita Alvarez", {Role.LEAD})
    assert await kinds(store) == ["person:granted", "person:granted"]
    said = await leaves(store)
    assert '"before":["reviewer"]' in said
    assert "Rita" not in said
    rows = await store.read(lambda db: db.execute(select(ACCOUNT)).all())
    assert b"Rita" not in rows[0].sealed


async def test_revoked_person_loses_sessions_and_links(store: SqlStore, accounts: Accounts) -> None:
    ref = accounts.ref(LOCAL, "", "rita")
    await accounts.grant(ref, LOCAL, "Rita", [Role.REVIEWER], by=OPERATOR)
    sessions = Sessions(store, accounts)
    await sessions.begin(ref, "link")
    link = await accounts.new_link(ref, by=OPERATOR)
    assert await accounts.revoke(ref, by=OPERATOR)
    assert not await accounts.revoke(ref, by=OPERATOR)
    assert await sessions.of() == ()
    assert await sessions.begin_by_link(link) is None
    found = await accounts.find(ref)
    assert found is not None
    assert found.roles == frozenset()


async def test_link_and_session_are_kept_as_digests_only(
    store: SqlStore, accounts: Accounts
) -> None:
    ref = accounts.ref(LOCAL, "", "rita")
    await accounts.grant(ref, LOCAL, "Rita", [Role.REVIEWER], by=OPERATOR)
    word = await Sessions(store, accounts).begin_by_link(await accounts.new_link(ref, by=OPERATOR))
    assert word is not None
    rows: list[Any] = list(await store.read(lambda db: db.execute(select(WEB_SESSION)).all()))
    assert word.encode() not in rows[0].digest
    assert word not in str(rows[0])
    assert word not in await leaves(store)


async def test_roles_of_another_account_cannot_be_copied(
    store: SqlStore, accounts: Accounts
) -> None:
    refs = [accounts.ref(LOCAL, "", name) for name in ("ada", "rita")]
    await accounts.grant(refs[0], LOCAL, "Ada", [Role.ADMIN], by=OPERATOR)
    await accounts.grant(refs[1], LOCAL, "Rita", [Role.REVIEWER], by=OPERATOR)

    def copy(connection: Connection, appender: Appender) -> None:
        theirs = select(ACCOUNT.c.sealed).where(ACCOUNT.c.person_ref == refs[0])
        sealed = connection.execute(theirs).scalar()
        mine = ACCOUNT.c.person_ref == refs[1]
        connection.execute(ACCOUNT.update().where(mine).values(sealed=sealed))

    await store.write(copy)
    found = await accounts.find(refs[1])
    assert found is not None
    assert (found.name, found.roles) == (UNREADABLE, frozenset())
    assert len(await accounts.all()) == 2


async def test_search_is_sealed_and_belongs_to_who_kept_it(
    store: SqlStore, accounts: Accounts
) -> None:
    mine, theirs = (accounts.ref(LOCAL, "", name) for name in ("rita", "noor"))
    searches = Searches(store)
    own = await searches.keep(mine, "Mrs Miller", "words=miller", shared=False)
    await searches.keep(mine, "Unsure", "below=70", shared=True)
    assert [one.name for one in await searches.of(mine)] == ["Mrs Miller", "Unsure"]
    assert [one.name for one in await searches.of(theirs)] == ["Unsure"]
    assert not await searches.forget(theirs, own)
    assert await searches.forget(mine, own)
    rows = await store.read(lambda db: db.execute(select(SAVED_SEARCH)).all())
    assert "miller" not in str(rows)
    assert "iller" not in await leaves(store)


def test_lead_may_do_what_a_reviewer_may_and_an_admin_may_not() -> None:
    assert effective([Role.LEAD]) == {Role.LEAD, Role.REVIEWER}
    assert effective([Role.ADMIN]) == {Role.ADMIN}
