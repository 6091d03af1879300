"""Where an ASA may name a group of networks as well as one network object.

Cisco's "ASA Series CLI Configuration Guide", objects: objects and groups share one space of names, of at most 64
characters; access lists name either, by different words, and so do groups; IPv6 groups cannot be nested. "Command
Reference", nat (global): the real source of a dynamic translation may be a group. Not verified on a device: other
places that name an object; they are left for a person, as is what an object translates itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from configs.places.groups import INDENTED, Groups, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.places.groups import Command


def _serves(words: Words, name: str, commands: Sequence[Command]) -> bool:  # noqa: ARG001 - every language has them
    """`access-list LIST … object NAME …`, `nat (A,B) [LINE] source dynamic NAME …`."""
    if words[0] == "access-list" and words[1] != name:
        before = {words[at - 1] for at in range(2, len(words)) if words[at] == name}
        return words[2:3] == ("remark",) or before <= {"object", "object-group"}
    real = words.index("source") + 1 if "source" in words else 0
    return words[0] == "nat" and words[real : real + 2] == ("dynamic", name) and words.count(name) == 1


GROUPS: Final = Groups(
    objects="object network",
    values=re.compile(r"(?:subnet|range) \d+\."),
    groups="object-group network",
    members="network-object object",
    serves=_serves,
    longest=64,
    words=(("network-object object", "group-object"), ("object", "object-group")),
    style=INDENTED,
    copied=re.compile("description "),
)
