"""A small order service to try the plugin with: `python service.py [PORT]`.

It knows three orders and one token, which it reads from ACME_ORDERS_TOKEN.
"""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ORDERS = {
    "1042": {"state": "sent", "day": "3 November"},
    "1043": {"state": "packing"},
    "1044": {"state": "delivered", "day": "30 October"},
}


class Service(BaseHTTPRequestHandler):
    """Answers GET /orders/NUMBER."""

    def do_GET(self) -> None:
        """Give an order as JSON, or 401, or 404."""
        if self.headers.get("Authorization") != f"Bearer {os.environ['ACME_ORDERS_TOKEN']}":
            return self.say(401, {"error": "unauthorized"})
        order = ORDERS.get(self.path.removeprefix("/orders/"))
        return self.say(200, order) if order else self.say(404, {"error": "not found"})

    def say(self, status: int, content: dict[str, str]) -> None:
        """Answer with JSON."""
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


def serve(port: int) -> ThreadingHTTPServer:
    """The service on a port of this machine; 0 means any that is free."""
    return ThreadingHTTPServer(("127.0.0.1", port), Service)


if __name__ == "__main__":
    serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8970).serve_forever()
