"""People who write to the desk in tests."""

import uuid
from datetime import UTC, datetime

from bot.app import App
from router.records import Delivery, Outcome


class Person:
    """Someone who writes in one thread."""

    def __init__(self, name: str, app: App) -> None:
        self.name = name
        self.app = app
        self.thread = uuid.uuid4().hex

    async def says(self, text: str, delivery: str | None = None) -> Outcome:
        """Send one message and wait for the end of its turn."""
        receipt = await self.app.store.receive(
            Delivery(
                id=delivery or uuid.uuid4().hex,
                source="test",
                text=text,
                at=datetime.now(UTC),
                author_id=self.name,
                conversation=self.thread,
            )
        )
        return await self.app.desk.turn(receipt.message)
