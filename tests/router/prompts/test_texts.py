from __future__ import annotations

import re

import pytest

from router.model import Prompt
from router.prompts.envelope import RULE
from router.prompts.texts import ALL

VERSIONS = {
    "router@2": "b1ca0ebf10fb72d8",
    "specialist@2": "7ed26e571a62febf",
    "ask@2": "3d7dea33c99142e4",
    "validator@2": "6a4b4896bc5f4134",
}


@pytest.mark.parametrize("prompt", ALL, ids=lambda prompt: prompt.id)
def test_a_text_that_changes_gets_a_new_version(prompt: Prompt) -> None:
    assert VERSIONS.get(prompt.id) == prompt.digest[:16], (
        f"the text of {prompt.id} changed: raise its version and note {prompt.digest[:16]} here"
    )


@pytest.mark.parametrize("prompt", ALL, ids=lambda prompt: prompt.id)
def test_every_prompt_says_what_quoted_text_is(prompt: Prompt) -> None:
    assert RULE in prompt.text


def test_prompts_are_told_apart_by_their_names() -> None:
    names = [prompt.name for prompt in ALL]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)
