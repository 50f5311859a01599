"""Within one API version the contract only grows, and what is renamed goes on working."""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

import frontdesk
import frontdesk.testing
from frontdesk import deprecation
from frontdesk.deprecation import ContractWarning, Renamed

KEPT = Path(__file__).with_name(f"contract_v{frontdesk.API_VERSION}.json")


def shape(value: Any) -> list[str]:
    """What a plugin may rely on in one public name, one line a promise."""
    if inspect.isclass(value):
        return [f"{value.__name__}.{line}" for line in sorted(_members(value))]
    if inspect.isfunction(value):
        return [f"{value.__name__}({', '.join(_arguments(value))})"]
    return [f"{type(value).__name__}"]


def _members(kind: type) -> Iterator[str]:
    if issubclass(kind, Enum):
        yield from (f"{one.name}={one.value}" for one in kind)
        return
    if dataclasses.is_dataclass(kind):
        yield from (f"{field.name}:{_needed(field)}" for field in _public(kind))
    for name, value in vars(kind).items():
        if inspect.isfunction(value) and not name.startswith("_"):
            yield f"{name}({', '.join(_arguments(value))})"


def _public(kind: Any) -> Iterator[dataclasses.Field[Any]]:
    return (one for one in dataclasses.fields(kind) if one.init and not one.name.startswith("_"))


def _needed(field: dataclasses.Field[Any]) -> str:
    missing = dataclasses.MISSING
    has_default = field.default is not missing or field.default_factory is not missing
    return "optional" if has_default else "needed"


def _arguments(function: Any) -> Iterator[str]:
    for name, argument in inspect.signature(function).parameters.items():
        yield f"{name}?" if argument.default is not argument.empty else name


def stands(line: str, now: Sequence[str]) -> bool:
    """Whether a promise is kept: as it was, or more freely."""
    if line in now or line.replace(":needed", ":optional") in now:
        return True
    name, call, rest = line.partition("(")
    longer = [one for one in now if call and one.startswith(f"{name}(")]
    arguments = rest.rstrip(")").split(", ")
    return any(
        _is_longer(one.partition("(")[2].rstrip(")").split(", "), arguments) for one in longer
    )


def _is_longer(now: Sequence[str], before: Sequence[str]) -> bool:
    more = now[len(before) :]
    same = all(new in {old, f"{old}?"} for old, new in zip(before, now, strict=False))
    return len(now) >= len(before) and same and all(one.endswith("?") for one in more)


def contract() -> dict[str, list[str]]:
    modules = (frontdesk, frontdesk.testing)
    return {
        f"{module.__name__}.{name}": shape(getattr(module, name))
        for module in modules
        for name in module.__all__
    }


def test_everything_that_this_version_promised_still_stands() -> None:
    kept: dict[str, list[str]] = json.loads(KEPT.read_text("utf-8"))
    now = contract()
    gone = [
        f"{name}: {line}"
        for name, lines in kept.items()
        for line in lines or [""]
        if name not in now or (line and not stands(line, now[name]))
    ]
    assert not gone, "breaks plugins: raise API_VERSION, or keep it"


@pytest.mark.parametrize(
    ("line", "now", "kept"),
    [
        ("A.b:needed", "A.b:needed", True),
        ("A.b:needed", "A.b:optional", True),
        ("A.b:optional", "A.b:needed", False),
        ("A.b:optional", "A.c:optional", False),
        ("A.f(self, x)", "A.f(self, x, y?)", True),
        ("A.f(self, x)", "A.f(self, x?)", True),
        ("A.f(self, x)", "A.f(self, x, y)", False),
        ("A.f(self, x, y?)", "A.f(self, x)", False),
        ("E.A=a", "E.A=b", False),
    ],
)
def test_a_promise_may_become_freer_and_not_narrower(line: str, now: str, kept: bool) -> None:
    assert stands(line, [now]) is kept


def test_every_field_that_was_added_has_a_default() -> None:
    kept: dict[str, list[str]] = json.loads(KEPT.read_text("utf-8"))
    added = [
        line
        for name, lines in contract().items()
        for line in lines
        if name in kept and line not in kept[name] and line.endswith(":needed")
    ]
    assert not added, "plugins that make one of these break: give the field a default"


def test_an_old_name_works_and_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    following = frontdesk.API_VERSION + 1
    monkeypatch.setitem(deprecation.RENAMED, "Respond", Renamed("Reply", following))
    with pytest.warns(ContractWarning, match=r"frontdesk\.Respond is now frontdesk\.Reply"):
        assert frontdesk.Respond is frontdesk.Reply


def test_the_warning_points_at_the_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(deprecation.RENAMED, "Respond", Renamed("Reply", 2))
    with pytest.warns(ContractWarning) as caught:
        _ = frontdesk.Respond
    assert caught[0].filename == __file__


def test_no_old_name_is_overdue_or_leads_nowhere() -> None:
    for line in deprecation.RENAMED.values():
        assert line.gone > frontdesk.API_VERSION
        assert line.now in frontdesk.__all__


def test_a_name_that_never_was_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        _ = frontdesk.Nonsense
