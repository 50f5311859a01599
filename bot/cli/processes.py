"""`frontdesk web`, `worker` and `clock`: the parts of the desk as processes of their own."""

from __future__ import annotations

from bot.cli.console import command, err
from bot.cli.stopping import stopping_gently
from bot.parts import ALL, Part, Parts
from bot.settings import load_settings
from bot.slack.serving import serve_slack
from bot.web.alone import serve_alone

WEB: Parts = frozenset({Part.WEB})
WORKER: Parts = frozenset({Part.TURNS, Part.SOCKETS})
CLOCK: Parts = frozenset({Part.CLOCK})


@command
async def web() -> None:
    """Take in what Slack delivers over HTTP at PORT, and serve the console and the API.

    It keeps what comes in and leaves the work to `frontdesk worker`. Start any number of them
    behind a balancer that asks /readyz. Without Slack's tokens it serves the API and the pages
    alone, and does all the work itself. Stop it with SIGTERM or Ctrl-C.
    """
    await _serve("web", WEB, alone=ALL)


@command
async def worker() -> None:
    """Run turns: decide, answer, check and post. With SLACK_APP_TOKEN also take in over sockets.

    Start any number of them: turns of one thread run in order, and when a worker dies another goes
    on with its turns. With FRONTDESK_METRICS_PORT it answers /healthz, /readyz and /metrics.
    Without Slack's tokens it runs the turns of the API's tickets, beside `frontdesk web`.
    """
    await _serve("worker", WORKER, alone=WORKER)


@command
async def clock() -> None:
    """Do what is due: cards, notices, deadlines, checkpoints, retention.

    One is enough; when there are several, each thing is still done once, and when one dies another
    goes on. With FRONTDESK_METRICS_PORT it answers /healthz, /readyz and /metrics.
    """
    await _serve("clock", CLOCK, alone=CLOCK)


async def _serve(name: str, parts: Parts, *, alone: Parts) -> None:
    """Do these parts of a desk in Slack; `alone` are the ones to do where there is no Slack."""
    settings = load_settings()
    with stopping_gently(settings.shutdown_seconds):
        if settings.slack_bot_token or settings.slack_client_id:
            err.print(f"Frontdesk: {name}. SIGTERM or Ctrl-C stops it, a second one at once.")
            await serve_slack(settings, parts)
            return
        place = f", at http://127.0.0.1:{settings.port}" if Part.WEB in alone else ""
        err.print(f"Frontdesk without Slack: {name}{place}. Ctrl-C stops.")
        await serve_alone(settings, alone)
