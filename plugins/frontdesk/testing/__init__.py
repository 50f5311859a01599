"""For plugin authors: everything to test a specialist with, without a desk, a model or a network.

from frontdesk.testing import FakeContext, check_specialist, make_passage, make_ticket
"""

from frontdesk.testing.conformance import check_specialist
from frontdesk.testing.context import Asked, FakeContext
from frontdesk.testing.makers import make_passage, make_ticket

__all__ = ["Asked", "FakeContext", "check_specialist", "make_passage", "make_ticket"]
