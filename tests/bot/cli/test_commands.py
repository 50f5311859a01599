"""The command line, as somebody types it."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from bot.cli import COMMANDS
from bot.cli.later import Later
from tests.bot.cli.conftest import Run
from tests.programs import frontdesk


def test_triage_prints_one_object_a_ticket_and_goes_on_after_a_bad_line(desk: Run) -> None:
    done = desk("triage", "tickets.csv", "--json")

    tickets = [json.loads(line) for line in done.stdout.splitlines()]
    assert [ticket["id"] for ticket in tickets] == ["1", "2", "4"]
    wanted = {
        "id", "ticket_id", "outcome", "specialist", "confidence", "alternatives", "reply",
        "citations", "reason", "audit_entries",
    }  # fmt: skip
    assert all(wanted <= ticket.keys() for ticket in tickets)
    assert tickets[0]["outcome"] == "replied"
    assert tickets[0]["specialist"] == "billing"
    assert tickets[0]["citations"][0]["source"].startswith("https://help.quillon.example/")
    assert tickets[2]["outcome"] == "escalated"
    assert tickets[2]["reason"] in {"out_of_scope", "unsure"}
    assert "line 4: the text is missing" in done.stderr
    assert done.code == 1


def test_a_batch_that_is_run_again_is_read_back_from_the_record(desk: Run) -> None:
    first = desk("triage", "tickets.csv", "--json")
    again = desk("triage", "tickets.csv", "--json")

    assert first.stdout == again.stdout
    assert "3 of 3 were done before" in again.stderr


def test_triage_shows_outcomes_and_a_confusion_matrix(desk: Run) -> None:
    shown = desk("triage", "tickets.csv").stdout

    assert "Outcomes" in shown
    assert "3.0%" not in shown
    assert "100.0% right" in shown


def test_tickets_and_their_story_can_be_listed_and_shown(desk: Run) -> None:
    listed = [json.loads(line) for line in desk("tickets", "list", "--json").stdout.splitlines()]
    billing = next(ticket for ticket in listed if ticket["specialist"] == "billing")

    shown = json.loads(desk("tickets", "show", billing["id"][-6:], "--json").stdout)

    assert len(listed) == 3
    assert [message["author"] for message in shown["messages"]] == ["requester", "desk"]
    assert "charged twice" in shown["messages"][0]["text"]


def test_audit_show_tells_a_ticket_as_a_story(desk: Run) -> None:
    listed = [json.loads(line) for line in desk("tickets", "list", "--json").stdout.splitlines()]
    billing = next(ticket for ticket in listed if ticket["specialist"] == "billing")

    story = desk("audit", "show", billing["id"]).stdout

    tellings = (
        "The requester wrote:",
        "│ I was charged twice",
        "The router agent decided: go.",
        "billing: chosen; needs",
        "drafted a reply",
        "The validator agent approved it:",
        "It is visible as",
        "The turn ended: replied.",
    )
    places = [story.index(telling) for telling in tellings]
    assert places == sorted(places)


def test_audit_show_of_an_entry_shows_all_that_it_holds(desk: Run) -> None:
    entry = json.loads(
        desk("audit", "list", "--kind", "reply:approved", "--json").stdout.splitlines()[0]
    )

    assert '"check": "grounding"' in desk("audit", "show", entry["id"][-12:]).stdout


def test_audit_list_filters_by_kind(desk: Run) -> None:
    lines = desk("audit", "list", "--kind", "route:decided", "--json").stdout.splitlines()

    assert {json.loads(line)["kind"] for line in lines} == {"route:decided"}


def test_audit_verify_is_clean_and_then_names_what_plain_sql_has_changed(
    desk: Run, desk_folder: Path, tmp_path: Path, cache: Path
) -> None:
    clean = desk("audit", "verify", "--json")
    shutil.copytree(desk_folder, tmp_path, dirs_exist_ok=True)
    database = sqlite3.connect(tmp_path / "frontdesk.db")
    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
        database.execute(f"DROP TRIGGER {trigger}")
    (victim,) = database.execute(
        "SELECT id FROM audit_entry ORDER BY id LIMIT 1 OFFSET 7"
    ).fetchone()
    database.execute(
        "UPDATE audit_entry SET leaf = replace(leaf, 'billing', 'refunds') WHERE id = ?", (victim,)
    )
    database.execute("UPDATE audit_entry SET leaf = leaf || ' ' WHERE id = ?", (victim,))
    database.commit()
    database.close()

    altered = frontdesk("audit", "verify", "--json", folder=tmp_path, cache=cache)

    assert clean.code == 0, clean.stdout
    assert json.loads(clean.stdout)["ok"] is True
    assert altered.returncode == 1
    assert victim in {finding["entry"] for finding in json.loads(altered.stdout)["findings"]}


def test_chat_answers_with_sources_and_tells_why(desk: Run) -> None:
    said = desk(
        "chat", given="How do I reset my password?\n/why\n/trace\n/nonsense\n/human\n/quit\n"
    )

    assert "https://help.quillon.example/technical/" in said.stdout
    assert "Why not" in said.stdout
    assert "route:decided" in said.stdout
    assert "no such command" in said.stdout
    assert "to a human (asked for human)" in said.stdout
    assert said.code == 0


def test_doctor_says_what_is_set_and_masks_secrets(desk: Run) -> None:
    told = desk("doctor", "--json", ANTHROPIC_API_KEY="sk-made-up", FRONTDESK_DATABSE_URL="x")

    assert "sk-made-up" not in told.stdout
    report = json.loads(told.stdout)
    key = next(one for one in report["settings"] if one["name"] == "anthropic_api_key")
    assert key == {"name": "anthropic_api_key", "value": "********", "from": "ANTHROPIC_API_KEY"}
    assert any("FRONTDESK_DATABSE_URL" in one["found"] for one in report["findings"])


def test_plugins_list_knows_the_three_and_leaves_out_a_disabled_one(desk: Run) -> None:
    all_three = json.loads(desk("plugins", "list", "--json").stdout)
    two = json.loads(desk("plugins", "list", "--json", FRONTDESK_DISABLED_PLUGINS="product").stdout)

    assert [one["name"] for one in all_three["specialists"]] == ["billing", "product", "technical"]
    assert [one["name"] for one in two["specialists"]] == ["billing", "technical"]
    assert two["quarantined"][0]["reason"] == "disabled"


@pytest.mark.parametrize(
    ("arguments", "given", "code", "words"),
    [
        (("triage", "gone.csv"), {}, 3, "there is no such file"),
        (("triage",), {}, 2, "Missing argument"),
        (("tickets", "show", "T-NOSUCH"), {}, 3, "there is no ticket"),
        (("chat",), {"FRONTDESK_ROUTE_GO": "7"}, 3, "FRONTDESK_ROUTE_GO"),
        (("chat",), {"FRONTDESK_DATABASE_URL": "mysql://x/y"}, 3, "is not supported"),
        (("chat",), {"FRONTDESK_DATABASE_URL": "sqlite:////no/such/folder/f.db"}, 3, "database"),
    ],
)
def test_what_cannot_work_is_told_in_plain_words(
    desk: Run, arguments: tuple[str, ...], given: dict[str, str], code: int, words: str
) -> None:
    told = desk(*arguments, **given)

    assert told.code == code
    assert words in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize(("name", "purpose", "place"), COMMANDS, ids=lambda given: given)
def test_every_command_of_the_tour_is_there_and_has_help(
    name: str, purpose: str, place: str
) -> None:
    assert Later(name, purpose, place).imported().help


def test_the_tour_lists_every_command_and_imports_none_of_them(desk: Run) -> None:
    tour = desk("--help").stdout

    assert [name for name, *_ in COMMANDS if f"│ {name} " not in tour] == []


SMOKE = {
    ("--help",): "frontdesk chat",
    ("--version",): "frontdesk ",
    ("tickets", "list"): "billing",
    ("audit", "verify"): "Unaltered",
    ("plugins", "list"): "technical",
    ("db", "status"): "schema",
    ("doctor",): "embedding model",
}


@pytest.mark.parametrize("arguments", SMOKE, ids=" ".join)
@pytest.mark.usefixtures("desk")
def test_installed_program_knows_each_command(
    arguments: tuple[str, ...], desk_folder: Path, cache: Path
) -> None:
    done = frontdesk(*arguments, folder=desk_folder, cache=cache)

    assert SMOKE[arguments] in done.stdout
    assert "Traceback" not in done.stderr
