"""The places that the settings name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from slack_sdk.web.async_client import AsyncWebClient

from bot.anchors.files import NoteFile
from bot.anchors.git import GitRepository
from bot.anchors.places import Place
from bot.anchors.slack import SlackChannel
from bot.anchors.stamps import TimeStamps, read_roots
from bot.anchors.witness import Witness
from frontdesk import SettingsError
from storage.ledger.cosign import COSIGNED, COSIGNED_PQ, Verifier
from storage.ledger.note import NoteError

if TYPE_CHECKING:
    from bot.settings import Settings


def places(settings: Settings) -> Iterator[Place]:
    """Everywhere that checkpoints are to be kept.

    Raises:
        SettingsError: a place is not told completely.
    """
    if settings.anchor_file:
        yield NoteFile(settings.anchor_file)
    if settings.anchor_git:
        yield GitRepository(settings.anchor_git, settings.anchor_git_push)
    if settings.anchor_channel:
        yield _channel(settings)
    if settings.tsa_url:
        if settings.tsa_roots is None:
            raise SettingsError(
                "FRONTDESK_TSA_URL needs FRONTDESK_TSA_ROOTS: a file with the certificates (PEM) "
                "that vouch for the service"
            )
        yield TimeStamps(settings.tsa_url, read_roots(settings.tsa_roots))
    yield from _witnesses(settings)


def _channel(settings: Settings) -> SlackChannel:
    if settings.slack_bot_token is None:
        raise SettingsError("FRONTDESK_ANCHOR_CHANNEL needs SLACK_BOT_TOKEN")
    token = settings.slack_bot_token.get_secret_value()
    client = AsyncWebClient(token, base_url=settings.slack_api_url)
    return SlackChannel(settings.anchor_channel, client)


def _witnesses(settings: Settings) -> Iterator[Witness]:
    if not settings.witnesses:
        return
    if settings.witness_keys is None:
        raise SettingsError(
            "FRONTDESK_WITNESSES needs FRONTDESK_WITNESS_KEYS: a file with their public keys, one "
            "a line, as `frontdesk audit witness serve` prints them"
        )
    keys = read_keys(settings.witness_keys)
    for url in settings.witnesses:
        yield Witness(url, [key for key in keys if key.kind in (COSIGNED, COSIGNED_PQ)])


def read_keys(path: Path) -> list[Verifier]:
    """The public keys in a file, one a line; empty lines and those with `#` say nothing.

    Raises:
        SettingsError: it cannot be read, or a line is no key.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [Verifier.of(line) for line in lines if line.strip() and not line.startswith("#")]
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except (NoteError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
