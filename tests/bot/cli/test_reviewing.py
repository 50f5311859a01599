"""`frontdesk audit sample`, `review` and `findings`: a review from the command line."""

import asyncio
import json
import re
from pathlib import Path

import pytest

from storage.database import open_store
from storage.people.accounts import LOCAL, OPERATOR, Accounts
from storage.people.roles import Role
from tests.bot.cli.conftest import Run


@pytest.fixture(scope="module")
def people(desk: Run, desk_folder: Path) -> None:
    """Somebody who may sign off, somebody who judges, somebody who may do nothing here."""

    async def let_in() -> None:
        store = open_store(f"sqlite:///{desk_folder / 'frontdesk.db'}")
        accounts = Accounts(store)
        for name, role in (("Ann", Role.LEAD), ("Ben", Role.REVIEWER), ("Dan", Role.ADMIN)):
            await accounts.grant(accounts.ref(LOCAL, "", name), LOCAL, name, [role], by=OPERATOR)
        await store.close()

    asyncio.run(let_in())


def test_sample_size_is_said_without_a_case(desk: Run) -> None:
    assert "59 items" in desk("audit", "sample").stdout
    told = desk("audit", "sample", "--share", "1", "--json").stdout
    assert json.loads(told) == {"share_bp": 100, "confidence_bp": 9500, "items": 299}
    assert desk("audit", "sample", "--share", "0").code == 3


@pytest.mark.usefixtures("people")
def test_a_review_goes_from_opening_to_sign_off(desk: Run) -> None:
    opened = json.loads(
        desk("audit", "review", "open", "--as", "Ann", "--items", "2", "--json").stdout
    )
    case = opened["id"]
    assert opened["state"] == "drawn"
    assert opened["drawn"] == 2
    assert desk("audit", "sample", case).code == 0
    assert json.loads(desk("audit", "sample", case, "--json").stdout)["same"]

    for item in ("1", "2"):
        told = desk("audit", "review", "verdict", case, item, "policy_breach", "--as", "Ann")
        assert told.code == 0, told.stderr
    again = desk("audit", "review", "verdict", case, "1", "correct", "--as", "Ann")
    assert again.code == 3
    assert "somebody else gives the second" in again.stderr
    assert "hidden until yours" in desk("audit", "review", "show", case, "--as", "Ben").stdout
    assert "2 open" in desk("audit", "review", "list").stdout

    for item in ("1", "2"):
        desk("audit", "review", "verdict", case, item, "correct", "--as", "Ben")
    statement = ("--statement", "Both were read and discussed.")
    refused = desk("audit", "review", "sign", case, "--as", "Ben", *statement)
    assert refused.code == 3
    assert "needs lead" in refused.stderr
    signed = desk("audit", "review", "sign", case, "--as", "Ann", *statement, "--json")
    assert json.loads(signed.stdout)["failures"] == 2
    assert desk("audit", "verify").code == 0


@pytest.mark.usefixtures("people")
def test_findings_are_opened_and_closed_by_somebody_else(desk: Run) -> None:
    told = desk(
        *("audit", "findings", "open", "Refunds are promised.", "--as", "Ben"),
        *("--owner", "Ann", "--due", "2027-01-01", "--action", "Change the policy."),
    )
    name = told.stdout.split()[-1]
    assert "Refunds are promised." in desk("audit", "findings", "list").stdout
    closing = ("audit", "findings", "close", name, "--resolution", "It is in force.")
    assert "Its owner cannot" in desk(*closing, "--as", "Ann").stderr
    assert desk(*closing, "--as", "Ben").code == 0
    (row,) = desk("audit", "findings", "list", "--closed", "--json").stdout.splitlines()
    assert json.loads(row)["resolution"] == "It is in force."


@pytest.mark.usefixtures("people")
def test_who_may_not_review_is_told_so(desk: Run) -> None:
    for name, why in (("Dan", "needs reviewer"), ("Nobody", "nobody at the console")):
        told = desk("audit", "review", "open", "--as", name)
        assert told.code == 3
        assert why in told.stderr


@pytest.mark.usefixtures("people")
def test_unknown_names_are_said_in_plain_words(desk: Run) -> None:
    assert "no such case" in desk("audit", "sample", "R-NONE").stderr
    opening = ("audit", "review", "open", "--as", "Ann", "--rule", "nonsense")
    assert "low_margin" in desk(*opening).stderr


def test_queue_and_charts_can_be_made_again(desk: Run) -> None:
    assert "again from the log" in desk("audit", "review", "rebuild").stdout


def test_the_guide_draws_as_the_desk_does() -> None:
    """The code in the guide is run: it must draw what the desk draws."""
    from storage.reviews import sampling  # noqa: PLC0415

    guide = Path(__file__).parents[3] / "docs" / "audit" / "reviewing.md"
    (code,) = re.findall(r"```python\n(.*?)```", guide.read_text(), re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)  # noqa: S102 - it is our own
    entries = [f"entry-{number}" for number in range(40)]
    by_hand = names["drawn_by_hand"](b"\3" * 32, "R-1", entries, 7)  # type: ignore[operator]

    assert by_hand == sampling.draw(sampling.seed(b"\3" * 32, "R-1"), entries, 7)
