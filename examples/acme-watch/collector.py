"""A small collector to try the plugin with: `python collector.py [PORT] [FILE]`.

It keeps each entry once, in a file of JSON lines; takes pages for whoever is on call; and has a
change log. It knows one token, which it reads from ACME_WATCH_TOKEN.
"""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CHANGES = [
    {
        "title": "Dark mode",
        "source": "https://acme.example/changes/dark-mode",
        "text": "# Dark mode\n\nDark mode came in version 4.2. Turn it on under Settings, Look.",
        "updated": "2026-10-01",
    }
]


class Collector(ThreadingHTTPServer):
    """What came in: entries by id, and pages."""

    def __init__(self, port: int, file: Path) -> None:
        super().__init__(("127.0.0.1", port), Service)
        self.file = file
        self.entries: dict[str, Any] = {}
        self.pages: list[Any] = []
        self.refuse = 0


class Service(BaseHTTPRequestHandler):
    """Answers POST /entries, POST /pages, GET /changes and GET /count."""

    server: Collector

    def do_GET(self) -> None:
        """Give the change log, or how many entries there are."""
        if self.path == "/changes":
            return self.say(200, CHANGES)
        return self.say(200, {"entries": len(self.server.entries)})

    def do_POST(self) -> None:
        """Take entries or a page; 401 without the token, 503 while told to refuse."""
        sent = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if self.headers.get("Authorization") != f"Bearer {os.environ['ACME_WATCH_TOKEN']}":
            return self.say(401, {"error": "unauthorized"})
        if self.server.refuse:
            self.server.refuse -= 1
            return self.say(503, {"error": "busy"})
        if self.path == "/pages":
            self.server.pages.append(sent)
            return self.say(200, {})
        for entry in sent:
            if entry["id"] not in self.server.entries:
                self.server.entries[entry["id"]] = entry
                with self.server.file.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(entry) + "\n")
        return self.say(200, {"entries": len(self.server.entries)})

    def say(self, status: int, content: Any) -> None:
        """Answer with JSON."""
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


def serve(port: int, file: Path) -> Collector:
    """The collector on a port of this machine; 0 means any that is free."""
    return Collector(port, file)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8971
    serve(port, Path(sys.argv[2] if len(sys.argv) > 2 else "collected.jsonl")).serve_forever()
