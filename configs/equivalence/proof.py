"""The proof that re-addressing changed addresses and nothing else.

It gets two texts of every device and the mapping, nothing of what the rewriter did. Two halves:

1. line by line (`lines`): the set of addresses that each place of a line means must be the image of what
   it meant, everything else must be the same;
2. meaning (`flows`, `translations`, `links`): filters, NAT and routes as sets of packets, the network as a graph,
   read by the dialects' own readers, which do not ask the table of places.

The halves share the arithmetic of sets, the trees and the images of the mapping; the first one also shares the table of
places with the rewriter. A wrong row of the table is found only where a dialect's reader knows the command too:
`Proof.level` says how far a proof goes.

What neither covers is listed, by line, in `Proof.outside`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from configs import dialects
from configs.equivalence import lines, links, used
from configs.equivalence.flows import Flows
from configs.equivalence.folding import folded
from configs.equivalence.image import Images
from configs.equivalence.model import Counterexample, Document, Findings, Kind, Proof, Site, site
from configs.equivalence.translations import Translations
from inventory.text import Message
from ipplan.mapping_joined import joined

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from configs.meaning.statements import Meaning
    from configs.readdress_policy import Policy
    from ipplan.mapping import Mapping

__all__ = ["Counterexample", "Document", "Kind", "Proof", "Prover", "Site", "prove"]


def prove(
    old: Sequence[Document],
    new: Sequence[Document],
    mapping: Mapping,
    policy: Policy | None = None,
    left: Collection[tuple[str, int]] | None = None,
) -> Proof:
    """Whether the devices of `new` mean what those of `old` meant, with every address where `mapping` sends it.

    All devices of one network together: next hops, peers and filters speak of other devices' addresses. Documents
    belong together by their paths. `policy` says what happens to router ids, names and the like; without one each may
    stay or follow the mapping. `left` are lines of today (path, number) that were given to a person: what stays in them
    is outside the proof, and counted there; what changed in them is compared like everything. Without it nobody knows
    which lines these are: any line may be one that stays as it was and cannot be said of the new addresses.
    """
    return Prover(mapping, policy).prove(old, new, left)


class Prover:
    """Proves one network after the other, all by one mapping and one policy (`prove`).

    What follows from the mapping alone is worked out once, which counts where many networks share a large one.
    """

    def __init__(self, mapping: Mapping, policy: Policy | None = None) -> None:
        self.mapping = mapping
        self._policy = policy
        self._images = Images(mapping)
        self._joined = tuple(joined(mapping))

    def prove(
        self, old: Sequence[Document], new: Sequence[Document], left: Collection[tuple[str, int]] | None = None
    ) -> Proof:
        """One network's proof."""
        findings = Findings(left)
        images = self._images
        before = {document.path: document for document in old}
        after = {document.path: document for document in new}
        tables = {path: dialects.dialect(document.platform).places() for path, document in before.items()}
        read_with = [(before[path], table) for path, table in tables.items() if table is not None]
        used.settle(read_with, images, findings)
        used.meetings(read_with, self._joined, findings)
        for path in before.keys() - after.keys():
            message = Message("there is no new text of this file")
            findings.against(Counterexample(Kind.FILE, message, (site(before[path], 0),)))
        for path in after.keys() - before.keys():
            message = Message("there is no old text of this file")
            findings.against(Counterexample(Kind.FILE, message, (), (site(after[path], 0),)))
        read: list[dict[str, tuple[Document, Meaning]]] = [{}, {}]
        for path in sorted(before.keys() & after.keys()):
            first, second = before[path], after[path]
            findings.checked["files"] += 1
            places = tables[path]
            if places is None:
                findings.beyond(site(first, 0), "no-table", Message("there is no table of places for {platform}",
                                                                    platform=first.platform))  # fmt: skip
            else:
                lines.check(first, folded(first, second, places), places, images, findings, self._policy)
            meanings = [_meaning(document) for document in (first, second)]
            if meanings[0] is None or meanings[1] is None:
                message = Message(
                    "filters, links and partners of {platform} are compared line by line only", platform=first.platform
                )
                findings.beyond(site(first, 0), "no-reader", message)
                continue
            if not meanings[0].filters_read:
                message = Message("filters of {platform} are compared line by line only", platform=first.platform)
                findings.beyond(site(first, 0), "no-filter-reader", message)
            if not meanings[0].translations_read:
                message = Message(
                    "address translation of {platform} is compared line by line only", platform=first.platform
                )
                findings.beyond(site(first, 0), "no-translation-reader", message)
            for line in meanings[0].unread:
                message = Message("this line is compared by itself only: nobody reads what it means among the others")
                findings.beyond(site(first, line), "not-read", message)
            read[0][path], read[1][path] = (first, meanings[0]), (second, meanings[1])
            Flows(first, second, images, findings).check(meanings[0], meanings[1])
            Translations(first, second, images, findings).check(meanings[0], meanings[1])
        links.check(read[0], read[1], images, findings)
        return findings.proof()


def _meaning(document: Document) -> Meaning | None:
    """What a configuration means, by its dialect's `meaning.py`; None if it has none."""
    name = f"configs.dialects.{dialects.REGISTRY[document.platform]}.meaning"
    return cast("Meaning", import_module(name).read(document.tree)) if find_spec(name) is not None else None
