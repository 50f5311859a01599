"""Findings and comments: on record, with texts that can be forgotten, and four eyes to close."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from storage.human_state import NotPossible
from storage.ledger.verify import verify
from storage.privacy.erasures import Erasures
from storage.privacy.facts import Basis
from storage.queries import Queries
from storage.reviews.findings import NewFinding
from storage.reviews.service import Reviews
from storage.reviews.tables import FINDING
from storage.store import SqlStore
from tests.storage.conftest import Database
from tests.storage.reviews.conftest import Decide

DUE = datetime(2026, 12, 1, tzinfo=UTC)


async def test_a_finding_is_closed_by_somebody_else_than_its_owner(
    reviews: Reviews, on_sqlite: SqlStore, ann: str, ben: str
) -> None:
    name = await reviews.open_finding(ben, NewFinding("Refunds are promised.", "Rule 7", ann, DUE))

    with pytest.raises(NotPossible, match="owner_cannot_close"):
        await reviews.close_finding(ann, name, "Done.")
    cheated = update(FINDING).values(closed_by=ann, closed_us=1)
    with pytest.raises(Exception, match=r"(?i)constraint"):
        await on_sqlite.write(lambda db, _: db.execute(cheated))
    await reviews.close_finding(ben, name, "The rule is in force.")
    (closed,) = await reviews.findings(closed=True)
    assert (closed.resolution, closed.closed_by) == ("The rule is in force.", ben)
    assert await reviews.findings() == ()
    with pytest.raises(NotPossible, match="closed"):
        await reviews.close_finding(ben, name, "Again.")


async def test_a_finding_can_be_passed_on(reviews: Reviews, ann: str, ben: str) -> None:
    name = await reviews.open_finding(ben, NewFinding("Refunds are promised.", "Rule 7", ann, DUE))
    later = DUE + timedelta(days=7)
    await reviews.change_finding(ann, name, owner=ben, due=later, action="Rule 8")

    (row,) = await reviews.findings()
    assert (row.owner, row.due, row.action) == (ben, later, "Rule 8")
    assert row.overdue(later + timedelta(seconds=1))
    assert not row.overdue(DUE)


async def test_findings_say_something_about_something(
    reviews: Reviews, decide: Decide, ann: str
) -> None:
    with pytest.raises(NotPossible, match="no_statement"):
        await reviews.open_finding(ann, NewFinding(" ", "", ann, DUE))
    with pytest.raises(NotPossible, match="no_such_entry"):
        await reviews.open_finding(ann, NewFinding("This one.", "", ann, DUE, item="nothing"))
    with pytest.raises(NotPossible, match="no_such_finding"):
        await reviews.close_finding(ann, "F-NOTHING", "Done.")


async def test_the_change_that_put_it_right_is_linked(
    reviews: Reviews, on_sqlite: SqlStore, ann: str, ben: str
) -> None:
    await on_sqlite.keep("policy", b"no promises")
    (change,) = await Queries(on_sqlite).entries(kind="artifact:kept")
    name = await reviews.open_finding(ben, NewFinding("Refunds are promised.", "", ann, DUE))
    await reviews.close_finding(ben, name, "It is in force.", change=change.id)

    assert (await reviews.findings(closed=True))[0].change == change.id


async def test_a_comment_belongs_to_whom_the_entry_is_about(
    reviews: Reviews, on_sqlite: SqlStore, sqlite: Database, decide: Decide, ann: str
) -> None:
    await decide(1)
    (about,) = await Queries(on_sqlite).entries(kind="route:decided")
    entry = await reviews.annotate(ann, about.id, "The customer was right.")

    (comment,) = await reviews.annotations(about.id)
    assert (comment.entry, comment.person) == (entry, ann)
    assert comment.comment == "The customer was right."
    view = await Queries(on_sqlite).entry(entry)
    asked = (await Queries(on_sqlite).entry(about.id)).leaf["subject"]
    assert view.leaf["subject"] == asked
    erasures = Erasures(on_sqlite)
    erasure = await erasures.file(asked, Basis.CONSENT_WITHDRAWN, "human:one")
    await erasures.approve(erasure, "human:another")
    (forgotten,) = await reviews.annotations(about.id)
    assert forgotten.comment == ""
    await reviews.annotate(ann, about.id, "There is nobody to tell any more.")
    assert (await reviews.annotations(about.id))[1].comment
    await on_sqlite.sequence()
    assert verify(sqlite.url, sqlite.keys).ok


async def test_a_comment_says_something_about_something(reviews: Reviews, ann: str) -> None:
    with pytest.raises(NotPossible, match="no_such_entry"):
        await reviews.annotate(ann, "nothing", "Hm.")
    with pytest.raises(NotPossible, match="no_statement"):
        await reviews.annotate(ann, "nothing", "  ")
