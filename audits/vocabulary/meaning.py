"""What one fact's name says."""

from __future__ import annotations

from dataclasses import dataclass

from inventory.text import mark


@dataclass(frozen=True, slots=True)
class FactMeaning:
    """A fact's name and its reading. The texts are message ids: `weak` if it is true, `sound` if it is false."""

    name: str
    weak: str
    sound: str
    unknown: str = mark("The configuration does not tell")

    def reading(self, value: bool | None) -> str:
        """The message id that fits `value`; for None a text that says what does not tell."""
        if value is None:
            return self.unknown
        return self.weak if value else self.sound
