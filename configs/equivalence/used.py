"""What a network's texts speak of, and whose addresses the mapping would put in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from configs.equivalence.model import Counterexample, Kind, site
from configs.equivalence.reading import SETS, meant
from configs.intervals import BITS, Intervals, everything, shown
from configs.places.lines import survey
from configs.places.roles import Shape
from inventory.text import Message
from ipplan.names import DEFAULT_VRF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from configs.equivalence.image import Images
    from configs.equivalence.model import Document, Findings, Site
    from configs.equivalence.reading import Meant
    from configs.places.lines import Line
    from configs.places.rows import Place
    from configs.places.table import Places
    from ipplan.mapping_joined import Joined
    from ipplan.networks import Network

# A VRF (None: any) and a family.
Space: TypeAlias = "tuple[str | None, int]"
SHOWN = 20  # pairs of subnets that meet


def settle(documents: Iterable[tuple[Document, Places]], images: Images, findings: Findings) -> None:
    """Tell `images` what the texts of today use, and report hosts that would share one new address.

    An interface's subnet is in use, and every host, and a prefix or a range of which the mapping moves nothing: of the
    rest of one that it moves in part nobody knows who lives there.
    """
    spans: dict[Space, list[tuple[int, int]]] = {}
    hosts: dict[Space, dict[int, tuple[Document, int]]] = {}
    for document, places in documents:
        for line, place, found in _read(document, places):
            space = (place.vrf or DEFAULT_VRF if place.vrf is not None else None, found.version)
            if place.shape is Shape.INTERFACE or found.length == BITS[found.version]:
                hosts.setdefault(space, {}).setdefault(found.value, (document, line.number))
            elif found.spans.meets(images.of(place.vrf, found.version).mapped):
                continue
            if found.length != 0 and found.spans != everything(BITS[found.version]):
                spans.setdefault(space, []).extend(found.spans)
    for (vrf, version), known in hosts.items():
        if vrf is not None:
            _shared(vrf, version, known, images, findings)
    images.use({space: Intervals.of(found) for space, found in spans.items()})


def meetings(documents: Iterable[tuple[Document, Places]], found: Sequence[Joined], findings: Findings) -> None:
    """Report subnets that the mapping brings together without saying so, with a line that speaks of each."""
    if not found:
        return
    lines: dict[tuple[str | None, int], list[tuple[int, bool, Document, int]]] = {}
    for document, places in documents:
        for line, place, what in _read(document, places):
            space = (place.vrf or DEFAULT_VRF if place.vrf is not None else None, what.version)
            own = place.shape is Shape.INTERFACE
            lines.setdefault(space, []).append((what.value, own, document, line.number))
    for each in found[:SHOWN]:
        sites = tuple(
            spoken
            for vrf, network in zip(each.vrfs, (each.first, each.second), strict=True)
            if (spoken := _speaks(lines, vrf, network)) is not None
        )
        message = Message(
            "the mapping brings {first} and {second} together in {goal}, and does not say that they are merged",
            first=each.first,
            second=each.second,
            goal=each.goal,
        )
        findings.against(Counterexample(Kind.LINK, message, sites))


def _speaks(
    lines: dict[tuple[str | None, int], list[tuple[int, bool, Document, int]]], vrf: str, network: Network
) -> Site | None:
    """The first line about an address of a subnet, an interface's if there is one."""
    rows = [
        row
        for key in ((vrf, network.version), (None, network.version))
        for row in lines.get(key, ())
        if int(network.network_address) <= row[0] <= int(network.broadcast_address)
    ]
    best = next((row for row in rows if row[1]), rows[0] if rows else None)
    return None if best is None else site(best[2], best[3])


def _read(document: Document, places: Places) -> Iterator[tuple[Line, Place, Meant]]:
    for line in survey(document.tree, places):
        for place in line.places:
            if place.shape in SETS and (found := meant(line.text, place)) is not None:
                yield line, place, found


def _shared(vrf: str, version: int, known: dict[int, tuple[Document, int]], images: Images, findings: Findings) -> None:
    """Two addresses that are in use must not become one."""
    image = images.of(vrf, version)
    taken: dict[int, int] = {}
    for address, (document, line) in known.items():
        place = image.place(address)
        if place is None or address not in image.mapped:
            continue
        findings.checked["hosts"] += 1
        first = taken.setdefault(place, address)
        if first != address:
            message = Message(
                "{first} and {second} both become {new}",
                first=shown(first, version),
                second=shown(address, version),
                new=shown(place, version),
            )
            sites = (site(known[first][0], known[first][1]), site(document, line))
            findings.against(Counterexample(Kind.LINK, message, sites))
