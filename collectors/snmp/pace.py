"""How many packets a second: a device's processor has other work, and a thin line carries more than our questions."""

from __future__ import annotations


class Pace:
    """At most `rate` packets a second, and `burst` at once after a pause (the leaky bucket of ITU-T I.371)."""

    __slots__ = ("_burst", "_interval", "_turn")

    def __init__(self, rate: float, burst: float) -> None:
        self._interval = 1.0 / rate
        self._burst = max(burst - 1.0, 0.0) * self._interval
        self._turn = 0.0

    def delay(self, now: float) -> float:
        """Seconds until a packet may go; 0 if it may go now."""
        return max(self._turn - self._burst - now, 0.0)

    def spend(self, now: float) -> None:
        """A packet goes, or has been promised its turn."""
        self._turn = max(self._turn, now) + self._interval
