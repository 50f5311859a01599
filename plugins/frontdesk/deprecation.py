"""How the contract changes without breaking plugins.

Within one `API_VERSION` the contract only grows: names, fields with defaults, optional arguments.
A name that gets a better one stays under the old one and warns, until the `API_VERSION` that its
line in `RENAMED` states; plugins of that version have had at least one version to follow.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class ContractWarning(DeprecationWarning):
    """A plugin uses a name of the contract that will be gone with the next API version."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A public name that got a better one: `now` replaces it, API version `gone` has it no more."""

    now: str
    gone: int


RENAMED: dict[str, Renamed] = {}
"""Old names that still work. One whose version has come must be taken out: a test says so."""


def renamed(name: str, contract: Mapping[str, Any]) -> Any:
    """What an old name of the contract means today, with a warning.

    Raises:
        AttributeError: there is and was no such name.
    """
    line = RENAMED.get(name)
    if line is None:
        raise AttributeError(f"module 'frontdesk' has no attribute {name!r}")
    warnings.warn(
        f"frontdesk.{name} is now frontdesk.{line.now}; API version {line.gone} has the new "
        "name only",
        ContractWarning,
        stacklevel=3,
    )
    return contract[line.now]
