"""`frontdesk plugins dev`: a saved file takes effect in the running chat."""

import subprocess
import threading
import time
from pathlib import Path

import pytest

from bot.plugins.scaffold import QUESTION, scaffold
from tests.programs import FRONTDESK, environment, frontdesk

PATIENCE = 60


class Session:
    """A chat of `plugins dev`, typed into and read from."""

    def __init__(self, folder: Path, cache: Path, plugin: Path) -> None:
        self.said = ""
        self.process = subprocess.Popen(
            [FRONTDESK, "plugins", "dev", str(plugin)],
            cwd=folder,
            env={**environment(folder, cache), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join(PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            pipe.close()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line

    def type(self, text: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{text}\n")
        self.process.stdin.flush()

    def waits_for(self, words: str) -> bool:
        until = time.monotonic() + PATIENCE
        while words not in self.said and time.monotonic() < until:
            time.sleep(0.1)
        return words in self.said


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    scaffold("parking", tmp_path / "parking-specialist")
    return tmp_path / "parking-specialist"


def test_a_saved_article_takes_effect(tmp_path: Path, cache: Path, plugin: Path) -> None:
    session = Session(tmp_path, cache, plugin)
    try:
        session.type(QUESTION)
        assert session.waits_for("office calendar"), session.said

        article = plugin / "src/parking_specialist/knowledge/book-a-room.md"
        article.write_text(article.read_text().replace("office calendar", "big green book"))
        assert session.waits_for("begins anew"), session.said
        session.type(QUESTION)
        assert session.waits_for("big green book"), session.said

        session.type("/quit")
        assert session.process.wait(PATIENCE) == 0
    finally:
        session.close()


def test_a_folder_without_a_plugin_is_refused(tmp_path: Path, cache: Path) -> None:
    done = frontdesk("plugins", "dev", str(tmp_path), folder=tmp_path, cache=cache)
    assert done.returncode == 3
    assert "pyproject.toml" in done.stderr
