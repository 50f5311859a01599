"""Exports that are being written, beside the pages: a page does not wait for a million entries."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path

from frontdesk import StoreError
from storage.export.runs import SUFFIXES, ExportJob, Exports

log = logging.getLogger("frontdesk.exports")

_writing: set[asyncio.Task[None]] = set()
"""Tasks that run: the loop itself holds them only weakly."""


def begin(exports: Exports, job: ExportJob, folder: Path) -> None:
    """Begin to write an approved export into the folder of exports."""
    task = asyncio.create_task(_write(exports, job, folder), name=f"frontdesk-export-{job.id}")
    _writing.add(task)
    task.add_done_callback(_writing.discard)


def place(job: ExportJob, folder: Path) -> Path:
    """Where the file of an export lies."""
    return folder / f"{job.id}{SUFFIXES[job.form]}"


async def _write(exports: Exports, job: ExportJob, folder: Path) -> None:
    with contextlib.suppress(OSError):  # writing fails too then, and that is told
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True, mode=0o700)
    try:
        await exports.run(job.id, place(job, folder))
    except (StoreError, OSError) as error:
        # The page tells it: the export's row says that it failed, and why.
        log.warning("the export %s was not written: %s", job.id, error)
