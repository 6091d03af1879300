"""The links of a node as data, and the lines of `ip -batch` that make them or lead from one set of them to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_VRF: Final = "type vrf table "
LAST: Final = 4278198272
"""The metric of a VRF's last route, that nothing else is known: kernel.org, networking/vrf.rst."""


@dataclass(frozen=True, slots=True)
class Link:
    """One interface. `make` is how `ip link add name NAME …` makes it; empty: a cable's end, or `lo`, is there already.

    `addresses` in the order in which the device has them: the first of a subnet is the one that packets are sent from.
    """

    name: str
    make: str = ""
    master: str = ""
    up: bool = True
    mtu: int = 0
    mac: str = ""
    addresses: tuple[str, ...] = ()


def build(links: Sequence[Link]) -> tuple[str, ...]:
    """The lines that make all of them, from nothing."""
    return tuple(change({}, {link.name: link for link in links}))


def change(before: Mapping[str, Link], after: Mapping[str, Link]) -> Iterator[str]:
    """The lines from one set to the other: new before old, and nothing touched that stays.

    A link whose way of being made changed is made anew. Those that are gone and are a cable's end are set down.
    """
    anew = {name for name, link in after.items() if name in before and before[name].make != link.make}
    for name in reversed(list(before)):
        if name in anew or (name not in after and before[name].make):
            yield f"link delete dev {name}"
    for name, link in after.items():
        old = None if name in anew else before.get(name)
        if old is None and link.make:
            yield f"link add name {name} {link.make}"
            if link.make.startswith(_VRF):
                # Without it, what the VRF does not know would go on to the main table.
                yield f"route replace unreachable default metric {LAST} table {link.make.removeprefix(_VRF)}"
        yield from _settle(old, link)
    for name, link in before.items():
        if name not in after and not link.make:
            yield from (f"address delete {address} dev {name}" for address in link.addresses)
            yield f"link set dev {name} down"


def _settle(old: Link | None, new: Link) -> Iterator[str]:
    name = new.name
    if new.mac and (old is None or old.mac != new.mac):
        yield f"link set dev {name} address {new.mac}"
    if new.mtu != (old.mtu if old else 0):
        yield f"link set dev {name} mtu {new.mtu or 1500}"
    if new.master != (old.master if old else ""):
        yield f"link set dev {name} " + (f"master {new.master}" if new.master else "nomaster")
    if old is None or old.up != new.up:
        yield f"link set dev {name} {'up' if new.up else 'down'}"
    yield from _readdress(name, old.addresses if old else (), new.addresses)


def _readdress(name: str, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """Addresses that are new come first. Those that stay keep their place if their order does.

    One that only gets another mask goes before it comes: FRR 8.4's ospfd knows an interface's address without its mask
    and would forget the new one together with the old.

    The kernel takes an address that is in the subnet of an earlier one for a second one, which goes with the first
    unless net.ipv4.conf.*.promote_secondaries is set (Documentation/networking/ip-sysctl.rst); stand-ins set it.
    """
    stay = [address for address in old if address in new]
    moved = [address for address in new if address in stay] != stay
    if moved:
        stay = []
    masks = {address.partition("/")[0]: address for address in old if address not in stay}
    gone = set()
    for address in new:
        if address in stay:
            continue
        if (before := masks.get(address.partition("/")[0])) is not None:
            gone.add(before)
            yield f"address delete {before} dev {name}"
        yield f"address add {address} dev {name}"
    for address in old:
        if address not in new and address not in gone:
            yield f"address delete {address} dev {name}"
