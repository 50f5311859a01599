"""How often somebody may ask. Counted in this process: with several, each has its own count."""

from __future__ import annotations

import math
import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.web.api.problems import Refused
from frontdesk import SettingsError

TOO_OFTEN = 429


class Rate:
    """A rate such as `120/minute`, counted for each name apart."""

    def __init__(self, rate: str, setting: str) -> None:
        """Read a rate.

        Raises:
            SettingsError: it is none.
        """
        try:
            self._rate = parse(rate)
        except ValueError as error:
            raise SettingsError(f"{setting}: {rate!r} is no rate; write 120/minute") from error
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, name: str) -> None:
        """Count one request.

        Raises:
            Refused: there were too many.
        """
        if not self._limiter.hit(self._rate, name):
            raise self._refusal(name)

    def _refusal(self, name: str) -> Refused:
        free = self._limiter.get_window_stats(self._rate, name).reset_time
        seconds = max(1, math.ceil(free - time.time()))
        detail = f"Too many requests: wait {seconds} s. The limit is {self._rate}."
        return Refused(TOO_OFTEN, detail, {"retry-after": str(seconds)})
