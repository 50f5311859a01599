"""`frontdesk people`: who gets in, from the command line."""

import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.bot.cli.conftest import Run, Told, kept_logs
from tests.programs import environment


@pytest.fixture
def people(tmp_path: Path, cache: Path) -> Run:
    """Type `frontdesk people …` at a desk of one's own."""
    own = environment(tmp_path, cache)

    def run(*arguments: str, given: str = "", **more: str) -> Told:
        with pytest.MonkeyPatch.context() as patch, kept_logs():
            patch.chdir(tmp_path)
            for name, value in {**own, **more}.items():
                patch.setenv(name, value)
            done = CliRunner().invoke(app, ["people", *arguments], input=given)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return Told(done.stdout, done.stderr, done.exit_code)

    return run


def kinds(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "frontdesk.db") as database:
        rows = database.execute("SELECT kind FROM audit_index ORDER BY entry_id").fetchall()
    database.close()
    return [kind for (kind,) in rows if kind.startswith(("person", "auth"))]


def test_invited_person_gets_a_link_and_is_listed(people: Run, tmp_path: Path) -> None:
    told = people("invite", "Rita Alvarez", "--role", "reviewer", PORT="4321")
    assert told.code == 0
    assert "http://127.0.0.1:4321/sign-in/link/" in told.stdout
    listed = json.loads(people("list", "--json").stdout)
    assert (listed["name"], listed["roles"]) == ("Rita Alvarez", ["reviewer"])
    assert kinds(tmp_path) == ["person:granted", "auth:link-made"]


def test_link_names_the_address_that_browsers_use(people: Run) -> None:
    told = people("invite", "R", "--role", "lead", FRONTDESK_PUBLIC_URL="https://desk.example/")
    assert "https://desk.example/sign-in/link/" in told.stdout


def test_somebody_of_slack_is_granted_and_revoked_by_id(people: Run, tmp_path: Path) -> None:
    assert people("grant", "slack:T0ACME/U0SAM", "--role", "privacy").code == 0
    assert "U0SAM" in people("list").stdout
    assert people("revoke", "slack:T0ACME/U0SAM").code == 0
    assert people("revoke", "slack:T0ACME/U0SAM").code == 1
    assert "none any more" in people("list").stdout
    assert kinds(tmp_path) == ["person:granted", "person:revoked"]


def test_half_a_name_of_slack_is_refused(people: Run) -> None:
    told = people("grant", "slack:T0ACME", "--role", "lead")
    assert told.code == 3
    assert "slack:T0123/U0456" in told.stderr


def test_role_that_there_is_not_is_wrong_usage(people: Run) -> None:
    assert people("grant", "Rita", "--role", "king").code == 2
