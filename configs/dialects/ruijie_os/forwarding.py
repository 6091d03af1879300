"""What an RGOS configuration makes the device do with packets: IOS's phrases, and RGOS's own.

Source: Ruijie's configuration guides of RGOS 10.4 and 11.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.dialects.ruijie_os import meaning
from configs.facts.no_family import opens
from configs.forwarding.no_family import device
from configs.forwarding.no_family.common import NEGATION
from configs.forwarding.phrases import Phrases
from configs.reading import Reading
from configs.rulesets import no_family

if TYPE_CHECKING:
    from configs.forwarding.model import Forwarding
    from configs.tree import Tree

SYSTEM: Final = Phrases(NEGATION, device.SYSTEM)
SYSTEM.weak(
    "language ...", "nfpp", "nfpp ...", "cwmp", "cwmp ...", "sysname ...", "ip ref ...", "cpu-protect ...", "anti-arp-spoofing ...", "zam", "zam ...",
    "upgrade ...", "enable service ...", "no enable service ...", "vsd ...", "virtual-system ...", "http ...", "set ...", "device-description ...", "efmp ...",
    "no cwmp", "hash-disturb ...", "flow-control ...", "protected-ports ...",
)  # fmt: skip


def read(tree: Tree, platform: str = "ruijie_os", name: str = "") -> Forwarding:
    """The device that a text describes."""
    reading = Reading(tree, NEGATION, opens)
    filters = meaning.read(tree).filters
    return device.read(tree, reading, SYSTEM, no_family.read(tree, opens), filters, platform, name)
