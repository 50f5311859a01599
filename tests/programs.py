"""Running the real program as its user would."""

import os
import subprocess
import sys
from pathlib import Path

FRONTDESK = str(Path(sys.executable).with_name("frontdesk"))


def environment(folder: Path, cache: Path, **more: str) -> dict[str, str]:
    """What a fresh shell has, and where this test keeps its things."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    own = {
        "HOME": str(folder),
        "FRONTDESK_DATABASE_URL": f"sqlite:///{folder / 'frontdesk.db'}",
        "FRONTDESK_CACHE": str(cache),
        "COLUMNS": "160",
    }
    return {**kept, **own, **more}


def frontdesk(
    *arguments: str, folder: Path, cache: Path, given: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run `frontdesk` with arguments and standard input, in `folder`."""
    return subprocess.run(
        [FRONTDESK, *arguments],
        cwd=folder,
        env=environment(folder, cache, **more),
        input=given,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
