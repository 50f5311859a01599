"""How often incidents are proposed that are none, and how often one is missed: labelled messages.

    python -m benchmarks.incidents messages.jsonl.gz

Each line of the file has `text` and `label` (or `intent`). A window is made of so many messages of
all labels; whatever is proposed in it is false. Then messages of one label are mixed in, by people
of their own: it is missed unless a crowd around one of them is found. Earlier messages, as many as
a small desk has of a week, say what is usual.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
from collections import defaultdict
from pathlib import Path

from bot.door_settings import DoorSettings
from bot.settings import load_settings
from router.classify.encoder import MiniLmEncoder, load_encoder
from router.incidents import CrowdRule, crowd

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


def main() -> None:
    """Measure, and print one line for each kind of window."""
    encoder, rows = load_encoder(load_settings().cache), messages(Path(sys.argv[1]))
    for window in WINDOWS:
        for surge in SURGES:
            chance = random.Random(SEED)
            done = [trial(rows, encoder, chance, (window, surge)) for _ in range(TRIALS)]
            false, missed = sum(one[0] for one in done), sum(one[1] for one in done)
            strangers = sum(one[2] for one in done) / max(1, sum(one[3] for one in done))
            print(
                f"{window:4} messages: {false / TRIALS:.0%} of calm windows proposed; "
                f"{surge} of the same: {missed / TRIALS:.0%} missed, {strangers:.0%} strangers"
            )


if __name__ == "__main__":
    main()
