"""What an IOS configuration makes the device do with packets: the phrases of `configs.forwarding.no_family`.

Source: Cisco's IOS command references (Interface, IP Routing: OSPF, BGP, IS-IS, RIP; Security).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.dialects.cisco_ios import meaning
from configs.facts.no_family import opens
from configs.forwarding.no_family import device
from configs.reading import Reading
from configs.rulesets import no_family

if TYPE_CHECKING:
    from configs.forwarding.model import Forwarding
    from configs.tree import Tree


def read(tree: Tree, platform: str = "cisco_ios", name: str = "") -> Forwarding:
    """The device that a text describes."""
    reading = Reading(tree, "no", opens)
    filters = meaning.read(tree).filters
    return device.read(tree, reading, device.SYSTEM, no_family.read(tree, opens), filters, platform, name)
