"""Texts that are gone: in order where a later entry of the same chain says that they were erased.

Such an entry names every text with the commitment to it. A text that is there although it was
erased came back from somewhere, such as a backup, and is a finding as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from storage.ledger.verify.rows import EntryRow


@dataclass(slots=True)
class Erasures:
    """The texts of one chain, in its order."""

    _gone: dict[str, tuple[EntryRow, dict[str, str]]] = field(default_factory=dict)
    _there: dict[str, tuple[EntryRow, list[str]]] = field(default_factory=dict)

    def texts(self, row: EntryRow, there: list[str], commit: Mapping[str, str]) -> None:
        """An entry has committed to texts, of which these are still there."""
        gone = {name: commit[name] for name in commit if name not in there}
        if gone:
            self._gone[row.id] = (row, gone)
        if there:
            self._there[row.id] = (row, there)

    def entry(self, content: Mapping[str, Any]) -> Iterator[tuple[EntryRow, str, str]]:
        """An entry of the chain that erases; what is wrong with texts that it says are erased."""
        for one in content["body"]["erased"]:
            row, left = self._gone.get(one["entry"], (None, {}))
            for name, commit in one["commit"].items():
                if left.get(name) == commit:
                    del left[name]
            if row is not None and not left:
                del self._gone[one["entry"]]
            known = self._there.get(one["entry"])
            for name in known[1] if known else ():
                if known and name in one["commit"]:
                    yield known[0], "payload-returned", f"the text {name!r} was erased, and is back"

    def end(self) -> Iterator[tuple[EntryRow, str, str]]:
        """The chain has ended: what is gone and was not erased."""
        for row, left in self._gone.values():
            for name in sorted(left):
                yield row, "payload-missing", f"the text {name!r} is gone without an erasure"
        self._gone.clear()
