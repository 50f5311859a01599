"""A local server that speaks the Messages API, for tests, benchmarks and trying things out.

It checks requests as the real one does, counts tokens and cached prefixes, streams where it is
asked to, and fails in the ways the real one fails. What it says is decided by a `Brain`.
"""

from tests.messages_api.brain import (
    Answer,
    Brain,
    ScriptedBrain,
    cut_off,
    refuse,
    say,
    structured,
    use_tool,
)
from tests.messages_api.faults import Fault, FaultPlan, FaultScript
from tests.messages_api.rules import RuleBrain
from tests.messages_api.server import MessagesServer

__all__ = [
    "Answer",
    "Brain",
    "Fault",
    "FaultPlan",
    "FaultScript",
    "MessagesServer",
    "RuleBrain",
    "ScriptedBrain",
    "cut_off",
    "refuse",
    "say",
    "structured",
    "use_tool",
]
