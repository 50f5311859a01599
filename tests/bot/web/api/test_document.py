"""The OpenAPI document is true: whatever is sent, the answer is one that it announces."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
import schemathesis
import uvicorn
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.bot.web.api.helpers import program

EXAMPLES = 25
PATIENCE = 20


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str, str]]:
    """An API at a port of this machine: its address, a token, and a ticket of it."""
    ready: list[tuple[str, str, str]] = []
    up, stop = threading.Event(), threading.Event()

    async def serve() -> None:
        async with program(
            folder, api_rate="100000/minute", api_denied_rate="100000/minute"
        ) as ana:
            config = uvicorn.Config(ana.site, port=0, log_config=None, lifespan="off")
            server = uvicorn.Server(config)
            server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
            running = asyncio.create_task(server.serve())
            while not server.started:  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0.01)
            port = server.servers[0].sockets[0].getsockname()[1]
            ready.append((f"http://127.0.0.1:{port}/api", ana.made.token, await ana.opened()))
            up.set()
            await asyncio.to_thread(stop.wait)
            server.should_exit = True
            await running

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert up.wait(PATIENCE)
        yield ready[0]
    finally:
        stop.set()
        thread.join()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    with served(tmp_path_factory.mktemp("api")) as found:
        yield found


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]


@pytest.mark.parametrize("known", [True, False], ids=["with a token", "without"])
def test_no_request_leads_to_a_fault_or_to_an_answer_that_is_not_announced(
    api: tuple[str, str, str], known: bool
) -> None:
    address, token, ticket = api
    config = SchemathesisConfig()
    document = schemathesis.openapi.from_url(f"{address}/openapi.json", config=config)
    headers = {"authorization": f"Bearer {token}"} if known else {}
    tried = 0
    for operation in document.get_all_operations():
        case_of = operation.ok().as_strategy()

        @hypothesis.settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(case=case_of, real=hypothesis.strategies.booleans())
        def holds(case: schemathesis.Case, real: bool) -> None:
            nonlocal tried
            if real and "ticket" in (case.path_parameters or {}):
                case.path_parameters["ticket"] = ticket
            case.call_and_validate(headers=headers, checks=CHECKS)
            tried += 1

        holds()

    assert tried > EXAMPLES
