"""The contract: what is public, what it stands on, and that its hooks are explained."""

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

import pytest

import frontdesk
import frontdesk.testing
from frontdesk import hookspecs
from tests.plugins.environment import ROOT

SHELF = ROOT / "plugins"
GUIDE = (SHELF / "README.md").read_text("utf-8")
HOOKS = [value for value in vars(hookspecs).values() if hasattr(value, "frontdesk_spec")]


def imported(file: Path) -> Iterator[str]:
    """The top-level names of the packages that a file imports; its own are left out."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


def foreign(package: str, *allowed: str) -> set[str]:
    known = {*sys.stdlib_module_names, *allowed}
    files = (SHELF / package).rglob("*.py")
    return {name for file in files for name in imported(file)} - known


def test_public_names_are_these() -> None:
    assert frontdesk.__all__ == [
        "API_VERSION",
        "TICKET_EVENTS",
        "Answer",
        "Article",
        "AuditEntry",
        "Author",
        "BudgetExceeded",
        "Citation",
        "Command",
        "Context",
        "DoorContext",
        "DraftReply",
        "Escalation",
        "EscalationReason",
        "Finding",
        "FrontdeskError",
        "Handoff",
        "Http",
        "HttpFailed",
        "HttpReply",
        "KnowledgeSource",
        "Message",
        "ModelUnavailable",
        "NotGranted",
        "Observer",
        "Passage",
        "Permissions",
        "PluginError",
        "Policy",
        "PostError",
        "PostUnknown",
        "Question",
        "Reply",
        "ReplyCheck",
        "Route",
        "SettingsError",
        "Specialist",
        "SpecialistError",
        "StoreError",
        "ThreadScope",
        "Ticket",
        "Tool",
        "WebReply",
        "WebRequest",
        "hookimpl",
        "tool",
    ]
    assert all(hasattr(frontdesk, name) for name in frontdesk.__all__)


def test_public_names_for_tests_are_these() -> None:
    assert frontdesk.testing.__all__ == [
        "Asked",
        "Checked",
        "FakeContext",
        "Line",
        "Requested",
        "ScriptedModel",
        "check_specialist",
        "make_article",
        "make_message",
        "make_passage",
        "make_ticket",
        "report_card",
    ]
    assert all(hasattr(frontdesk.testing, name) for name in frontdesk.testing.__all__)


def test_contract_stands_on_pluggy_and_the_standard_library() -> None:
    assert foreign("frontdesk", "frontdesk", "pytest") == {"pluggy"}


def test_only_the_fixtures_import_pytest() -> None:
    importing = [
        file.relative_to(SHELF / "frontdesk").as_posix()
        for file in (SHELF / "frontdesk").rglob("*.py")
        if "pytest" in set(imported(file))
    ]
    assert importing == ["testing/plugin.py"]


def test_specialists_stand_on_the_contract_alone() -> None:
    assert foreign("frontdesk_specialists") == {"frontdesk"}


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.__name__)
def test_hook_is_explained_with_its_arguments(hook: FunctionType) -> None:
    arguments = ", ".join(inspect.signature(hook).parameters)
    assert f"### `{hook.__name__}({arguments})`" in GUIDE


def test_hooks_are_these() -> None:
    assert sorted(hook.__name__ for hook in HOOKS) == [
        "register_checks",
        "register_commands",
        "register_knowledge",
        "register_observers",
        "register_routes",
        "register_specialists",
    ]
