"""Reverse zones: where they are cut, what they are called.

IPv4 zones are cut at octets (a /18 is 64 zones of a /24 each), IPv6 zones at nibbles (RFC 3596 section 2.5). What is
longer than a /24 has no zone of its own in the octets: RFC 2317 gives it one, to which whoever runs the /24 points.
"""

from __future__ import annotations

from bisect import bisect_right
from ipaddress import collapse_addresses
from typing import TYPE_CHECKING

from ipplan.networks import BITS, Block, block_of, in_order, network_of
from ipplan.views.dns_file import Classless

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipplan.addresses import Address
    from ipplan.networks import Network

_OCTETS, _NIBBLES = 8, 4


def cover(networks: Iterable[Network]) -> list[Network]:
    """The fewest prefixes with the same addresses, in address order."""
    found = list(networks)
    four = collapse_addresses(network for network in found if network.version == 4)
    six = collapse_addresses(network for network in found if network.version == 6)
    return sorted([*four, *six], key=in_order)


class Cuts:
    """Prefixes cut into reverse zones."""

    def __init__(self, networks: Iterable[Network]) -> None:
        self.roots = cover(networks)
        self._keys = [in_order(root) for root in self.roots]

    def zone_of(self, address: Address) -> Network | None:
        """The network whose reverse zone holds an address; None outside all of them."""
        index = bisect_right(self._keys, (address.version, int(address), BITS[address.version])) - 1
        if index < 0 or address.version != self.roots[index].version or address not in self.roots[index]:
            return None
        length = cut_length(self.roots[index])
        shift = BITS[address.version] - length
        return network_of(Block(int(address) >> shift << shift, length), address.version)


def cut_length(root: Network) -> int:
    """The length of the zones that a prefix is cut into: the next octet or nibble; itself beyond the last octet."""
    step = _OCTETS if root.version == 4 else _NIBBLES
    length = max(-(-root.prefixlen // step) * step, step)
    return root.prefixlen if root.version == 4 and length == 32 else length


def is_classless(cut: Network) -> bool:
    """Whether a zone is one of RFC 2317."""
    return cut.version == 4 and cut.prefixlen > 24


def zone_name(cut: Network, style: Classless = Classless.SLASH) -> str:
    """A reverse zone's name, without its final point: `20.10.in-addr.arpa`, `64/26.2.0.192.in-addr.arpa`."""
    if cut.version == 6:
        digits = cut.network_address.exploded.replace(":", "")[: cut.prefixlen // _NIBBLES]
        return ".".join([*reversed(digits), "ip6", "arpa"])
    octets = str(cut.network_address).split(".")
    if is_classless(cut):
        sign = "/" if style is Classless.SLASH else "-"
        return ".".join([f"{octets[3]}{sign}{cut.prefixlen}", *reversed(octets[:3]), "in-addr", "arpa"])
    return ".".join([*reversed(octets[: cut.prefixlen // _OCTETS]), "in-addr", "arpa"])


def parent_name(cut: Network) -> str:
    """The name of the /24's zone above a zone of RFC 2317."""
    return zone_name(network_of(Block(block_of(cut).start >> 8 << 8, 24), 4))


def owner_name(address: Address, cut: Network) -> str:
    """An address's name relative to its zone: `7.3` for 10.20.3.7 in the zone of 10.20.0.0/16."""
    if address.version == 6:
        digits = address.exploded.replace(":", "")[cut.prefixlen // _NIBBLES :]
        return ".".join(reversed(digits)) or "@"
    octets = str(address).split(".")
    return ".".join(reversed(octets[3:] if is_classless(cut) else octets[cut.prefixlen // _OCTETS :])) or "@"
