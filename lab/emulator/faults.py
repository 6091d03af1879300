"""What may go wrong with a device on demand, set before a lab starts or while it runs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

# Seconds that `slow` adds to a command when nobody says how many.
SLOW = 3.0


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of a device now. As text: `slow=2,drop-after=5,full-flash` (`parse` reads what `str` writes).

    `down`: it is switched off. `mute`: it takes connections and says nothing. `wrong_password`: it refuses every
    password. `slow`: seconds that every login and command takes on top. `full_flash`: nothing can be saved. `garbage`:
    so many bytes of line noise after each line of output. `logs`: behind every so-manieth prompt comes a message of the
    device's log, and the prompt is not shown again. `silent`: a session that a change cuts off hangs without a
    word, as packets that are dropped do, instead of ending with a reset.

    Three happen once, after so many lines more, and are over then: `drop_after` (the connection breaks behind the line,
    which has been carried out), `hang_after` (it goes mute and stays so until it boots), `reboot_after` (it reboots).
    """

    down: bool = False
    mute: bool = False
    wrong_password: bool = False
    slow: float = 0.0
    full_flash: bool = False
    garbage: int = 0
    logs: int = 0
    silent: bool = False
    drop_after: int = 0
    hang_after: int = 0
    reboot_after: int = 0

    @classmethod
    def parse(cls, text: str) -> Faults:
        """The faults that a text names; none for an empty one. ValueError, with the word, for one that there is not."""
        values: dict[str, bool | int | float] = {}
        kinds = {field.name: field.type for field in dataclasses.fields(cls)}
        for word in filter(None, (part.strip() for part in text.split(","))):
            name, given, value = word.partition("=")
            name = name.replace("-", "_")
            kind = str(kinds.get(name, ""))
            if not kind or (kind == "bool" and given) or (kind == "int" and not value.isdecimal()):
                raise ValueError(word)
            if kind == "float":
                try:
                    values[name] = float(value) if given else SLOW
                except ValueError:
                    raise ValueError(word) from None
                if not 0 < float(values[name]) < 3600:
                    raise ValueError(word)
            else:
                values[name] = int(value) if kind == "int" else True
        return cls(**values)  # type: ignore[arg-type]  # the types were looked at above

    def __str__(self) -> str:
        words = []
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if not value:
                continue
            plain = value is True or (field.name == "slow" and value == SLOW)
            words.append(field.name.replace("_", "-") + ("" if plain else f"={value:g}"))
        return ",".join(words)


class FlashFullError(Exception):
    """There is no room to save anything."""
