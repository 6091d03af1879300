"""A changed configuration put into a running stand-in, by difference: what stays the same is not touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.forwarding.model import Left


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended: its status, and what it said on both channels together."""

    status: int
    said: str


class Run(Protocol):
    """Runs a command inside a node with `text` as its input, and waits for its end."""

    def __call__(self, node: str, argv: Sequence[str], text: str = "") -> Ran:
        """LabError if the node is not there; a command that fails is data."""
        ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a load. `left`: what the stand-in does not carry over of the whole text; `changed`: what was done.

    `changed` holds the commands' own words (`ip …`, lines of frr.conf with + and -, `nftables`); empty: nothing was to
    be done. `seconds` is how long it took.
    """

    left: tuple[Left, ...] = ()
    changed: tuple[str, ...] = ()
    seconds: float = 0.0
