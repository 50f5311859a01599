"""A plugin that somebody else wrote, installed with real pip, gets tickets; broken, it harms none.

It is installed as its author would have it at work, so that breaking it is saving a file.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.environment import Environment
from tests.plugins.test_zoo import KEPT_OUT, TESTS, ZOO

TICKETS = (
    ("parcel", "Tracking says delivered but my parcel is not here."),
    ("damaged", "My parcel arrived damaged, the box is crushed."),
    ("refund", "I was charged twice this month, how do I get the second charge back?"),
    ("crash", "The desktop app crashes as soon as I open it."),
)
OTHERS = ("refund", "crash")
ITSELF_AS_PLUGIN = "\nimport sys\n\nspecialists = sys.modules[__name__]\n"
Ends = dict[str, dict[str, Any]]
Triage = Callable[[str], Ends]


@pytest.fixture(scope="module")
def module(environment: Environment) -> Path:
    """The stranger's module, in the folder it is installed from."""
    package = environment.copy_of(TESTS / "outside_plugin")
    environment.pip_install("-e", package)
    return package / "outside_parcels" / "plugin.py"


@pytest.fixture(scope="module")
def triage(
    environment: Environment, module: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Triage]:
    """Put the tickets through the desk of the clean environment, under a name of their own."""
    folder = tmp_path_factory.mktemp("triage")
    rows = [json.dumps({"id": name, "text": text}) for name, text in TICKETS]
    (folder / "tickets.jsonl").write_text("\n".join(rows))
    program = environment.program("frontdesk")

    def run(batch: str) -> Ends:
        command = (program, "triage", "tickets.jsonl", "--json", "--batch", batch)
        done = environment.run(*command, cwd=folder)
        return {end["id"]: end for end in map(json.loads, done.stdout.splitlines())}

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRONTDESK_CACHE", str(cache))
        patch.setenv("FRONTDESK_PLUGIN_SECONDS", "1.5")
        yield run


@pytest.fixture(scope="module")
def whole(triage: Triage) -> Ends:
    """How the tickets end while nothing is broken."""
    return triage("whole")


@pytest.fixture
def sources(module: Path) -> Iterator[Path]:
    """The module, to be broken; afterwards it is whole again."""
    before = module.read_text()
    yield module
    module.write_text(before)


@pytest.mark.parametrize("ticket", ["parcel", "damaged"])
def test_strangers_specialist_answers_its_tickets_from_its_own_articles(
    whole: Ends, ticket: str
) -> None:
    end = whole[ticket]

    assert (end["outcome"], end["specialist"]) == ("replied", "parcels")
    assert end["citations"]
    articles = "".join(
        path.read_text() for path in (TESTS / "outside_plugin").rglob("knowledge/*.md")
    )
    assert all(cited["source"] in articles for cited in end["citations"])
    assert all(cited["quote"] in end["reply"] for cited in end["citations"])


def test_built_in_specialists_keep_their_tickets_beside_it(whole: Ends) -> None:
    assert [whole[ticket]["specialist"] for ticket in OTHERS] == ["billing", "technical"]


@pytest.mark.parametrize("way", KEPT_OUT)
def test_broken_plugin_costs_only_its_own_tickets(
    whole: Ends, triage: Triage, sources: Path, way: str
) -> None:
    broken = (ZOO / way / f"zoo_{way}.py").read_text()
    sources.write_text(broken + ITSELF_AS_PLUGIN)

    ends = triage(way)

    assert list(ends) == [name for name, _ in TICKETS]
    assert "parcels" not in {end["specialist"] for end in ends.values()}
    assert [ends[ticket]["reply"] for ticket in OTHERS] == [
        whole[ticket]["reply"] for ticket in OTHERS
    ]


def test_plugin_that_raises_at_work_sends_its_tickets_to_a_human_and_no_others(
    whole: Ends, triage: Triage, sources: Path
) -> None:
    sources.write_text(
        sources.read_text().replace("return await context.answer(ticket)", "raise OSError(9)")
    )

    ends = triage("raises_at_work")

    assert ends["parcel"]["outcome"] == ends["damaged"]["outcome"] == "escalated"
    assert ends["parcel"]["reason"] == "specialist_failed"
    assert [ends[ticket]["reply"] for ticket in OTHERS] == [
        whole[ticket]["reply"] for ticket in OTHERS
    ]
