"""What StoneOS's commands about interfaces, zones, routes and address translation mean."""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from lab.emulator.stoneos.device import LOGICAL, addresses_of, bare
from lab.emulator.stoneos.language import StoneLanguage
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from lab.emulator.grammar import Match


class StoneNetwork(StoneLanguage):
    """Interfaces, zones and virtual routers."""

    # Interfaces and zones

    def do_interface(self, match: Match) -> None:
        """A port that is there, or a logical interface, which is made."""
        self.put(match, match.words)
        self.device.changed()

    def do_no_interface(self, match: Match) -> None:
        """Delete a logical interface."""
        entry = self.here.child(*match.words)
        if entry is None or entry.fixed or not match.words[1].startswith((*LOGICAL, "ethernet", "xethernet")):
            raise self.wrong(f"Interface {match.words[1]} cannot be deleted")  # unverified wording
        del self.here.children[entry.key]
        self.device.changed()

    def _zone(self, name: str) -> Entry:
        zone = self.device.running.child("zone", name) or self.device.running.child("zone", name, "l2")
        if zone is None:
            raise self.wrong(f"Zone {bare(name)} is not found")  # in the shape of “Address as is not found”
        return zone

    def do_interface_zone(self, match: Match) -> None:
        """Another zone takes the addresses away (unverified; the manual asks for the zone before the address)."""
        self._zone(match.words[1])
        before = self.here.value("zone")
        super().put(match, match.words)
        if before and before != match.words[1]:
            self.here.remove(("ip", "address"))
        self.device.changed()

    def do_no_interface_zone(self, _match: Match) -> None:
        """Out of the zone; addresses go first."""
        if addresses_of(self.here):
            raise self.wrong("The interface has IP address, please delete it first")  # unverified wording
        self.here.remove(("zone",))
        self.device.changed()

    def do_zone_vrouter(self, match: Match) -> None:
        """The virtual router of a zone."""
        if self.device.running.child("ip", "vrouter", match.words[1]) is None:
            raise self.wrong(f"VRouter {bare(match.words[1])} is not found")  # in the shape of the known ones
        super().put(match, match.words)
        self.device.changed()

    def do_ip_address(self, match: Match) -> None:
        """A second address replaces the first, `secondary` adds one; no two interfaces may overlap."""
        here = self.here
        secondary = match.words[-1] == "secondary"
        address = IPv4Interface("/".join(match.words[2 : len(match.words) - secondary]))
        if not here.value("zone"):
            raise self.wrong("The interface must be bound to a zone first")  # unverified wording
        length = address.network.prefixlen
        ends = (address.network.network_address, address.network.broadcast_address)
        if address.ip.is_multicast or address.ip.is_loopback or (length < 31 and address.ip in ends):
            raise self.wrong(f"Invalid IP address {address}")  # unverified wording
        words = ("ip", "address", str(address.ip), str(address.netmask), *(("secondary",) if secondary else ()))
        primary = here.child("ip", "address")
        if secondary and primary is None:
            raise self.wrong("The primary IP address must be configured first")  # unverified wording
        for other in self.device.running.starting("interface"):
            if self.device._instance(other) != self.device._instance(here):  # noqa: SLF001 - the device's own session
                continue
            for entry in addresses_of(other):
                if other is here and (entry.words == words or (entry is primary and not secondary)):
                    continue
                if IPv4Interface(f"{entry.words[2]}/{entry.words[3]}").network.overlaps(address.network):
                    raise self.wrong(f"IP address conflicts with interface {other.words[1]}")  # unverified wording
        here.put(Entry(words, words if secondary else ("ip", "address"), match.rule))
        self.device.changed()

    def do_no_ip_address(self, match: Match) -> None:
        """The named address: secondaries go before the primary (manual)."""
        secondary = match.words[-1] == "secondary"
        address = IPv4Interface("/".join(match.words[2 : len(match.words) - secondary]))
        words = ("ip", "address", str(address.ip), str(address.netmask))
        entry = next((one for one in addresses_of(self.here) if one.words[:4] == words), None)
        if entry is None:
            raise self.wrong("The IP address is not found")  # unverified wording
        if entry.words[-1] != "secondary" and len(addresses_of(self.here)) > 1:
            raise self.wrong("Please delete the secondary IP address first")  # unverified wording
        del self.here.children[entry.key]
        self.device.changed()

    def do_no_ip_address_all(self, _match: Match) -> None:
        """The primary address; secondaries go before it."""
        if len(addresses_of(self.here)) > 1:
            raise self.wrong("Please delete the secondary IP address first")  # unverified wording
        self.here.remove(("ip", "address"))
        self.device.changed()

    def do_manage(self, match: Match) -> None:
        """A service by which the interface can be managed; each is on or off."""
        self.here.put(Entry(match.words, match.words, match.rule))
        self.device.changed()

    # Routes and NAT

    def _network(self, words: tuple[str, ...], place: int) -> tuple[str, ...]:
        """`A/M` or `A mask` at a place, as `A/M`."""
        if "/" in words[place]:
            network = IPv4Network(words[place], strict=False)
            return (*words[:place], str(network), *words[place + 1 :])
        network = IPv4Network("/".join(words[place : place + 2]), strict=False)
        return (*words[:place], str(network), *words[place + 2 :])

    def do_network(self, match: Match) -> None:
        """A line with a network in it, which is shown with its prefix length."""
        place = next(index for index, word in enumerate(match.words) if word[0].isdigit())
        words = self._network(match.words, place)
        self.here.put(Entry(words, words, match.rule))
        self.device.changed()

    def _route(self, match: Match) -> tuple[tuple[str, ...], int]:
        place = 3 if match.words[2] == "source" else 2
        words = self._network(match.words, place)
        return words, match.identity - (len(match.words) - len(words))

    def do_ip_route(self, match: Match) -> None:
        """A static route; another distance to the same next hop replaces it."""
        words, identity = self._route(match)
        self.here.put(Entry(words, words[:identity], match.rule))
        self.device.changed()

    def do_no_ip_route(self, match: Match) -> None:
        """A static route by its network and next hop."""
        words, identity = self._route(match)
        if self.here.children.pop(words[:identity], None) is None:
            raise self.wrong("The route is not found")  # unverified wording
        self.device.changed()

    def do_nat_rule(self, match: Match) -> None:
        """A rule of address translation; the same number overwrites (manual), none gets the next."""
        words = match.words
        if words[1] != "id":
            numbers = [int(entry.words[2]) for entry in self.here.starting(words[0])]
            number = next(candidate for candidate in range(1, 65536) if candidate not in numbers)
            words = (words[0], "id", str(number), *words[1:])
            self.terminal.write(f"rule ID={number}\n")  # unverified wording
        self.here.put(Entry(words, words[:3], match.rule))

    def do_no_nat_rule(self, match: Match) -> None:
        """By its number."""
        if self.here.children.pop(match.words[1:4], None) is None:
            raise self.wrong(f"Rule {match.words[3]} is not found")  # in the shape of the known ones
