"""A language model that follows a script: no network, no chance, and every line accounted for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from frontdesk.errors import ModelUnavailable


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to the language model."""

    instructions: str
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """What the model says next; an exception is raised.

    `when` is a case-insensitive regular expression that the question (instructions and data) must
    match: a script that is out of step with the specialist fails at the line where it happens.
    """

    says: str | Exception
    when: str = ""


class ScriptedModel:
    """Says its lines in order; when none is left it is unavailable, as on a desk without a model.

    A plain text or an exception in `lines` is a `Line` for any question. `asked` is every question
    so far. Give it to `FakeContext(says=...)`.
    """

    def __init__(self, *lines: Line | str | Exception) -> None:
        self._lines = [line if isinstance(line, Line) else Line(line) for line in lines]
        self.asked: list[Asked] = []

    @property
    def left(self) -> Sequence[Line]:
        """The lines that have not been said."""
        return self._lines[len(self.asked) :]

    def ask(self, instructions: str, data: Mapping[str, str]) -> str:
        """Say the next line.

        Raises:
            AssertionError: the line is meant for another question.
            ModelUnavailable: nothing is left to say.
        """
        left = self.left
        self.asked.append(Asked(instructions, dict(data)))
        if not left:
            raise ModelUnavailable("no model here; give FakeContext(says=[...]) what it should say")
        line = left[0]
        question = "\n".join((instructions, *data.values()))
        if line.when and not re.search(line.when, question, re.IGNORECASE):
            number = len(self.asked)
            raise AssertionError(f"question {number} does not match {line.when!r}: {question!r}")
        if isinstance(line.says, Exception):
            raise line.says
        return line.says

    def assert_complete(self) -> None:
        """Make sure that every line was said.

        Raises:
            AssertionError: some were not; the text shows the next one.
        """
        left = self.left
        if left:
            raise AssertionError(f"{len(left)} lines were never asked for; next is {left[0]!r}")
