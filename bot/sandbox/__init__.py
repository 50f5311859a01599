"""A local stand-in for Slack: Web API, signed events, Socket Mode, faults, and a page to try.

Nothing else imports it, and it imports nothing of ours: the app under test meets it only as it
would meet Slack, over HTTP and WebSockets.
"""

from bot.sandbox.app import App
from bot.sandbox.delivery import Delivery, Timing
from bot.sandbox.records import Message, User, View
from bot.sandbox.server import Sandbox, serve

__all__ = ["App", "Delivery", "Message", "Sandbox", "Timing", "User", "View", "serve"]
