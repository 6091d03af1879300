"""What a staged re-addressing is: stages of devices, their commands by session, and what is special in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from configs.readdress.bridges import Unbridged
    from inventory.errors import Problem
    from inventory.model import Interface


class Stage(StrEnum):
    """The stages, in their order."""

    ADD = "add"
    VERIFY = "verify"
    PREFER = "prefer"
    DRAIN = "drain"
    REMOVE = "remove"
    # No stages of a re-addressing, but what mends the findings of an audit: first all that cannot shut us out.
    FIX = "fix"
    DOORS = "doors"


# Those of a re-addressing, in their order.
WAY: Final = (Stage.ADD, Stage.VERIFY, Stage.PREFER, Stage.DRAIN, Stage.REMOVE)


class Part(NamedTuple):
    """Commands that are sent in one session, at `arrive` (None: nobody said where the device is managed).

    `ends`: the last of them ends the session; what follows is sent after a login at the next part's address. `text` is
    the configuration behind the part.
    """

    arrive: Interface | None
    commands: tuple[str, ...]
    ends: bool = False
    text: bytes = b""


class Single(NamedTuple):
    """A command that holds one address only, and changes when the new one is preferred. `why`: see `Turn`."""

    line: int
    old: str
    new: tuple[str, ...]
    why: str
    listed: bool


@dataclass(frozen=True, slots=True)
class DeviceStage:
    """What one stage is on one device. `check` are the new addresses that must answer, `gone` the old ones that go.

    `home` is where the device is managed before the stage and `there` where it is behind it.

    `together` are the devices that share a subnet whose addresses change places here: between the two of them their
    routing protocols have no neighbour.
    """

    device: str
    platform: str
    parts: tuple[Part, ...] = ()
    undo: tuple[Part, ...] = ()
    singles: tuple[Single, ...] = ()
    check: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    home: Interface | None = None
    there: Interface | None = None
    bridges: tuple[str, ...] = ()  # what is added for the time of the stages: `configs.readdress.bridges`
    text: bytes = field(default=b"", repr=False)  # the configuration behind this stage

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do and nothing to look at."""
        return not (self.parts or self.check or self.gone)


@dataclass(frozen=True, slots=True)
class StageSet:
    """One stage of one pass, the devices in the order in which they are done."""

    number: int
    pass_: int
    stage: Stage
    temporary: bool
    devices: tuple[DeviceStage, ...]
    wave: int | None = None

    @property
    def folder(self) -> str:
        """The folder's name."""
        wave = f"w{self.wave:03}-" if self.wave is not None else ""
        return f"{self.number:03}-{wave}{self.stage.value}"


@dataclass(slots=True)
class Staged:
    """All stages of a network, the texts before the first one by device, the devices that none are made for, and the
    lines over which packets are lost in prefer.
    """  # noqa: D205 - one sentence

    stages: list[StageSet] = field(default_factory=list)
    today: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unbridged: list[Unbridged] = field(default_factory=list)
