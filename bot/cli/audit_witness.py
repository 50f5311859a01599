"""`frontdesk audit witness`: sign the checkpoints of somebody else's log."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from bot.anchors.made import read_keys
from bot.cli.console import AsJson, command, err, out, say_json
from bot.witness.judging import Judge
from bot.witness.site import witness_site
from bot.witness.state import Memory, cosigner
from frontdesk import SettingsError
from storage.ledger.cosign import Verifier

app = typer.Typer(no_args_is_help=True, help="Sign the checkpoints of somebody else's log.")

Folder = Annotated[Path, typer.Option(help="Folder of the witness: its keys and what it saw.")]
HERE = Path("frontdesk.witness")
SEEN = "seen.db"


@app.command()
@command
async def serve(
    *,
    name: Annotated[str, typer.Option(help="The witness's name, such as example.org/witness.")],
    logs: Annotated[Path, typer.Option(help="File with the logs' public keys, one a line.")],
    folder: Folder = HERE,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.")] = 3005,
) -> None:
    """Serve a witness (C2SP tlog-witness) until Ctrl-C.

    It signs a checkpoint only if it continues the last one that it signed of the same log. Run it
    where those who run the desk have no access. The desk is told its address by
    FRONTDESK_WITNESSES and its public keys, which this prints, by a file: FRONTDESK_WITNESS_KEYS.
    """
    known = _by_origin(read_keys(logs))
    signer = cosigner(folder, name)
    memory = Memory(folder / SEEN)
    for key in signer.verifiers:
        out.print(key.vkey, markup=False, soft_wrap=True)
    err.print(f"Witness for {len(known)} logs at http://{host}:{port}. Ctrl-C stops.")
    config = uvicorn.Config(
        witness_site(Judge(memory, signer, known)), host=host, port=port, log_level="warning"
    )
    try:
        await uvicorn.Server(config).serve()
    finally:
        memory.close()


@app.command()
@command
async def status(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Say which checkpoints the witness has signed last."""
    if not (folder / SEEN).exists():
        raise SettingsError(f"no witness has served from {folder} yet")
    memory = Memory(folder / SEEN)
    try:
        seen = memory.all()
    finally:
        memory.close()
    for one in seen:
        at = datetime.fromtimestamp(one.at, UTC)
        if as_json:
            say_json({"origin": one.origin, "size": one.size, "root": one.root.hex(), "at": at})
        else:
            out.print(f"{one.origin}: {one.size} entries, {at:%Y-%m-%d %H:%M:%S} UTC")


def _by_origin(keys: list[Verifier]) -> dict[str, list[Verifier]]:
    found: dict[str, list[Verifier]] = {}
    for key in keys:
        found.setdefault(key.name, []).append(key)
    return found
