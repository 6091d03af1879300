"""Mappings for tests, made from a network's own interface subnets: keep, grow, shrink, move; seeded."""

from __future__ import annotations

import random
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network
from typing import TYPE_CHECKING

from configs.places.lines import survey
from configs.places.roles import Shape, Size
from configs.readdress.text import mask_length
from ipplan.mapping import Entry, Mapping, Mode
from ipplan.mapping_file import by_length

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from configs.places.table import Places
    from configs.tree import Tree
    from ipplan.networks import Network

MODES = ("keep", "move", "grow", "shrink", "mixed")


def interfaces(trees: Iterable[tuple[Tree, Places]]) -> Iterator[tuple[str, object]]:
    """Every interface address of a network with its VRF."""
    for tree, places in trees:
        for line in survey(tree, places):
            for place in line.places:
                if place.shape is not Shape.INTERFACE or place.size is None:
                    continue
                size = line.text[slice(*place.size)]
                length = mask_length(size) if place.form is Size.MASK else size
                try:
                    yield place.vrf or "default", ip_interface(f"{line.text[place.start : place.end]}/{length}")
                except ValueError:
                    continue


def _around(vrf: str, network: Network, known: Container[tuple[str, Network]]) -> tuple[str, Network] | None:
    """The smallest known subnet around one; None if it is the outermost."""
    wider = (network.supernet(new_prefix=length) for length in range(network.prefixlen - 1, 0, -1))
    return next(((vrf, each) for each in wider if (vrf, each) in known), None)


def make(trees: Iterable[tuple[Tree, Places]], mode: str, seed: int = 0, *, one_vrf: bool = True) -> Mapping:
    """A mapping of all of a network's subnets. `one_vrf`: every subnet counts as one of the default VRF.

    Subnets inside others are left out. `shrink` halves a subnet only if every host that is known fits.
    """
    chance = random.Random(seed)  # noqa: S311 - a test's reproducible choice
    hosts: dict[tuple[str, Network], set[int]] = {}
    for vrf, found in interfaces(trees):
        network = found.network  # type: ignore[attr-defined]  # an interface of either family
        if network.is_link_local or network.is_multicast or network.is_loopback or not network.prefixlen:
            continue
        space = "default" if one_vrf else vrf
        hosts.setdefault((space, network), set()).add(int(found.ip))  # type: ignore[attr-defined]  # as above
    outer = [(vrf, network) for vrf, network in hosts if _around(vrf, network, hosts) is None]
    chance.shuffle(outer)
    known: dict[tuple[str, Network], set[int]] = {key: set() for key in outer}
    for (vrf, network), found_hosts in hosts.items():
        key = (vrf, network)
        while key not in known:
            key = _around(*key, hosts)  # type: ignore[assignment, misc]  # what is not outermost lies in another one
        known[key] |= found_hosts
    cursor = {4: int(ip_network("59.192.0.0/10").network_address), 6: int(ip_network("240e:100::/24").network_address)}
    entries = []
    for vrf, old in outer:
        entries.append(_entry(vrf, old, mode, known[vrf, old], cursor, chance))
    return Mapping(tuple(entries))


def _entry(vrf: str, old: Network, mode: str, hosts: set[int], cursor: dict[int, int], chance: random.Random) -> Entry:
    bits = old.max_prefixlen
    wanted = chance.choice(MODES[:4]) if mode == "mixed" else mode
    length = old.prefixlen
    if wanted == "keep":
        return Entry(vrf, old, old, Mode.KEEP)
    if wanted == "grow" and length > 8:
        length -= 1 if length < bits else 0
    if wanted == "shrink" and length < bits - 1:
        first = int(old.network_address)
        half = 1 << (bits - length - 1)
        if all(0 < host - first < half - 1 for host in hosts):
            length += 1
    size = 1 << (bits - length)
    start = (cursor[old.version] + size - 1) // size * size
    cursor[old.version] = start + size
    new = (IPv4Network if old.version == 4 else IPv6Network)((start, length))
    return Entry(vrf, old, new, by_length(old, new))
