"""The fixtures for authors are there as soon as the desk is installed, and they fail bad tests."""

import textwrap

from tests.plugins.environment import Environment

TESTS = """
from frontdesk import Escalation, Reply, Specialist
from frontdesk.testing import Line, make_passage, make_ticket


class Asks(Specialist):
    name = "asks"
    handles = "whatever the tests of the fixtures ask about"
    examples = tuple(f"example number {number}" for number in range(10))

    async def answer(self, ticket, context):
        if not await context.search(ticket.text):
            return await context.answer(ticket)
        await context.ask("Explain.", {"matter": ticket.text})
        return await context.answer(ticket)


async def test_nothing_is_found(fake_context):
    assert isinstance(await Asks().answer(make_ticket("help"), fake_context), Escalation)


async def test_model_follows_the_script(context_with):
    context = context_with(make_passage("It takes a day."), says=(Line("A day.", when="help"),))
    assert isinstance(await Asks().answer(make_ticket("help"), context), Reply)


def test_thin_specialist_fails(assert_conforms):
    assert_conforms(Specialist(name="thin", handles="too thin"))


def test_line_that_nobody_asked_for_fails(scripted_model):
    scripted_model("never asked for")


async def test_line_for_another_question_fails(context_with):
    context = context_with(make_passage("A day."), says=(Line("yes", when="refund"),))
    await Asks().answer(make_ticket("help"), context)
"""


def test_fixtures_serve_without_being_asked_for(environment: Environment) -> None:
    folder = environment.folder / "fixtures"
    folder.mkdir()
    (folder / "test_asks.py").write_text(textwrap.dedent(TESTS))
    command = (environment.program("python"), "-m", "pytest", "-q", "-o", "asyncio_mode=auto")
    done = environment.run(*command, cwd=folder, check=False)
    said = done.stdout
    assert "2 failed, 3 passed, 1 error" in said, said
    assert "thin_description: `handles` says too little" in said
    assert "1 lines were never asked for" in said
    assert "question 1 does not match 'refund'" in said
