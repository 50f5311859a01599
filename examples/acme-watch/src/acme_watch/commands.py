"""A command for the operator: what is in a file of the collector."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from frontdesk import Command


def count(given: Sequence[str]) -> int:
    """Print the kinds of entries in a file, the most frequent first."""
    if len(given) != 1 or not Path(given[0]).is_file():
        print("Name one file of the collector.", file=sys.stderr)
        return 2
    with Path(given[0]).open(encoding="utf-8") as lines:
        kinds = Counter(json.loads(line)["kind"] for line in lines)
    for kind, number in kinds.most_common():
        print(f"{number:6} {kind}")
    return 0


COUNT = Command("acme-count", "Count the entries in a file of the collector, by kind.", count)
