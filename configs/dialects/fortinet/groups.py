"""Where FortiOS may name a group of addresses as well as one address.

Fortinet's "FortiOS CLI Reference" (6.0, 6.4): `firewall addrgrp` holds addresses and groups and stands in policies
where an address does; names are unique among addresses, groups and virtual IPs; a name has up to 63 characters (79 from
6.2 on); both have a `uuid`. Not verified on a device: other commands that name an address (routes, selectors of
tunnels, portals); they are left for a person.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from configs.places.groups import WORDS, Groups, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.places.groups import Command

_SIDES: Final = {
    "policy": ("srcaddr", "dstaddr"),
    "security-policy": ("srcaddr", "dstaddr"),
    "local-in-policy": ("srcaddr", "dstaddr"),
    "shaping-policy": ("srcaddr", "dstaddr"),
    "central-snat-map": ("orig-addr", "dst-addr"),
}


def _serves(words: Words, name: str, commands: Sequence[Command]) -> bool:  # noqa: ARG001 - every language has them
    """`config firewall policy`, `edit NUMBER`, `set srcaddr NAMES`."""
    if words[:2] != ("config", "firewall") or words[3:4] != ("edit",) or words[5:6] not in (("set",), ("append",)):
        return False
    sides = _SIDES.get(words[2], ())
    return words[6:7] != () and words[6] in sides and name in words[7:] and name not in words[:7]


GROUPS: Final = Groups(
    objects="config firewall address edit",
    values=re.compile(r"set subnet \d"),
    groups="config firewall addrgrp edit",
    members="set member",
    serves=_serves,
    longest=63,
    owner=re.compile(r"config vdom edit \S+ "),
    listed="{}",
    entry="edit",
    style=WORDS,
    copied=re.compile(r"set (?:comment|color|associated-interface|visibility|fabric-object|type ipmask)\b"),
    own=re.compile("set uuid "),
)
