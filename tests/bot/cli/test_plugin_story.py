"""What became of a plugin is told in plain words."""

import typing

import pytest

from bot.cli.story import SENTENCES, TELLERS
from router import plugin_facts
from router.facts import Fact

KINDS = [
    value.kind
    for value in vars(plugin_facts).values()
    if isinstance(value, type) and issubclass(value, Fact) and hasattr(value, "kind")
]
PLUGIN = {"plugin": {"specialist": "stock", "distribution": "acme-stock", "version": "1.0"}}


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_becomes_of_a_plugin_has_words(kind: str) -> None:
    assert kind in SENTENCES or kind in TELLERS


@pytest.mark.parametrize("kind", ["plugin:rested", "plugin:quarantined", "plugin:blocked"])
def test_a_fault_names_the_plugin(kind: str) -> None:
    told = TELLERS[kind](typing.cast("dict[str, typing.Any]", PLUGIN), {})
    assert told.sentence.startswith("stock (acme-stock 1.0) ")
