"""Run the server by hand: `python -m tests.messages_api --port 0 --latency-ms 300`."""

from __future__ import annotations

import argparse
import asyncio

from tests.messages_api import FaultPlan, MessagesServer, RuleBrain


def main() -> None:
    """Serve until interrupted; the address is printed first."""
    parser = argparse.ArgumentParser(prog="python -m tests.messages_api", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="how long each answer takes")
    parser.add_argument("--fault-rate", type=float, default=0.0, help="share of faulty answers")
    parser.add_argument("--seed", type=int, default=0, help="of the faults")
    parser.add_argument("--api-key", default="local", help="the key to accept")
    parser.add_argument(
        "--approve-everything", action="store_true", help="a validator that finds nothing wrong"
    )
    parser.add_argument(
        "--use-tools", action="store_true", help="call a specialist's first tool before answering"
    )
    parser.add_argument(
        "--wrong", type=float, default=0.0, help="share of questions that are answered wrongly"
    )
    arguments = parser.parse_args()
    asyncio.run(serve(arguments))


async def serve(arguments: argparse.Namespace) -> None:
    """Start the server and wait."""
    server = MessagesServer(
        RuleBrain(arguments.approve_everything, arguments.use_tools, arguments.wrong),
        faults=FaultPlan(arguments.fault_rate, arguments.seed),
        latency=arguments.latency_ms / 1000,
        api_key=arguments.api_key,
        keep=False,
    )
    await server.start(arguments.host, arguments.port)
    print(server.url, flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()


if __name__ == "__main__":
    main()
