"""The seam to what passes the packets: a text goes in, and behind it a running stand-in is as the text says."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Loaded(Protocol):
    """What became of a load: what of the text is not carried over, what was done, and how many seconds it took."""

    @property
    def left(self) -> Sequence[object]:
        """What the stand-in does not do of what the text says."""
        ...

    @property
    def changed(self) -> Sequence[str]:
        """What was done, in the words of whoever did it; empty if there was nothing to do."""
        ...

    @property
    def seconds(self) -> float:
        """How long it took."""
        ...


class Loader(Protocol):
    """Brings stand-ins to where texts say. Called from threads, never twice at a time for one device."""

    def load(self, device: str, text: str) -> Loaded:
        """Bring a running device to a new text, touching what differs only. An exception if that fails."""
        ...

    def restart(self, device: str, text: str) -> Loaded:
        """As a reboot: what was learnt is forgotten, the text is loaded, then the ports, which were down, come up."""
        ...


def loader_of(reference: str, settings: Mapping[str, str]) -> Loader:
    """The loader that `module:function` makes of its settings."""
    module, _, name = reference.partition(":")
    make = cast("Callable[[Mapping[str, str]], Loader]", getattr(import_module(module), name))
    return make(settings)
