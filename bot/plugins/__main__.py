"""Load the installed plugins and print what came of it as JSON: `python -m bot.plugins [NAME...]`.

It needs no settings, no database and no model, so it tells about plugins when nothing else starts.
The names are plugins to leave out.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys

import structlog

from bot.plugins.loader import load_plugins


def main() -> int:
    """Print the registry; the exit code is 1 where a plugin was kept out for a fault."""
    parser = argparse.ArgumentParser(prog="python -m bot.plugins", description=__doc__)
    parser.add_argument("disabled", nargs="*", metavar="NAME", help="a plugin to leave out")
    parser.add_argument("--seconds", type=float, default=10.0, help="what one plugin may take")
    asked = parser.parse_args()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    registry = load_plugins(asked.disabled, asked.seconds)
    sys.stdout.write(json.dumps(registry.as_json(), indent=2) + "\n")
    return 1 if registry.faults else 0


if __name__ == "__main__":
    sys.exit(main())
