"""Measures proposals of incidents: `python -m benchmarks.incidents DATA [--quick]`.

DATA is a folder with the public data sets; what is absent is skipped and said. A window is made of
so many messages of all labels; whatever is proposed in it is false. Then messages of one label are
mixed in, by people of their own: they are missed unless a crowd around one of them is found.
Earlier messages, as many as a small desk has of a week, say what is usual.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.settings import load_settings
from bot.settings.doors import DoorSettings
from router.classify.encoder import MiniLmEncoder, load_encoder
from router.incidents import CrowdRule, crowd

FILES = ("banking77/train.jsonl.gz", "clinc150/val.jsonl.gz")
QUICK = 10
WINDOWS, SURGES = (20, 50, 100), (8, 15)
USUAL, TRIALS, MOST, SEED = 300, 60, 1_800, 7


def messages(file: Path) -> list[tuple[str, str]]:
    """Text and label of messages, in an order that is always the same."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found = [(str(row["text"]), str(row.get("label", row.get("intent")))) for row in rows]
    random.Random(SEED).shuffle(found)
    return found[:MOST]


def trial(
    rows: list[tuple[str, str]],
    encoder: MiniLmEncoder,
    chance: random.Random,
    size: tuple[int, int],
) -> tuple[bool, bool, int, int]:
    """One window: proposed without an incident, missed with one, strangers, members."""
    window, surge = size
    drawn = chance.sample(rows, window + USUAL)
    calm, usual = drawn[:window], encoder.encode([text for text, _ in drawn[window:]])
    by_label = defaultdict(list)
    for row in rows:
        by_label[row[1]].append(row)
    label = chance.choice(sorted(one for one, some in by_label.items() if len(some) >= surge))
    mixed = calm + chance.sample(by_label[label], surge)
    defaults = DoorSettings.model_fields
    rule = CrowdRule(defaults["incident_similar"].default, defaults["incident_people"].default)
    found = [
        crowd(
            encoder.encode([text for text, _ in some]),
            [str(n) for n in range(len(some))],
            usual,
            rule,
        )
        for some in (calm, mixed)
    ]
    hit = found[1] is not None and mixed[found[1].members[0][0]][1] == label
    members = [mixed[place][1] for place, _ in found[1].members] if hit and found[1] else []
    return found[0] is not None, not hit, sum(one != label for one in members), len(members)


def main(
    data: Annotated[Path, typer.Argument(help="Folder with the public data sets.")],
    quick: Annotated[bool, typer.Option("--quick", help="Fewer windows.")] = False,
) -> None:
    """Measure, and print one line for each kind of window."""
    console, trials = Console(soft_wrap=True), QUICK if quick else TRIALS
    encoder = load_encoder(load_settings().cache)
    for name in FILES:
        file = data / name
        if not file.is_file():
            console.print(f"{name}: not in the data folder, skipped")
            continue
        rows = messages(file)
        for window, surge in product(WINDOWS[:1] if quick else WINDOWS, SURGES):
            console.print(f"{name}, {measured(rows, encoder, (window, surge), trials)}")


def measured(
    rows: list[tuple[str, str]], encoder: MiniLmEncoder, size: tuple[int, int], trials: int
) -> str:
    """What so many windows of one kind come to, in a line."""
    chance, (window, surge) = random.Random(SEED), size
    done = [trial(rows, encoder, chance, size) for _ in range(trials)]
    false, missed = sum(one[0] for one in done), sum(one[1] for one in done)
    strangers = sum(one[2] for one in done) / max(1, sum(one[3] for one in done))
    return (
        f"{window} messages: {false / trials:.0%} of calm windows proposed; {surge} of the same: "
        f"{missed / trials:.0%} missed, {strangers:.0%} strangers"
    )


if __name__ == "__main__":
    typer.run(main)
