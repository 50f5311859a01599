"""The examples are whole plugins: installed with pip, tested, granted, at work with a service."""

from __future__ import annotations

import importlib.util
import json
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.plugins.environment import ROOT, Environment

EXAMPLES = ROOT / "examples"
NAMES = ("acme-orders", "acme-badges", "acme-watch")
TOKEN = "-".join(("open", "sesame"))
ORDER = "Where is my order ORD-1042?"


class Service:
    """The example's own order service, on a free port."""

    def __init__(self) -> None:
        place = EXAMPLES / "acme-orders" / "service.py"
        spec = importlib.util.spec_from_file_location("acme_orders_service", place)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.server = module.serve(0)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server.server_port}"


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACME_ORDERS_TOKEN", TOKEN)
        running = Service()
        yield running.url
        running.server.shutdown()
        running.server.server_close()


@pytest.fixture(scope="module")
def installed(environment: Environment) -> Environment:
    environment.pip_install(*(environment.copy_of(EXAMPLES / name) for name in NAMES))
    return environment


class Desk:
    """A desk with the examples, in a folder of its own."""

    def __init__(self, environment: Environment, folder: Path, service: str) -> None:
        self.environment, self.folder, self.batch = environment, folder, 0
        self.settings = {
            "FRONTDESK_DATABASE_URL": f"sqlite:///{folder / 'desk.db'}",
            "FRONTDESK_CACHE": str(environment.folder / "cache"),
            "FRONTDESK_SECRET_ACME_ORDERS_TOKEN": TOKEN,
            "FRONTDESK_PLUGIN_PRIVATE_HOSTS": "localhost",
            "ACME_ORDERS_URL": service,
            "COLUMNS": "200",
        }

    def run(self, *arguments: str, check: bool = True, **more: str) -> CompletedProcess[str]:
        given = [f"{name}={value}" for name, value in {**self.settings, **more}.items()]
        program = self.environment.program("frontdesk")
        return self.environment.run(
            "env", *given, program, *arguments, cwd=self.folder, check=check
        )

    def ask(self, text: str, **more: str) -> Mapping[str, Any]:
        """How the ticket ended, as triage tells it."""
        self.batch += 1
        file = self.folder / f"{self.batch}.jsonl"
        file.write_text(json.dumps({"id": "1", "text": text}) + "\n")
        said: Mapping[str, Any] = json.loads(self.run("triage", str(file), "--json", **more).stdout)
        return said

    def kinds(self) -> list[str]:
        listed = self.run("audit", "list", "--json", "--limit", "500").stdout
        return [json.loads(line)["kind"] for line in listed.splitlines()]


@pytest.fixture
def desk(installed: Environment, tmp_path: Path, service: str) -> Desk:
    return Desk(installed, tmp_path, service)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_passes_its_own_checks(installed: Environment, name: str) -> None:
    folder, python = installed.sources / name, installed.program("python")
    for command in (
        ("pytest", "-q"),
        ("mypy",),
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
    ):
        installed.run(python, "-m", *command, cwd=folder)
    assert (
        "All well"
        in installed.run(installed.program("frontdesk"), "plugins", "check", ".", cwd=folder).stdout
    )


def test_rules_answer_without_a_model(desk: Desk) -> None:
    ticket = desk.ask("How do I get a badge for a visitor?")
    assert (ticket["specialist"], ticket["outcome"]) == ("badges", "replied")
    assert ticket["citations"][0]["source"] == "https://intranet.acme.example/badges/visitors"
    lost = desk.ask("My badge was stolen on the train")
    assert (lost["specialist"], lost["outcome"], lost["reason"]) == (
        "badges",
        "escalated",
        "policy",
    )


def test_a_service_is_reached_from_its_grant_to_its_end(desk: Desk, service: str) -> None:
    before = desk.ask(ORDER)
    assert (before["outcome"], before["reason"]) == ("escalated", "permission")

    shown = desk.run("plugins", "grant", "orders", check=False)
    assert f"to reach {service}" in shown.stdout
    assert "FRONTDESK_SECRET_ACME_ORDERS_TOKEN" in shown.stdout
    assert shown.returncode == 1
    desk.run("plugins", "grant", "orders", "--yes")
    listed = json.loads(desk.run("plugins", "list", "--json").stdout)["permissions"]
    assert (listed["orders"], listed["badges"], listed["billing"]) == (
        "granted", "none needed", "desk",
    )  # fmt: skip

    ticket = desk.ask(ORDER)
    assert ticket["outcome"] == "replied", ticket
    assert "Order ORD-1042 was handed to the carrier on 3 November." in ticket["reply"]
    assert ticket["citations"][0]["source"] == f"{service}/orders/1042"
    assert TOKEN not in json.dumps(ticket)

    moved = desk.ask(ORDER, ACME_ORDERS_URL="http://localhost:1")
    assert moved["reason"] == "permission"

    desk.run("plugins", "revoke", "orders")
    assert desk.ask(ORDER)["reason"] == "permission"
    kinds = desk.kinds()
    assert kinds.count("plugin:granted") == kinds.count("plugin:revoked") == 1
    desk.run("audit", "verify")


def test_a_private_address_is_refused_even_with_a_grant(desk: Desk) -> None:
    desk.run("plugins", "grant", "orders", "--yes")
    ticket = desk.ask(ORDER, FRONTDESK_PLUGIN_PRIVATE_HOSTS="")
    assert ticket["reason"] == "permission"


def test_disabling_works_without_importing_and_removing_uninstalls(desk: Desk) -> None:
    broken = desk.environment.copy_of(ROOT / "tests" / "zoo" / "hanging_import")
    desk.environment.pip_install(broken)
    started = time.monotonic()
    desk.run("plugins", "disable", "hanging_import")
    assert time.monotonic() - started < 5
    kept_out = json.loads(desk.run("plugins", "list", "--json").stdout)["quarantined"]
    assert [(one["plugin"], one["reason"]) for one in kept_out] == [("hanging_import", "disabled")]

    desk.run("plugins", "remove", "hanging_import", "--yes")
    gone = desk.run("plugins", "remove", "hanging_import", "--yes", check=False)
    assert gone.returncode == 3
    assert "is installed" in gone.stderr
