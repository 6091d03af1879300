"""Where a static route leads: the words behind its network, whatever each language calls them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from configs.addressing import address_of
from configs.forwarding.draft import address

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from configs.forwarding.model import Address
    from configs.forwarding.phrases import Leave


# What else stands behind an address: of IOS, and of FRR.
_NO_PORTS: Final = frozenset({"dhcp", "multicast", "onlink", "label", "table", "color", "segments", "weight"})


@dataclass
class Hop:
    """A next hop in the making; `words` are those that are not read yet, `left` why the route is not carried."""

    words: list[str]
    via: Address | None = None
    port: str = ""
    vrf: str | None = None  # where the next hop is looked up
    own_vrf: str = ""
    distance: int | None = None
    tag: int = 0
    left: Leave | None = field(default=None)

    def take(self) -> str:
        """The next word; ValueError if there is none."""
        if not self.words:
            raise ValueError
        return self.words.pop(0)


def read(
    words: tuple[str, ...], known: Mapping[str, Callable[[Hop], None]], other: Leave, *, plain: bool = False
) -> Hop:
    """A next hop. `known` reads the words that it names; `plain`: a number alone is the distance.

    A port may be two words (`GigabitEthernet 0/0/1`) and, where `plain`, stand behind the address, as FRR has it (user
    guide, “Static Route Commands”). Anything else makes the route `other`.
    """
    hop = Hop(list(words))
    while hop.words and hop.left is None:
        word = hop.take()
        reader = known.get(word.lower())
        if reader is not None:
            reader(hop)
        elif address_of(word) is not None and hop.via is None:
            hop.via = address(word)
        elif plain and word.isdecimal() and (hop.via is not None or hop.port):
            hop.distance = int(word)
        elif not hop.port and (hop.via is None or (plain and word.lower() not in _NO_PORTS)):
            hop.port = word
            if hop.words and word.isalpha() and hop.words[0][0].isdigit() and address_of(hop.words[0]) is None:
                hop.port += hop.take()
        else:
            hop.left = other
    if hop.port.lower() in ("null0", "null", "blackhole", "reject"):
        hop.port = ""
    return hop


def distance(hop: Hop) -> None:
    """A number that tells routes of one network apart."""
    hop.distance = int(hop.take())


def tag(hop: Hop) -> None:
    """A route's tag."""
    hop.tag = int(hop.take())


def rest(hop: Hop) -> None:
    """A description: nothing behind it counts."""
    hop.words.clear()


def skip(hop: Hop) -> None:
    """A name, which does not count."""
    hop.take()


def nothing(_: Hop) -> None:
    """A word that does not change where it leads."""


def main(hop: Hop) -> None:
    """The next hop is looked up in the global table."""
    hop.vrf = ""


def elsewhere(hop: Hop) -> None:
    """The next hop is looked up in a VRF."""
    hop.vrf = hop.take()


def leaving(outcome: Leave) -> Callable[[Hop], None]:
    """What makes the whole route not carried."""

    def leave(hop: Hop) -> None:
        hop.left = outcome

    return leave
