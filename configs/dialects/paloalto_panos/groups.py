"""Where a PAN-OS rule may name a group of addresses as well as one object.

Palo Alto Networks' web interface help (PAN-OS 10.1), "Objects > Address Groups": a static group holds objects and
groups and stands in policies where an object does; "Objects > Addresses": a name has up to 63 characters and is unique
among objects and groups. A translation of one address for one, interfaces, routes and peers take an object alone.
Not verified on a device: which fields of other rules take groups; they are left for a person.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from configs.places.groups import Groups, Words, names_at_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.places.groups import Command

_BASES: Final = ("pre-rulebase", "rulebase", "post-rulebase")
_PURPOSES: Final = ("security", "nat", "pbf", "decryption", "qos", "application-override", "authentication",
                    "tunnel-inspect", "dos")  # fmt: skip
# What of a translation counts on the order or the number of the addresses that it is for.
_ONE_FOR_ONE: Final = frozenset({"static-ip", "destination-translation", "dynamic-destination-translation"})


def _serves(words: Words, name: str, commands: Sequence[Command]) -> bool:
    """`rulebase PURPOSE rules NAME source|destination NAMES`."""
    if words[:1] == () or words[0] not in _BASES or words[1:2] == () or words[1] not in _PURPOSES:
        return False
    if (
        words[2:3] != ("rules",)
        or words[4:5] not in (("source",), ("destination",))
        or name not in names_at_end(words, 5)
    ):
        return False
    if words[1] != "nat":
        return True
    rule = words[:4]
    return not any(one.words[:4] == rule and _ONE_FOR_ONE & set(one.words[4:]) for one in commands)


GROUPS: Final = Groups(
    objects="address",
    values=re.compile("ip-(?:netmask|range) "),
    groups="address-group",
    members="static",
    serves=_serves,
    longest=63,
    listed="[ {} ]",
    entry="",
)
