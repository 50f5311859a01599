"""For plugin authors: everything to test a specialist with, without a desk, a model or a network.

from frontdesk.testing import FakeContext, check_specialist, make_passage, make_ticket

pytest finds fixtures of ours by itself: `fake_context`, `scripted_model`, `context_with` and
`assert_conforms`; see `frontdesk.testing.plugin`.
"""

from frontdesk.testing.card import Checked, report_card
from frontdesk.testing.conformance import check_specialist
from frontdesk.testing.context import FakeContext
from frontdesk.testing.fake_http import Requested
from frontdesk.testing.makers import make_article, make_message, make_passage, make_ticket
from frontdesk.testing.scripted import Asked, Line, ScriptedModel

__all__ = [
    "Asked",
    "Checked",
    "FakeContext",
    "Line",
    "Requested",
    "ScriptedModel",
    "check_specialist",
    "make_article",
    "make_message",
    "make_passage",
    "make_ticket",
    "report_card",
]
