"""Carries sets of today's addresses over to the new network, and says on which addresses two sets may be compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from configs.equivalence.model import Flow
from configs.intervals import BITS, EMPTY, AddressSet, Intervals, everything

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configs.equivalence.image import Image, Images
    from configs.headers import Packet


class Carrier:
    """Carries sets of today's addresses over to the new network, each set once."""

    def __init__(self, images: Images, vrf: str | None) -> None:
        self._images = {version: images.of(vrf, version) for version in (4, 6)}
        self._known: dict[AddressSet, AddressSet] = {}
        # What goes to different places in different VRFs, and all these places.
        self._unsure = {
            version: Intervals.of(
                span
                for found in (image.unsure, *(each.image(image.unsure) for each in images.each(version)))
                for span in found
            )
            if image.unsure
            else EMPTY
            for version, image in self._images.items()
        }

    def carried(self, found: AddressSet) -> AddressSet:
        """The new addresses that a set means: images, new hosts of whole prefixes, what is outside the mapping."""
        if found.any:
            return found
        known = self._known.get(found)
        if known is None:
            known = self._known[found] = AddressSet(*(self._one(found.family(version), version) for version in (4, 6)))
        return known

    def _one(self, found: Intervals, version: int) -> Intervals:
        if not found or found == everything(BITS[version]):
            return found
        image = self._images[version]
        mapped = found & image.mapped
        return image.image(mapped) | image.growth(mapped) | (found - image.mapped - image.placed)

    def inhabited(self, old: Iterable[AddressSet], new: Iterable[AddressSet]) -> AddressSet:
        """Where the two may be compared: without addresses that nobody has, without what wide sets alone hold."""
        return AddressSet(
            *(
                self._inhabited(
                    [found.family(version) for found in old], [found.family(version) for found in new], version
                )
                for version in (4, 6)
            )
        )

    def _inhabited(self, old: Iterable[Intervals], new: Iterable[Intervals], version: int) -> Intervals:
        image, whole = self._images[version], everything(BITS[version])
        taken = image.taken
        blurred: list[tuple[int, int]] = []
        for found in set(old):
            mapped = found & image.mapped
            if found != whole and mapped and (free := found - mapped):
                blurred += (free - taken).spans
                blurred += (image.growth(mapped) - image.placed).spans
            # Of a subnet that a set means but for some of its hosts nobody says whether its new hosts are meant.
            blurred += image.unsaid(mapped).spans
        for found in set(new):
            if found != whole and found & taken and (free := found - taken):
                blurred += free.spans
        # Where VRFs say different things nothing can be said of both.
        return whole - (image.mapped - taken) - Intervals.of(blurred) - self._unsure[version]

    def image(self, version: int) -> Image:
        """The mapping of one family."""
        return self._images[version]

    def origin(self, address: int, version: int) -> int:
        """Today's address of a new one; itself where nobody has it today."""
        found = self._images[version].origin(address)
        return address if found is None else found

    def flow(self, packet: Packet) -> Flow:
        """A packet of the new network, and what it is today."""
        return Flow(
            replace(
                packet,
                source=self.origin(packet.source, packet.version),
                destination=self.origin(packet.destination, packet.version),
            ),
            packet,
        )


class Carriers:
    """A carrier for each VRF (None: not known), each made once."""

    def __init__(self, images: Images) -> None:
        self._images = images
        self._known: dict[str | None, Carrier] = {}

    def of(self, vrf: str | None) -> Carrier:
        """The carrier of a VRF."""
        found = self._known.get(vrf)
        if found is None:
            found = self._known[vrf] = Carrier(self._images, vrf)
        return found
